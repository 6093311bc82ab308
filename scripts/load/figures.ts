/** What virtual peers count and measure, in each of their processes; bounded, so that a long run keeps no more than a short one. */

/** What is timed. */
export const TIMED = ['sign-in', 'submit-info', 'snapshot', 'heart-beat', 'list'] as const;
export type Timed = (typeof TIMED)[number];

/** A hundred and twenty steps of 12 %, from 0.1 ms to 80 s. */
const STEP = 1.12;
const LOWEST_MS = 0.1;
const STEPS = 120;

export interface Reading {
  /** Now. */
  readonly online: number;
  /** Since the last reading. Times: how many fell into each step. */
  readonly times: Readonly<Record<Timed, readonly number[]>>;
  /** Attempts that failed, by code. */
  readonly failures: Readonly<Record<string, number>>;
  readonly receivedBytes: number;
}

const none = (): Record<Timed, number[]> => ({
  'sign-in': zeros(),
  'submit-info': zeros(),
  snapshot: zeros(),
  'heart-beat': zeros(),
  list: zeros(),
});
const zeros = (): number[] => new Array<number>(STEPS).fill(0);

export class Figures {
  #online = 0;
  #times = none();
  #failures: Record<string, number> = {};
  #received = 0;

  took(what: Timed, ms: number): void {
    const at = Math.ceil(Math.log(Math.max(ms, LOWEST_MS) / LOWEST_MS) / Math.log(STEP));
    const steps = this.#times[what];
    const step = Math.min(at, STEPS - 1);
    steps[step] = (steps[step] ?? 0) + 1;
  }

  failure(code: string): void {
    this.#failures[code] = (this.#failures[code] ?? 0) + 1;
  }

  received(bytes: number): void {
    this.#received += bytes;
  }

  online(change: 1 | -1): void {
    this.#online += change;
  }

  take(): Reading {
    const reading = {
      ...{ online: this.#online, times: this.#times, failures: this.#failures, receivedBytes: this.#received },
    };
    this.#times = none();
    this.#failures = {};
    this.#received = 0;
    return reading;
  }
}

/** Of several processes, or of one after another; how many are online is the sum. */
export function sum(readings: readonly Reading[]): Reading {
  const times = none();
  const failures: Record<string, number> = {};
  for (const reading of readings) {
    for (const what of TIMED)
      for (const [step, count] of reading.times[what].entries()) times[what][step] = (times[what][step] ?? 0) + count;
    for (const [code, count] of Object.entries(reading.failures)) failures[code] = (failures[code] ?? 0) + count;
  }
  const total = (of: (reading: Reading) => number): number => readings.reduce((all, one) => all + of(one), 0);
  return { online: total((one) => one.online), times, failures, receivedBytes: total((one) => one.receivedBytes) };
}

/** Milliseconds, to the next step above; NaN of nothing. */
export function quantileOf(steps: readonly number[], q: number): number {
  const all = steps.reduce((total, count) => total + count, 0);
  let left = Math.max(1, Math.ceil(q * all));
  for (const [step, count] of steps.entries()) if ((left -= count) <= 0) return LOWEST_MS * STEP ** step;
  return NaN;
}

export const countOf = (steps: readonly number[]): number => steps.reduce((total, count) => total + count, 0);
