import { describe, expect, test } from '@jest/globals';
import { HUNTING, hunt, mutants } from './mutants.js';
import { line } from './report.js';
import { DEFAULTS, replayCommand, type Settings } from './settings.js';
import { Simulation } from './simulation.js';

const SMALL: Settings = { ...HUNTING, seed: 1, peers: 12, entries: 200, freeze: true };

function planted(name: string): (typeof mutants)[number] {
  const mutant = mutants.find((one) => one.name === name);
  if (!mutant) throw new Error(`bug: no planted bug is called "${name}"`);
  return mutant;
}

/** Flags as a person would type them again. */
function settingsOf(command: string): Settings {
  const settings: Record<string, unknown> = { ...DEFAULTS };
  for (const [, name = '', value = ''] of command.matchAll(/--(\w+) (\S+)/g)) {
    const known = { ...DEFAULTS, seed: 0 }[name as keyof Settings];
    settings[name] = typeof known === 'number' ? Number(value) : typeof known === 'boolean' ? value === 'true' : value;
  }
  return settings as unknown as Settings;
}

describe('a simulation', () => {
  test.each([2, 3, 4])('seed %i: nothing is lost, shown twice, out of order or falsely claimed', async (seed) => {
    const outcome = await new Simulation({ ...SMALL, seed }).run();
    expect(outcome.violations).toEqual([]);
    expect(outcome.acknowledged).toBeGreaterThan(SMALL.entries / 2);
    expect(outcome.deliveries).toBeGreaterThan(outcome.acknowledged);
  });

  test('members of small channels find each other among many', async () => {
    const outcome = await new Simulation({ ...SMALL, peers: 40, channels: 10, direct: 0.5, minutes: 0.5 }).run();
    expect(outcome.violations).toEqual([]);
  });

  test('most are behind routers that let nobody in: all meet at the relay, and leave it when they can', async () => {
    const outcome = await new Simulation({ ...SMALL, routers: 0.8, direct: 0.5 }).run();
    expect(outcome.violations).toEqual([]);
  });

  test('many hide their address: nobody dials them, they dial nobody, and all meet at the relay', async () => {
    const outcome = await new Simulation({ ...SMALL, hidden: 0.4, direct: 0.5 }).run();
    expect(outcome.violations).toEqual([]);
    expect(outcome.deliveries).toBeGreaterThan(outcome.acknowledged);
  });

  test('weeks pass, and some forget: nothing that others lack, and newcomers get what anybody has', async () => {
    const weeks = { retention: 0.6, restored: 0, minutes: 2, entries: 250, channels: 2 };
    const outcome = await new Simulation({ ...SMALL, ...weeks, peers: 14, seed: 2 }).run();
    expect(outcome.violations).toEqual([]);
    expect(outcome.contents.forgotten).toBeGreaterThan(100);
    expect(outcome.contents.filled).toBeGreaterThan(10);
  });

  test('the same seed is the same run, another one is not', async () => {
    const run = async (seed: number): Promise<string> => (await new Simulation({ ...SMALL, seed }).run()).trace;
    const first = await run(7);
    expect(await run(7)).toBe(first);
    expect(await run(8)).not.toBe(first);
  });

  test('real Ed25519 leads to the same run', async () => {
    const settings = { ...SMALL, peers: 8, entries: 100 };
    const cheap = await new Simulation(settings).run();
    const real = await new Simulation({ ...settings, signatures: 'real' }).run();
    expect(real.violations).toEqual([]);
    expect(real.trace).toBe(cheap.trace);
  });

  test('a failure says how to run it again, and that run fails in the same way', async () => {
    const { name, parts } = planted('orders by arrival');
    const { outcome } = await hunt({ name, parts }, 5, 3);
    if (!outcome) throw new Error('it was not caught');
    const text = line({ outcome, seconds: 1, peakBytes: 1 });
    const command = text.split('again: ')[1] ?? '';
    expect(command).toBe(replayCommand(outcome.settings));
    expect(settingsOf(command)).toEqual(outcome.settings);
    const again = await new Simulation(settingsOf(command), parts).run();
    expect(again.violations).toEqual(outcome.violations);
    expect(again.trace).toBe(outcome.trace);
  });
});

// All of them: npm run sim -- --mutants
describe('a planted bug is caught', () => {
  test.each([
    'acknowledges before the sync',
    'accepts an unsigned tail',
    'ignores prev',
    'tells of conversations that are not shared',
    'forgets what it had seen when it writes',
    'shows its history again after a restart',
    'takes nothing from before a certificate begins',
    'tells nobody that their clock is wrong',
    'never looks for a better way than the relay',
    'a relayed link counts beside a direct one',
  ])('%s', async (name) => {
    const { outcome } = await hunt(planted(name), 1, 5);
    expect(outcome?.violations).not.toHaveLength(0);
    expect(outcome).toBeDefined();
  });
});
