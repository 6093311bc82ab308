/**
 * Whether this process goes on where its device stopped (docs/decisions/restored-backup.md): it marks its start and its stop,
 * asks the tracker before it writes, and ends where it is a copy, or an old backup, to be opened anew under another key.
 */
import type { EventEmitter } from 'node:events';
import type { DeviceId } from '../../protocol/ids.js';
import type { TrackerView } from '../../protocol/local-api.js';
import type { Lineage } from '../identity/lineage.js';
import type { Log, PeerEvents, Writer } from '../services.js';
import type { NoticeBoard } from '../settings/notice-board.js';
import type { TrackerClientEvents } from '../tracker-client/options.js';
import type { Fork, RewriteStore } from '../store/rewrites.js';
import { FirstWrite } from './first-write.js';
import type { ForksOptions } from './forks.js';
import { Rewriting, type RewritingOptions } from './rewriting.js';

export interface ContinuityOptions {
  readonly lineage: Pick<Lineage, 'marks' | 'epoch' | 'advance' | 'wasCut'>;
  readonly device: DeviceId;
  /** What this device was before, under keys that were put away. */
  readonly retired: ReadonlySet<DeviceId>;
  readonly store: {
    noteFork(fork: Fork): void;
    readonly rewrites: RewritingOptions['rewrites'] & Pick<RewriteStore, 'healed'>;
  };
  /** There can be nothing that others hold of it. */
  readonly newKey: boolean;
  /** Notes that the key is to be put away at the next opening. Durable when it resolves. */
  readonly retire: () => Promise<void>;
  readonly notices: Pick<NoticeBoard, 'raise'>;
  readonly log: Log;
  /** Close this peer, and open it anew. */
  readonly over: () => void;
  /** @returns cancels it */
  readonly after: (ms: number, work: () => void) => () => void;
}

/** How long a start waits for a tracker that says nothing at all. */
const FIRST_WORD_MS = 1_000;
/** How long a stop waits for the tracker to hear of it. */
const FAREWELL_MS = 1_000;

export class Continuity {
  readonly firstWrite: FirstWrite;
  /** What the tracker client asks, and tells. */
  readonly forTracker: { marks(): readonly string[]; epoch(): string | undefined } & Required<
    Pick<TrackerClientEvents, 'lineage' | 'copied'>
  >;
  private diverged = false;
  /** Who has said that this goes on where its device stopped, as far as they know. */
  private readonly said = new Set<'tracker' | 'link'>();
  private readonly rewriting: Rewriting;

  constructor(private readonly options: ContinuityOptions) {
    const { store, log, after } = options;
    this.firstWrite = new FirstWrite(options, options.newKey);
    this.rewriting = new Rewriting({ rewrites: store.rewrites, log, after });
    this.forTracker = {
      marks: () => options.lineage.marks,
      epoch: () => options.lineage.epoch,
      lineage: (word) => (word === 'continues' ? this.goesOn('tracker') : this.isCopy()),
      copied: () => this.tellOfCopy(),
    };
  }

  start(): void {
    this.firstWrite.start();
  }

  stop(): void {
    this.firstWrite.stop();
    this.rewriting.close();
  }

  /** A link has told all that it holds of our logs. */
  linkTold(): void {
    this.goesOn('link');
  }

  /** There is a log to write to. */
  grown(append: Writer['append']): void {
    void this.rewriting.start(append);
  }

  /** Which logs are, or were, of this device, and what is to be done when they have forked. */
  get forForks(): Pick<ForksOptions, 'device' | 'retired' | 'healed' | 'heal'> {
    const { device, retired, store } = this.options;
    return {
      device,
      retired,
      healed: (conversation, other) => store.rewrites.healed(conversation, other),
      heal: (fork) => this.heal(fork),
    };
  }

  /** Others hold another log of ours than we do: ours is written again, under another key. */
  private heal(fork: Fork): void {
    this.options.log.error({ ...fork }, 'others hold other entries of this device: what is here is written again');
    this.goOnAnew(async () => {
      if (fork.device === this.options.device) await this.options.retire();
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
      const cancel = this.options.after(FIRST_WORD_MS, over);
      events.on('tracker', look);
      look(now);
    });
  }

  /** Without it, a copy that was made while this ran could not be told from it. Never rejects. */
  async farewell(tracker: { farewell(): Promise<void> }): Promise<void> {
    try {
      await this.options.lineage.advance('stop');
    } catch (err) {
      this.options.log.warn({ err }, 'this stop could not be marked');
    }
    await new Promise<void>((resolve) => {
      const cancel = this.options.after(FAREWELL_MS, resolve);
      void tracker.farewell().then(() => {
        cancel();
        resolve();
      });
    });
  }

  /** Of a run that was cut the tracker knows the start alone: others may hold what it wrote after a copy was made. */
  private goesOn(by: 'tracker' | 'link'): void {
    if (this.diverged) return;
    this.said.add(by);
    const { lineage, newKey } = this.options;
    if (this.said.has('tracker') && (newKey || !lineage.wasCut || this.said.has('link'))) this.firstWrite.free();
  }

  private isCopy(): void {
    // A key that was made by this very start is nobody's copy yet, whoever says so: that ends where a tracker says so always.
    if (this.options.newKey && !this.said.has('tracker')) return;
    this.options.log.warn({}, 'this device has gone on elsewhere: this is a copy of it, or an old backup');
    this.goOnAnew(this.options.retire);
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
