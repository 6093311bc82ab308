/**
 * Events of the daemon, handed on so that the page has time to draw: the first at once, and those that follow closely together. In a
 * flood each of them would draw the timeline anew, and take the processor from those who bring the next one. Where drawing takes
 * longer than two frames, as while the code is not compiled yet, so few are drawn that one frame in twenty is late.
 */
export interface Pacing {
  /** Ms, of a clock that only goes forward. */
  now(): number;
  /** Answers how to call it off. */
  later(work: () => void, ms: number): () => void;
  /** Calls back once what was handed on is drawn; perhaps never, where nothing is drawn. */
  drawn(work: () => void): void;
}

/** Three frames: nobody reads faster. */
export const APART_MS = 50;
/** Two frames; and the pause after a drawing that took longer. */
export const DRAWN_WITHIN_MS = 34;
export const LATE_APART_MS = 350;

export class PacedEvents<Event> {
  #waiting: Event[] = [];
  #last = -Infinity;
  #apart = APART_MS;
  #callOff: (() => void) | undefined;

  constructor(
    private readonly pacing: Pacing,
    /** In the order in which they came. */
    private readonly handle: (event: Event) => void,
  ) {}

  push(event: Event): void {
    this.#waiting.push(event);
    if (this.#callOff) return;
    const wait = this.#last + this.#apart - this.pacing.now();
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
    const begun = this.pacing.now();
    this.#last = begun;
    this.#apart = APART_MS;
    for (const event of events) this.handle(event);
    this.pacing.drawn(() => this.#drawn(begun));
  }

  #drawn(begun: number): void {
    if (begun !== this.#last) return;
    const now = this.pacing.now();
    if (now - begun <= DRAWN_WITHIN_MS) return;
    // From the end of the drawing on: what came meanwhile waits until the page was free for a while.
    this.#last = now;
    this.#apart = LATE_APART_MS;
    if (!this.#callOff) return;
    this.#callOff();
    this.#callOff = this.pacing.later(() => this.flush(), this.#apart);
  }
}
