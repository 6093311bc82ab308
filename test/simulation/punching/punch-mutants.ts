/** Planted bugs of punching: each must be caught. */
import type { PunchContext, PunchInput, PunchState, PunchStep } from '../../../protocol/punch-state.js';
import { stepPunch } from '../../../protocol/punch.js';
import { Punching, type PunchingOutcome } from './punching.js';

type Step = typeof stepPunch;

export interface PunchMutant {
  readonly name: string;
  readonly step: Step;
}

/** What the machine is told is wrong. */
const told =
  (
    change: (input: PunchInput, state: PunchState) => PunchInput | undefined,
    context: Partial<PunchContext> = {},
  ): Step =>
  (state, input, given) => {
    const changed = change(input, state);
    return changed
      ? stepPunch(state, changed, { ...given, ...context })
      : { state: { ...state, due: undefined }, effects: [] };
  };

/** What it says to do, or remembers, is wrong. */
const says =
  (change: (step: PunchStep, now: number) => PunchStep): Step =>
  (state, input, context) =>
    change(stepPunch(state, input, context), context.now);

export const punchMutants: readonly PunchMutant[] = [
  {
    name: 'both dial',
    step: says(({ state, effects }) => ({
      state,
      effects: effects.map((effect) => (effect.type === 'connect' ? { ...effect, role: 'dialler' } : effect)),
    })),
  },
  {
    name: 'never rests',
    step: says(({ state, effects }, now) => ({
      state: state.phase.name === 'idle' && state.due !== undefined ? { ...state, due: now + 1_000 } : state,
      effects,
    })),
  },
  { name: 'takes every offer', step: says(({ state, effects }) => ({ state: { ...state, offers: [] }, effects })) },
  { name: 'connects to wherever it is told', step: told((input) => input, { permits: () => true }) },
  { name: 'does not care what its router is', step: told((input) => input, { isHard: false }) },
  {
    name: 'tries only the first relayed link',
    step: told((input, { run }) => (input.type === 'up' && run > 0 ? undefined : input)),
  },
  {
    name: 'waits for ever for its tracker',
    step: told((input, { phase }) => (input.type === 'time' && phase.name === 'reflecting' ? undefined : input)),
  },
  {
    name: 'leaves open what is over',
    step: says(({ state, effects }) => ({ state, effects: effects.filter(({ type }) => type !== 'release') })),
  },
];

/** Runs seed after seed until the bug is caught. @returns undefined when it got away */
export function huntPunch({ step }: PunchMutant, seed: number, seedsMax: number): PunchingOutcome | undefined {
  for (let at = seed; at < seed + seedsMax; at += 1) {
    const outcome = new Punching(at, step).run();
    if (outcome.violations.length > 0) return outcome;
  }
  return undefined;
}
