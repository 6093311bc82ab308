/**
 * What lasts of a simulated device beside its disk: its key, those that were put away, its lineage, and what is noted for the
 * next start. The rules are the real ones (peer/identity/lineage.ts); the order is that of peer/core/opening.ts.
 */
import { advanced, epochAfter, isWhole } from '../../peer/identity/lineage.js';
import type { Fork } from '../../peer/store/rewrites.js';
import type { DeviceId } from '../../protocol/ids.js';
import type { Disk } from './disk.js';
import type { Surroundings } from './machines.js';

export interface KeyImage {
  readonly device: DeviceId;
  readonly retired: readonly DeviceId[];
  readonly marks: readonly string[];
  readonly epoch: string | undefined;
  readonly running: boolean;
}

export class OwnKeys {
  readonly retired = new Set<DeviceId>();
  marks: readonly string[] = [];
  epoch: string | undefined;
  /** The next start takes a new key. */
  retirement = false;
  /** The next start takes our own entries out, from there on. */
  fork: Fork | undefined;
  /** There is nobody who holds anything of it yet, and the tracker has not certified it. */
  isNew = false;
  private running = false;
  private wasCut = false;

  constructor(public device: DeviceId) {}

  /** @returns whether this start took a new key */
  open(disk: Disk, makeKey: () => DeviceId): boolean {
    const { fork, retirement, marks } = this;
    if (fork) disk.takeOut(fork);
    const renewed = retirement || (!fork && !isWhole(disk.runMark, marks));
    if (renewed) {
      this.retired.add(this.device);
      this.device = makeKey();
      this.marks = [];
      this.epoch = undefined;
      disk.runMark = undefined;
      this.isNew = true;
    }
    this.retirement = false;
    this.fork = undefined;
    this.wasCut = this.running && !renewed;
    return renewed;
  }

  advance(to: 'start' | 'stop', disk: Disk, mark: string): void {
    this.running = to === 'start';
    const { history, marks } = advanced(disk.runMark, this.marks, mark);
    disk.runMark = history;
    this.marks = marks;
    this.epoch = epochAfter(this.epoch, to, this.wasCut, mark);
  }

  image(): KeyImage {
    const { device, retired, marks, epoch, running } = this;
    return { device, retired: [...retired], marks, epoch, running };
  }

  restore({ device, retired, marks, epoch, running }: KeyImage): void {
    this.device = device;
    this.marks = marks;
    this.epoch = epoch;
    this.running = running;
    this.retired.clear();
    for (const one of retired) this.retired.add(one);
    this.retirement = false;
    this.fork = undefined;
    this.isNew = false;
  }

  /** What a process is given of it. */
  surroundings(
    disk: Disk,
    newKey: boolean,
    { mark, told, over }: { mark: () => string; told: (code: string) => void; over: () => void },
  ): Surroundings['continuity'] {
    const marks = (): readonly string[] => this.marks;
    const epoch = (): string | undefined => this.epoch;
    return {
      lineage: {
        get marks() {
          return marks();
        },
        get epoch() {
          return epoch();
        },
        wasCut: this.wasCut,
        advance: (to) => Promise.resolve(this.advance(to, disk, mark())),
      },
      retired: this.retired,
      newKey,
      noteFork: (fork) => void (this.fork ??= fork),
      retire: () => Promise.resolve(void (this.retirement = true)),
      notices: { raise: ({ code }) => told(code) },
      over,
    };
  }
}
