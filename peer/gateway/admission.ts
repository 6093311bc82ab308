/**
 * How many requests of clients are carried out at once: as many as come, until the event loop lags behind; then fewer, and the others
 * wait, with their clients' connections unread. So what a gateway has taken on stays bounded, whatever is offered. Of each client one
 * request waits at most, so whoever writes most waits most. A request that takes many turns of the event loop waits for somebody else
 * (the tracker, a slow disk): it goes on, and its place is another's.
 */
export interface AdmissionParts {
  /** Milliseconds of a clock that is never set back. */
  readonly steady: () => number;
  /** @returns how to end it */
  readonly every: (ms: number, run: () => void) => () => void;
  /** Requests at once however far behind it is: fewer leave the processor idle while the disk is waited for. */
  readonly least?: number;
  /** The process lags behind, or no longer. */
  readonly changed?: (isBehind: boolean) => void;
}

const TICK_MS = 50;
/** A turn of the event loop that takes longer is too long: what is under way is heard of after two or three. */
const LAG_MS = 1_000;
/** What is carried out here is done after two or three ticks, also while it lags: after so many it waits for something else. */
const PLACE_TICKS = 5;
/** Requests at once: however far behind, however idle, and how soon there are more again with each tick. */
const [LEAST, MOST, MORE] = [64, 1024, 8];

export class Admission {
  readonly #parts: AdmissionParts;
  readonly #waiting: { readonly request: object; readonly begin: () => void }[] = [];
  readonly #stop: () => void;
  /** Those that have a place, the oldest first, and the tick at which each got it. */
  readonly #places = new Map<object, number>();
  #ticks = 0;
  #limit = MOST;
  #ticked: number;
  #isBehind = false;

  constructor(parts: AdmissionParts) {
    this.#parts = parts;
    this.#ticked = parts.steady();
    this.#stop = parts.every(TICK_MS, () => this.#tick());
  }

  /** Requests that wait for their turn. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Carries it out when its turn comes. @throws as `work` */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    const request = {};
    if (this.#places.size < this.#limit) this.#places.set(request, this.#ticks);
    else await new Promise<void>((resolve) => this.#waiting.push({ request, begin: resolve }));
    try {
      return await work();
    } finally {
      this.#places.delete(request);
      this.#next();
    }
  }

  /** Measures no more, and keeps nobody waiting. */
  close(): void {
    this.#stop();
    this.#limit = Infinity;
    if (this.#isBehind) this.#parts.changed?.(false);
    this.#next();
  }

  #tick(): void {
    const now = this.#parts.steady();
    const lag = now - this.#ticked - TICK_MS;
    this.#ticked = now;
    const isBehind = lag > LAG_MS;
    this.#limit = isBehind
      ? Math.max(this.#parts.least ?? LEAST, Math.floor(Math.min(this.#limit, this.#places.size) * 0.75))
      : Math.min(MOST, this.#limit + MORE);
    if (isBehind !== this.#isBehind) this.#parts.changed?.(isBehind);
    this.#isBehind = isBehind;
    this.#ticks += 1;
    for (const [request, since] of this.#places) {
      if (this.#ticks - since < PLACE_TICKS) break;
      this.#places.delete(request);
    }
    this.#next();
  }

  #next(): void {
    while (this.#places.size < this.#limit) {
      const next = this.#waiting.shift();
      if (!next) return;
      this.#places.set(next.request, this.#ticks);
      next.begin();
    }
  }
}
