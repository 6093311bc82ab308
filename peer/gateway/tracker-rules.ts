/** Who may come in by the tracker's word: guests, and who makes an account. It is asked now and then, as pages wait for the answer. */
import { ParleyError } from '../../protocol/errors.js';
import type { GuestsAllowed } from '../../protocol/tracker-api.js';
import type { Clock, Log } from '../services.js';
import { askTracker } from '../setup/sign-up.js';
import { probeTrackers } from '../tracker-client/probe.js';

export interface TrackerRulesParts {
  readonly trackers: readonly string[];
  /** PEM. */
  readonly trackerCa: string | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

type Rules = Pick<GuestsAllowed, 'guests' | 'registration'>;

const ANSWER_MS = 2_000;
const ASK_AGAIN_MS = 10_000;

export class TrackerRules {
  #answer: { readonly rules: Rules; readonly at: number } | undefined;
  #asking: Promise<Rules> | undefined;

  constructor(private readonly parts: TrackerRulesParts) {}

  /** Whether guests are let in; no answer counts as no. Never rejects. */
  async guests(): Promise<boolean> {
    return (await this.#now()).guests;
  }

  /**
   * What is said to somebody who wanted to make an account by a name that is taken, and does not know its password. Where accounts are
   * made by invite, nobody without one learns from it who is here.
   */
  async taken(invite: string | undefined): Promise<ParleyError> {
    const { registration } = await this.#now();
    if (registration === 'closed') return new ParleyError('forbidden');
    if (registration === 'invite') return new ParleyError(invite === undefined ? 'invite_needed' : 'invite_over');
    return new ParleyError('name_taken', 'That name is taken, and this is not its password.');
  }

  #now(): Promise<Rules> {
    const age = this.#answer ? this.parts.clock.now() - this.#answer.at : Infinity;
    if (this.#answer && age >= 0 && age < ASK_AGAIN_MS) return Promise.resolve(this.#answer.rules);
    this.#asking ??= this.#ask().finally(() => (this.#asking = undefined));
    return this.#asking;
  }

  async #ask(): Promise<Rules> {
    const { trackers, trackerCa, clock, log } = this.parts;
    const calls = { clock, trackerCa, timeoutMs: ANSWER_MS };
    const rules = await probeTrackers(trackers, calls)
      .then(({ tracker }) => askTracker(calls, (api) => api.rules(new URL(`${tracker}/`))))
      .catch((err: unknown): Rules => {
        log.debug({ err }, 'it is not known whether guests may come');
        // Of two answers the one that tells less.
        return { guests: false, registration: this.#answer?.rules.registration ?? 'invite' };
      });
    this.#answer = { rules, at: clock.now() };
    return rules;
  }
}
