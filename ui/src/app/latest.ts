/**
 * One question at a time: of those that come while one is under way, only the last is asked when its answer is here. So a
 * person who types is answered as fast as the daemon can, without a timer, and never asks faster.
 */
export class Latest<Question> {
  readonly #ask: (question: Question) => Promise<void>;
  #busy = false;
  #next: { readonly question: Question } | undefined;

  /** `ask` has to deal with its failures. */
  constructor(ask: (question: Question) => Promise<void>) {
    this.#ask = ask;
  }

  want(question: Question): void {
    if (this.#busy) this.#next = { question };
    else void this.#run(question);
  }

  /** Whatever waits is not asked any more. */
  forget(): void {
    this.#next = undefined;
  }

  /** Whatever waits is asked now, beside what is under way: there may be no later. */
  hurry(): void {
    const next = this.#next;
    this.#next = undefined;
    if (next) void this.#ask(next.question);
  }

  async #run(question: Question): Promise<void> {
    this.#busy = true;
    try {
      await this.#ask(question);
    } finally {
      this.#busy = false;
      const next = this.#next;
      this.#next = undefined;
      if (next) this.want(next.question);
    }
  }
}
