/** Whether all of a stream is here that was acknowledged up to a moment ago, as far as a node can know: a pure machine but for `catchUp`. */
export class Freshness {
  #isCurrent = false;
  #isLooking = false;
  /** How often there was reason to doubt. */
  #doubts = 0;

  /** @param catchUp waits until all is here that the stream's leader has. Errors: it does not answer, or nothing comes */
  constructor(private readonly catchUp: () => Promise<void>) {}

  /** False: something may have been changed of which nothing came here. */
  get isCurrent(): boolean {
    return this.#isCurrent;
  }

  /** The connection was lost, nothing is heard of the stream, or the stream is longer than what is here. */
  doubt(): void {
    this.#isCurrent = false;
    this.#doubts += 1;
  }

  /** Something was heard of the stream, so that what comes next will be as well: it is left to see what was missed. */
  heard(): void {
    if (!this.#isCurrent && !this.#isLooking) void this.#look();
  }

  async #look(): Promise<void> {
    this.#isLooking = true;
    const doubts = this.#doubts;
    try {
      await this.catchUp();
      this.#isCurrent = doubts === this.#doubts;
    } catch {
      // What is heard next has it tried again.
    }
    this.#isLooking = false;
  }
}
