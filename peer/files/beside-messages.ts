/**
 * When a file goes on beside messages. What a message needs first is processors, and a file takes all of them: so while messages come
 * and go, all links together rest for a moment after each piece, which leaves more than half of the time to the messages. A file is
 * slower then, and never stands still.
 */
import type { Turns } from './file-link.js';

/** Read or written before all else that is due has its turn: half a millisecond of TLS. Bytes. */
const TURN_BYTES = 256 * 1024;
/** So long after a message another one is expected. */
const RECENT_MS = 50;
/** Between two pieces while messages come and go: 64 MB a second at most. */
const REST_MS = 4;

export interface BesideMessagesParts {
  /** Of the history. */
  readonly durability: {
    /** When something was committed last, by `now`. */
    readonly committedAt: number;
    /** Runs it once no commit waits for the disk. */
    yieldTo(run: () => void): void;
  };
  /** Milliseconds, of a clock that only goes forward. */
  readonly now: () => number;
  readonly timers: { setTimeout(run: () => void, ms: number): unknown };
  readonly soon: (run: () => void) => void;
}

export class BesideMessages implements Turns {
  readonly bytes = TURN_BYTES;
  /** At most two of each link: it reads, and it writes. */
  private readonly resting: (() => void)[] = [];
  private isTimed = false;

  constructor(private readonly parts: BesideMessagesParts) {}

  readonly next = (run: () => void): void => {
    const { durability, soon } = this.parts;
    soon(() => {
      if (!this.isChatting && this.resting.length === 0) return durability.yieldTo(run);
      this.resting.push(run);
      this.rest();
    });
  };

  private get isChatting(): boolean {
    return this.parts.now() - this.parts.durability.committedAt < RECENT_MS;
  }

  /** One goes on after each rest, whoever waits longest; all of them once there are no messages any more. */
  private rest(): void {
    if (this.isTimed) return;
    this.isTimed = true;
    this.parts.timers.setTimeout(() => {
      this.isTimed = false;
      const go = this.resting.splice(0, this.isChatting ? 1 : Infinity);
      for (const run of go) this.parts.durability.yieldTo(run);
      if (this.resting.length > 0) this.rest();
    }, REST_MS);
  }
}
