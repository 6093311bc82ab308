/** Planted bugs of what is taken from members who write too fast. */
import type { Entry } from '../../protocol/entry.js';
import { replace, within, type Mutant } from './planting.js';

const bugs: readonly Mutant[] = [
  {
    name: 'takes whatever comes, however fast',
    parts: within(({ log }) => replace(log, 'intake.allowed', () => (entries: readonly Entry[]) => entries.length)),
  },
  {
    name: 'gives each log its rate, and a user as many logs as there are',
    parts: within(({ log }) => replace(log, 'buckets.userDue', () => () => -Infinity)),
  },
  {
    name: 'never asks again for what was not due',
    parts: within(({ log }) => {
      const held = new Set<string>();
      replace<[string, string], number>(log, 'intake.ahead', (ahead) => (...of) => {
        if (ahead(...of) < Infinity) held.add(of.join(' '));
        return held.has(of.join(' ')) ? 0 : Infinity;
      });
    }),
  },
  {
    name: 'takes nothing of anybody while one log is held',
    parts: within(({ log }) => {
      replace(log, 'intake.isHeld', () => () => log.holding);
    }),
  },
];

export const floodMutants = bugs.map((bug): Mutant => ({ ...bug, settings: { flooding: 2 } }));
