/** Punching between devices behind all kinds of routers, and that what goes wrong there is found. */
import { expect, test } from '@jest/globals';
import { huntPunch, punchMutants } from './punch-mutants.js';
import { Punching } from './punching.js';

const SEEDS = 5;

test('whoever can be direct is in the end, with nobody else, and nobody is made to connect too often', () => {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const outcome = new Punching(seed).run();
    expect(outcome).toEqual({ ...outcome, violations: [] });
    expect(outcome.linked).toBeGreaterThan(20);
  }
  expect(new Punching(1).run()).toEqual(new Punching(1).run());
});

test.each(punchMutants.map((mutant) => [mutant.name, mutant] as const))(
  'a planted bug is caught: %s',
  (_name, mutant) => {
    expect(huntPunch(mutant, 1, SEEDS)?.violations.length).toBeGreaterThan(0);
  },
);
