import { describe, expect, test } from '@jest/globals';
import { HUNTING, hunt, mutants } from './mutants.js';
import { Simulation } from './simulation.js';

describe('members who write far too much', () => {
  test('are held, they alone, and all of it is everywhere in the end, whatever times they write', async () => {
    // A seed in which all three can write while they are to flood, and are three users.
    const settings = { ...HUNTING, seed: 3, peers: 10, entries: 100, flooding: 3, restored: 0, freeze: true };
    const simulation = new Simulation(settings);
    const { violations, acknowledged } = await simulation.run();
    expect(violations).toEqual([]);
    expect(simulation.flood.judge.held.size).toBe(3);
    expect(acknowledged).toBeGreaterThan(settings.entries);
  });

  // All of them: npm run sim -- --mutants
  test('would be noticed where they are taken too early', async () => {
    const mutant = mutants.find(({ name }) => name === 'takes whatever comes, however fast');
    if (!mutant) throw new Error('bug: no such planted bug');
    const { outcome } = await hunt(mutant, 1, 3);
    expect(outcome?.violations[0]).toMatch(/before it is due|has taken/);
  });
});
