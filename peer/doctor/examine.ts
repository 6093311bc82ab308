/**
 * Runs the doctor's checks: each as soon as those that it builds on are done, all within one limit of time. What builds on a failed
 * one is skipped, so that one cause is named and not all that follows from it.
 */
import {
  doctorText,
  type DoctorArgs,
  type DoctorCheck,
  type DoctorCheckName,
  type DoctorCode,
  type DoctorReport,
  type DoctorStep,
} from '../../protocol/doctor.js';

export interface Fault {
  readonly code: DoctorCode;
  readonly args?: DoctorArgs;
}

/** `ok`; a fault; or `unknown` where it cannot be told, which is none. */
export type Finding = 'ok' | 'unknown' | Fault;

export interface Check {
  readonly name: DoctorCheckName;
  /** Those that have to be `ok` before it, by name; they stand before it in the list. */
  readonly after: readonly DoctorCheckName[];
  /** Its own limit. Milliseconds. */
  readonly limitMs: number;
  /** What its running out of time means. */
  readonly late?: Finding;
  /** A rejection means that it cannot be told. `signal`: its time is over. */
  run(signal: AbortSignal): Promise<Finding>;
}

export interface ExamineOptions {
  readonly timers: { setTimeout(run: () => void, ms: number): unknown; clearTimeout(timer: unknown): void };
  /** Milliseconds, never going back. */
  readonly steady: () => number;
  /** For all of it. Milliseconds. */
  readonly limitMs?: number;
  /** Told how all checks stand, each time that one of them begins or is done. */
  readonly progress?: ((checks: readonly DoctorStep[]) => void) | undefined;
}

export const LIMIT_MS = 9_000;

/** Never rejects, and never takes longer than its limit, whatever hangs. */
export async function examine(checks: readonly Check[], options: ExamineOptions): Promise<DoctorReport> {
  const { timers, steady, limitMs = LIMIT_MS, progress } = options;
  const since = steady();
  const steps: DoctorStep[] = checks.map(({ name }) => ({ check: name, state: 'waiting' }));
  const stands = (step: DoctorStep): void => {
    steps[steps.findIndex(({ check }) => check === step.check)] = step;
    progress?.([...steps]);
  };
  const outcomes = new Map<DoctorCheckName, Promise<DoctorCheck>>();
  for (const check of checks) {
    const parents = check.after.flatMap((name) => outcomes.get(name) ?? []);
    const outcome = Promise.all(parents).then(async (before) => {
      const isReady = before.every(({ state }) => state === 'ok');
      const left = limitMs - (steady() - since);
      if (isReady) stands({ check: check.name, state: 'running' });
      const finding = isReady && left > 0 ? await within(check, left, timers) : 'unknown';
      const told = asTold(check.name, finding);
      stands(told);
      return told;
    });
    outcomes.set(check.name, outcome);
  }
  const all = await Promise.all(outcomes.values());
  const faults = all.flatMap(({ code }) => (code === undefined ? [] : [code]));
  return { checks: all, faults, ms: Math.round(steady() - since) };
}

/** @param left of the time for all. Milliseconds */
function within(check: Check, left: number, timers: ExamineOptions['timers']): Promise<Finding> {
  const controller = new AbortController();
  return new Promise((resolve) => {
    const settle = (finding: Finding): void => {
      timers.clearTimeout(timer);
      resolve(finding);
      controller.abort();
    };
    // Whether what is cut short would have come in time, nobody knows.
    const late = left < check.limitMs ? 'unknown' : (check.late ?? 'unknown');
    const timer = timers.setTimeout(() => settle(late), Math.min(check.limitMs, left));
    check.run(controller.signal).then(settle, () => settle('unknown'));
  });
}

function asTold(check: DoctorCheckName, finding: Finding): DoctorCheck {
  if (finding === 'ok') return { check, state: 'ok' };
  if (finding === 'unknown') return { check, state: 'skipped' };
  const { code, args } = finding;
  return { check, state: 'fault', code, ...(args && { args }), text: doctorText(code, args) };
}
