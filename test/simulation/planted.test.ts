/** The least that shows that the simulator still finds something, and only what is there. More: simulation.test.ts. */
import { expect, test } from '@jest/globals';
import { HUNTING, hunt, mutants } from './mutants.js';
import { Simulation } from './simulation.js';

const LASTING_MS = 240_000;
/** Enough for these bugs, and a second or two each. */
const SMALL = { peers: 8, entries: 120, minutes: 0.3 };

test(
  'nothing is lost, shown twice, out of order or falsely claimed in a small run',
  async () => {
    const outcome = await new Simulation({ ...HUNTING, ...SMALL, seed: 2, freeze: true }).run();
    expect(outcome.violations).toEqual([]);
    expect(outcome.deliveries).toBeGreaterThan(outcome.acknowledged);
    expect(outcome.acknowledged).toBeGreaterThan(40);
  },
  LASTING_MS,
);

test.each([
  'acknowledges before the sync',
  'drops the gap check',
  'believes every signature',
  'dials although it hides its address',
])(
  'a planted bug is caught: %s',
  async (name) => {
    const mutant = mutants.find((one) => one.name === name);
    if (!mutant) throw new Error(`bug: no planted bug is called "${name}"`);
    const { outcome } = await hunt({ ...mutant, settings: { ...mutant.settings, ...SMALL } }, 1, 3);
    expect(outcome?.violations.length).toBeGreaterThan(0);
  },
  LASTING_MS,
);

/** Enough for a few files, and a few seconds. */
const FEW_FILES = { peers: 6, entries: 20, files: 10, minutes: 0.3, channels: 2, restored: 0, hostile: 2 };

test.each(['chunk hash not checked', 'served without asking whether it is shared'])(
  'a planted bug of files is caught: %s',
  async (name) => {
    const mutant = mutants.find((one) => one.name === name);
    if (!mutant) throw new Error(`bug: no planted bug is called "${name}"`);
    const { outcome } = await hunt({ ...mutant, settings: { ...mutant.settings, ...FEW_FILES } }, 1, 3);
    expect(outcome?.violations.length).toBeGreaterThan(0);
  },
  LASTING_MS,
);
