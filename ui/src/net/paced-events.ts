/**
 * Events of the daemon, handed on so that the page has time to draw: the first at once, and those that follow closely together. In a
 * flood each of them would draw the timeline anew, and take the processor from those who bring the next one.
 */
export interface Pacing {
  /** Ms, of a clock that only goes forward. */
  now(): number;
  /** Answers how to call it off. */
  later(work: () => void, ms: number): () => void;
}

/** Three frames: nobody reads faster. */
export const APART_MS = 50;

export class PacedEvents<Event> {
  #waiting: Event[] = [];
  #last = -Infinity;
  #callOff: (() => void) | undefined;

  constructor(
    private readonly pacing: Pacing,
    /** In the order in which they came. */
    private readonly handle: (event: Event) => void,
  ) {}

  push(event: Event): void {
    this.#waiting.push(event);
    if (this.#callOff) return;
    const wait = this.#last + APART_MS - this.pacing.now();
    if (wait <= 0) this.flush();
    else this.#callOff = this.pacing.later(() => this.flush(), wait);
  }

  /** Hands on what waits: something comes that was said after it. */
  flush(): void {
    this.#callOff?.();
    this.#callOff = undefined;
    const events = this.#waiting;
    if (events.length === 0) return;
    this.#waiting = [];
    this.#last = this.pacing.now();
    for (const event of events) this.handle(event);
  }
}
