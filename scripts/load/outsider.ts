/** Somebody who is at the tracker beside the crowd, and asks for the list now and then: what the crowd costs others. */
import { setTimeout as wait } from 'node:timers/promises';
import { Figures, type Reading } from './figures.js';

const EVERY_MS = 200;
const ANSWER_MS = 10_000;
/** A page of the list, as a window asks for it. */
const LIMIT = 100;

export class Outsider {
  #figures = new Figures();
  readonly #over = new AbortController();

  constructor(
    private readonly tracker: string,
    private readonly token: string,
  ) {}

  /** Until `stop`. */
  async run(): Promise<void> {
    while (!this.#over.signal.aborted) {
      await this.#ask();
      await wait(EVERY_MS, undefined, { signal: this.#over.signal }).catch(() => undefined);
    }
  }

  stop(): void {
    this.#over.abort();
  }

  /** Since the last one; only `list` is timed. */
  read(): Reading {
    return this.#figures.take();
  }

  async #ask(): Promise<void> {
    const began = performance.now();
    try {
      const response = await fetch(new URL('/get-list', this.tracker), {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${this.token}`, connection: 'close' },
        body: JSON.stringify({ limit: LIMIT }),
        signal: AbortSignal.any([this.#over.signal, AbortSignal.timeout(ANSWER_MS)]),
      });
      await response.arrayBuffer();
      if (response.ok) this.#figures.took('list', performance.now() - began);
      else this.#figures.failure(`HTTP ${response.status}`);
    } catch (error) {
      if (!this.#over.signal.aborted) this.#figures.failure(error instanceof Error ? error.name : 'failed');
    }
  }
}
