/** From one browser's socket to another's: the one way in which all chains, Parley's and its limits, are driven. */
import { setTimeout as sleep } from 'node:timers/promises';

/** One of the two connections of a chain, whatever it speaks. */
export interface End {
  send(frame: string): void;
  onFrame(listener: (frame: string) => void): void;
  onClose(listener: (why: string) => void): void;
  /** Below it: for one write, however many frames. */
  readonly connection: { cork(): void; uncork(): void };
}

/** How a chain's ends speak: what a message looks like where it goes in, and where it comes out. */
export interface Dialect {
  /** The frame that sends the message `text`; `id` counts up from 1. */
  encode(id: number, text: string): string;
  /** How many messages of ours a frame at the receiving end brings. Throws when it tells of a failure. */
  arrived(frame: string): number;
  /** How many of our commands a frame at the sending end confirms; undefined where nothing is confirmed. */
  readonly confirmed: ((frame: string) => number) | undefined;
}

const MESSAGE_BYTES = 200;

export class Chain {
  readonly #from: End;
  readonly #dialect: Dialect;
  readonly #text = 'm'.repeat(MESSAGE_BYTES);
  #sent = 0;
  #arrived = 0;
  #confirmed = 0;
  #progress: (() => void) | undefined;
  #failed: ((error: Error) => void) | undefined;

  /** Both are open, and nothing is under way. */
  constructor(from: End, to: End, dialect: Dialect) {
    this.#from = from;
    this.#dialect = dialect;
    const { confirmed } = dialect;
    to.onFrame((frame) => this.#take(() => (this.#arrived += dialect.arrived(frame))));
    if (confirmed) from.onFrame((frame) => this.#take(() => (this.#confirmed += confirmed(frame))));
    for (const end of [from, to]) {
      end.onClose((why) => this.#failed?.(new Error(`a connection of the chain was closed: ${why}`)));
    }
  }

  /** So many messages were sent so far. */
  get sent(): number {
    return this.#sent;
  }

  /** One message at a time: how long each took to come out at the other end, in µs. @param gapMs between two */
  async latencies(count: number, gapMs = 0): Promise<number[]> {
    const times: number[] = [];
    for (let index = 0; index < count; index += 1) {
      if (gapMs > 0) await sleep(gapMs);
      const started = performance.now();
      this.#send();
      await this.#until(() => this.#arrived >= this.#sent);
      times.push((performance.now() - started) * 1000);
      await this.#until(() => this.#allConfirmed);
    }
    return times;
  }

  /** As fast as it goes, with at most `window` messages under way: messages a second, all arrived and confirmed. */
  async throughput(count: number, window: number): Promise<number> {
    const last = this.#sent + count;
    const started = performance.now();
    while (this.#sent < last) {
      // One write, however many frames: a write a frame would be what is measured.
      this.#from.connection.cork();
      while (this.#sent < last && this.#underWay < window) this.#send();
      this.#from.connection.uncork();
      const room = window - Math.ceil(window / 8);
      await this.#until(() => this.#underWay <= room);
    }
    await this.#until(() => this.#arrived >= last && this.#allConfirmed);
    return count / ((performance.now() - started) / 1000);
  }

  get #underWay(): number {
    const confirmed = this.#dialect.confirmed ? this.#confirmed : this.#sent;
    return this.#sent - Math.min(this.#arrived, confirmed);
  }

  get #allConfirmed(): boolean {
    return this.#dialect.confirmed === undefined || this.#confirmed >= this.#sent;
  }

  #send(): void {
    this.#sent += 1;
    this.#from.send(this.#dialect.encode(this.#sent, this.#text));
  }

  #take(count: () => void): void {
    try {
      count();
      this.#progress?.();
    } catch (error) {
      this.#failed?.(error as Error);
    }
  }

  #until(done: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void): void => {
        clearTimeout(timer);
        this.#progress = this.#failed = undefined;
        settle();
      };
      const state = (): string => `${this.#sent} sent, ${this.#arrived} arrived, ${this.#confirmed} confirmed`;
      const timer = setTimeout(() => end(() => reject(new Error(`the chain stands still: ${state()}`))), STALLED_MS);
      this.#failed = (error) => end(() => reject(error));
      this.#progress = () => {
        if (done()) end(resolve);
      };
      this.#progress();
    });
  }
}

const STALLED_MS = 60_000;
