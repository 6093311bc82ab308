/**
 * Holds back what this device writes first, until somebody who would know has said that nothing of its log is missing here
 * (docs/decisions/restored-backup.md): the tracker, or links, which tell what they hold. Nobody may be there to ask, so the
 * wait has an end. What waits is written in the order in which it came.
 */
import { ParleyError } from '../../protocol/errors.js';

export interface FirstWriteTimers {
  /** @returns cancels it */
  after(ms: number, work: () => void): () => void;
}

/** Long enough for a tracker, and for links to those whose addresses are known. */
const WITHIN_MS = 3_000;
/** More are refused, so that a flood cannot eat the memory. */
const WAITING_MAX = 10_000;

export class FirstWrite {
  private readonly waiting: (() => void)[] = [];
  private cancel: (() => void) | undefined;

  /** @param isFree there is nothing to wait for: the key is new */
  constructor(
    private readonly timers: FirstWriteTimers,
    private isFree: boolean,
  ) {}

  /** From now on there is somebody to ask. */
  start(): void {
    if (!this.isFree) this.cancel ??= this.timers.after(WITHIN_MS, () => this.free());
  }

  /** Somebody has said that nothing is missing, or the time is over. */
  free(): void {
    this.stop();
    this.isFree = true;
    for (const write of this.waiting.splice(0)) write();
  }

  /** Nothing is written any more: what waits goes on waiting, and ends with this process. */
  stop(): void {
    this.cancel?.();
    this.cancel = undefined;
  }

  /** Calls `write` now, or, in the order of the calls, when that is allowed. @throws ParleyError unavailable */
  pass<T>(write: () => Promise<T>): Promise<T> {
    if (this.isFree) return write();
    if (this.waiting.length >= WAITING_MAX) return Promise.reject(new ParleyError('unavailable'));
    return new Promise((resolve, reject) => {
      // What throws at once is its own caller's alone: the others still have to be written.
      this.waiting.push(() => void (async () => write())().then(resolve, reject));
    });
  }
}
