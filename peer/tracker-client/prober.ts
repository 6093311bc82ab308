/**
 * Which of several trackers is there: `/healthz`, which tells them nothing about who asks. In order, so that peers whose
 * trackers do not share who is online meet at one; but one that is silent holds nobody up.
 */
import { isParleyError, ParleyError } from '../../protocol/errors.js';
import { successAnswer } from './answers.js';
import type { Timers, TrackerHttp } from './http.js';

/** How long one is waited for before the next is asked as well. One that refuses is not waited for. */
export const HEAD_START_MS = 500;

export interface ProberParts {
  /** Gives each request little time. */
  readonly http: Pick<TrackerHttp, 'call'>;
  readonly timers: Timers;
  readonly url: (index: number) => URL;
  /** The first that answered. */
  readonly answered: (index: number) => void;
  /** None did; what the first one's silence was. */
  readonly silent: (index: number, reason: string) => void;
}

export class Prober {
  readonly #parts: ProberParts;
  /** Ends the search under way. */
  #cancel: (() => void) | undefined;

  constructor(parts: ProberParts) {
    this.#parts = parts;
  }

  cancel(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  /** Replaces the search under way. */
  search(urls: readonly number[]): void {
    this.cancel();
    const abort = new AbortController();
    const reasons = new Map<number, string>();
    let asked = 0;
    let cancelNext: () => void = () => undefined;
    const end = (): void => {
      cancelNext();
      abort.abort(new ParleyError('unavailable', 'Another tracker has answered.'));
    };
    const next = (): void => {
      cancelNext();
      const index = urls[asked];
      if (index === undefined || abort.signal.aborted) return;
      asked += 1;
      cancelNext = this.#parts.timers.after(HEAD_START_MS, next);
      void this.#ask(index, abort.signal).then((reason) => {
        if (abort.signal.aborted) return;
        if (reason === undefined) {
          end();
          return this.#parts.answered(index);
        }
        reasons.set(index, reason);
        next();
        if (reasons.size < urls.length) return;
        const [first = index] = urls;
        end();
        this.#parts.silent(first, reasons.get(first) ?? reason);
      });
    };
    this.#cancel = end;
    next();
  }

  /** Undefined when it answers, else why it does not: a sentence. */
  async #ask(index: number, signal: AbortSignal): Promise<string | undefined> {
    try {
      await this.#parts.http.call(this.#parts.url(index), { method: 'GET', path: 'healthz', signal }, successAnswer);
      return undefined;
    } catch (error) {
      return isParleyError(error) ? error.message : String(error);
    }
  }
}
