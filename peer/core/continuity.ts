/**
 * Whether this process goes on where its device stopped (docs/decisions/restored-backup.md): it marks its start and its stop,
 * asks the tracker before it writes, and ends where it is a copy, or an old backup, to be opened anew under another key.
 */
import type { EventEmitter } from 'node:events';
import type { DeviceId } from '../../protocol/ids.js';
import type { TrackerView } from '../../protocol/local-api.js';
import type { Lineage } from '../identity/lineage.js';
import { noteRetirement } from '../identity/retire.js';
import type { Log, PeerEvents } from '../services.js';
import type { NoticeBoard } from '../settings/notice-board.js';
import type { TrackerClientEvents } from '../tracker-client/options.js';
import type { Fork } from '../store/rewrites.js';
import type { Store } from '../store/store.js';
import { FirstWrite } from './first-write.js';
import { Rewriting, type RewritingOptions } from './rewriting.js';

export interface ContinuityOptions {
  readonly lineage: Lineage;
  readonly device: DeviceId;
  /** What this device was before, under keys that were put away. */
  readonly retired: ReadonlySet<DeviceId>;
  readonly store: Pick<Store, 'noteFork' | 'rewrites'>;
  /** There can be nothing that others hold of it. */
  readonly newKey: boolean;
  /** The directory of the key. */
  readonly keys: string;
  readonly notices: Pick<NoticeBoard, 'raise'>;
  readonly log: Log;
  /** Close this peer, and open it anew. */
  readonly over: () => void;
}

/** How long a start waits for a tracker that says nothing at all. */
const FIRST_WORD_MS = 1_000;
/** How long a stop waits for the tracker to hear of it. */
const FAREWELL_MS = 1_000;

export class Continuity {
  readonly firstWrite: FirstWrite;
  /** What the tracker client asks, and tells. */
  readonly forTracker: { marks(): readonly string[] } & Required<Pick<TrackerClientEvents, 'lineage' | 'copied'>>;
  private diverged = false;
  private rewriting: Rewriting | undefined;

  constructor(private readonly options: ContinuityOptions) {
    this.firstWrite = new FirstWrite({ after }, options.newKey);
    this.forTracker = {
      marks: () => options.lineage.marks,
      // A key that was made by this very start is nobody's copy, whoever says so: that ends where a tracker says so always.
      lineage: (word) => (word === 'continues' || options.newKey ? this.firstWrite.free() : this.isCopy()),
      copied: () => this.tellOfCopy(),
    };
  }

  start(): void {
    this.firstWrite.start();
  }

  stop(): void {
    this.firstWrite.stop();
    this.rewriting?.close();
  }

  /** There is a log to write to. */
  grown(append: RewritingOptions['append']): void {
    const { store, log } = this.options;
    this.rewriting = new Rewriting({ rewrites: store.rewrites, append, log, after });
    void this.rewriting.start();
  }

  isOwn(device: DeviceId): boolean {
    return device === this.options.device || this.options.retired.has(device);
  }

  /** Others hold another log of ours than we do: ours is written again, under another key. */
  heal(fork: Fork): void {
    this.options.log.error({ ...fork }, 'others hold other entries of this device: what is here is written again');
    this.goOnAnew(async () => {
      if (fork.device === this.options.device) await noteRetirement(this.options.keys);
      this.options.store.noteFork(fork);
    });
  }

  /** Resolves when the tracker has said whether this is a copy, or is not to be asked now. Then, too, writing may wait. */
  firstWord(events: EventEmitter<PeerEvents>, now: TrackerView): Promise<void> {
    return new Promise((resolve) => {
      const over = (): void => {
        // Then this peer is about to be closed.
        if (this.diverged) return;
        cancel();
        events.off('tracker', look);
        resolve();
      };
      const look = ({ state }: TrackerView): void => {
        if (state !== 'connecting') over();
      };
      const cancel = after(FIRST_WORD_MS, over);
      events.on('tracker', look);
      look(now);
    });
  }

  /** Without it, a copy that was made while this ran could not be told from it. Never rejects. */
  async farewell(tracker: { farewell(): Promise<void> }): Promise<void> {
    try {
      await this.options.lineage.advance();
    } catch (err) {
      this.options.log.warn({ err }, 'this stop could not be marked');
    }
    await new Promise<void>((resolve) => {
      const cancel = after(FAREWELL_MS, resolve);
      void tracker.farewell().then(() => {
        cancel();
        resolve();
      });
    });
  }

  private isCopy(): void {
    this.options.log.warn({}, 'this device has gone on elsewhere: this is a copy of it, or an old backup');
    this.goOnAnew(() => noteRetirement(this.options.keys));
  }

  /** Once: what comes after is met again by the next process. */
  private goOnAnew(note: () => Promise<void>): void {
    const { log, over } = this.options;
    if (this.diverged) return;
    this.diverged = true;
    this.stop();
    note().then(over, (err: unknown) => log.error({ err }, 'it could not be noted that this device has to go on anew'));
  }

  private tellOfCopy(): void {
    const text =
      'A copy of this profile has been started in another place, from a backup or on another machine. It goes on there as a ' +
      'device of its own, and nothing is lost. If that was not you, see the devices of your account, and change your password.';
    this.options.log.warn({}, text);
    this.options.notices.raise({ id: 'copied', level: 'warning', code: 'copied', text });
  }
}

function after(ms: number, work: () => void): () => void {
  const timer = setTimeout(work, ms);
  return () => clearTimeout(timer);
}
