/** `npm run sim`, once all is built: runs simulations, a line each, and a summary. Ends with 1 when anything was violated. */
import yargs from 'yargs';
import { hunt, mutants, sameWithout, type Hunt } from './mutants.js';
import { LargeChannel, largeTable, type LargeOutcome } from './large/large.js';
import { CUT_MS, largeMutants, largeViolations } from './large/large-mutants.js';
import { huntPunch, punchMutants } from './punching/punch-mutants.js';
import { Punching } from './punching/punching.js';
import { huntLine, line, summary, type Timed } from './report.js';
import { DEFAULTS, type Settings } from './settings.js';
import { Simulation } from './simulation.js';

const { argv, stdout } = process;
/** So many are tried for each planted bug. */
const HUNT_SEEDS = 20;
/** And of a large channel, where a run takes longer. */
const LARGE_HUNT_SEEDS = 6;

const flags = await yargs(argv.slice(2))
  .scriptName('npm run sim --')
  .usage(
    'Peers by the thousand in one process, under simulated time, network and disks: the same seed, the same run.\n\n' +
      'Usage: $0 [flags]',
  )
  .option('seed', { type: 'number', default: 1, describe: 'The first seed' })
  .option('seeds', { type: 'number', default: 1, describe: 'How many, one after the other' })
  .option('peers', { type: 'number', default: DEFAULTS.peers, describe: 'Devices, hostile ones among them' })
  .option('entries', { type: 'number', default: DEFAULTS.entries, describe: 'Posts' })
  .option('churn', { type: 'number', default: DEFAULTS.churn, describe: 'Part of the time that a peer is down' })
  .option('minutes', { type: 'number', default: DEFAULTS.minutes, describe: 'Simulated minutes of posts and faults' })
  .option('channels', { type: 'number', default: DEFAULTS.channels, describe: 'Channels besides #general' })
  .option('direct', { type: 'number', default: DEFAULTS.direct, describe: 'Part of the posts that are direct' })
  .option('hostile', { type: 'number', default: DEFAULTS.hostile, describe: 'Hostile devices' })
  .option('flooding', { type: 'number', default: DEFAULTS.flooding, describe: 'Devices that write far too much' })
  .option('routers', {
    type: 'number',
    default: DEFAULTS.routers,
    describe: 'Part of the devices that nobody can dial',
  })
  .option('hidden', {
    type: 'number',
    default: DEFAULTS.hidden,
    describe: 'Part of the devices that hide their address',
  })
  .option('files', { type: 'number', default: DEFAULTS.files, describe: 'Files that are posted' })
  .option('retention', {
    type: 'number',
    default: DEFAULTS.retention,
    describe: 'Part of the devices that forget what is old, over weeks; without --restored',
  })
  .option('restored', { type: 'number', default: DEFAULTS.restored, describe: 'Devices put back to an old backup' })
  .option('sample', { type: 'number', default: DEFAULTS.sample, describe: 'Others that the tracker names; 0: all' })
  .option('signatures', { choices: ['cheap', 'real'] as const, default: DEFAULTS.signatures, describe: 'Signatures' })
  .option('freeze', { type: 'boolean', default: DEFAULTS.freeze, describe: 'Freeze what peers share' })
  .option('mutants', {
    type: 'boolean',
    default: false,
    describe: 'Plant bugs, one after the other: each must be caught',
  })
  .option('punching', {
    type: 'boolean',
    default: false,
    describe: 'Pairs behind routers that punch, and nothing else; with --mutants, bugs of that',
  })
  .option('large', {
    type: 'boolean',
    default: false,
    describe: 'One channel of --peers and nothing else: hops, copies, bytes, and what heals when a fifth vanish',
  })
  .option('messages', { type: 'number', default: 24, describe: 'With --large, in each of its phases' })
  .option('cut', {
    type: 'boolean',
    default: false,
    describe: 'With --large: two halves cannot reach each other for a while, and are to be one again',
  })
  .option('json', { type: 'boolean', default: false, describe: 'A JSON object a line instead' })
  .option('trace', { type: 'boolean', default: false, describe: 'Print all that happens' })
  .strictOptions()
  .version(false)
  .parseAsync();

const isWell = flags.punching
  ? flags.mutants
    ? huntPunches()
    : punchAll()
  : await (flags.large ? runLarge() : flags.mutants ? huntAll() : runAll());
process.exitCode = isWell ? 0 : 1;

/** @returns whether nothing was violated */
async function runAll(): Promise<boolean> {
  const names = Object.keys(DEFAULTS) as (keyof typeof DEFAULTS)[];
  const rest = Object.fromEntries(names.map((name) => [name, flags[name]])) as typeof DEFAULTS;
  const runs: Timed[] = [];
  for (let seed = flags.seed; seed < flags.seed + flags.seeds; seed++) {
    const settings: Settings = { seed, ...rest };
    const began = performance.now();
    const tell = flags.trace ? (text: string): void => void stdout.write(`${text}\n`) : undefined;
    const outcome = await new Simulation(settings, {}, tell).run();
    const seconds = (performance.now() - began) / 1000;
    const run = { outcome, seconds, peakBytes: process.resourceUsage().maxRSS * 1024 };
    runs.push(run);
    stdout.write(`${flags.json ? JSON.stringify(run) : line(run)}\n`);
  }
  const { figures, text } = summary(runs);
  stdout.write(`${flags.json ? JSON.stringify(figures) : text}\n`);
  return figures['violations'] === 0;
}

/** @returns whether all that must hold of a large channel does; of one with planted bugs, whether each was caught */
async function runLarge(): Promise<boolean> {
  const measure = (parts = {}, cutMs?: number, seed = flags.seed): Promise<LargeOutcome> => {
    const cut = cutMs === undefined ? {} : { cutMs };
    const { peers, messages } = flags;
    return new LargeChannel({ seed, peers, messages, gapMs: 500, ...cut }, parts).measure();
  };
  let isWell = true;
  for (const { name, parts, cutMs } of flags.mutants ? largeMutants : []) {
    let violation: string | undefined;
    for (let seed = flags.seed; seed < flags.seed + LARGE_HUNT_SEEDS && violation === undefined; seed++)
      [violation] = largeViolations(await measure(parts, cutMs, seed));
    isWell &&= violation !== undefined;
    stdout.write(`${name}: ${violation ?? 'got away'}\n`);
  }
  if (flags.mutants) return isWell;
  const outcome = await measure({}, flags.cut ? CUT_MS : undefined);
  const violations = largeViolations(outcome);
  stdout.write(
    `${flags.json ? JSON.stringify({ ...outcome, violations }) : [largeTable(outcome), ...violations].join('\n')}\n`,
  );
  return violations.length === 0;
}

/** @returns whether every planted bug was caught, and by what nothing else violates */
async function huntAll(): Promise<boolean> {
  const hunts: Hunt[] = [];
  let unproven = 0;
  for (const mutant of mutants) {
    const caught = await hunt(mutant, flags.seed, Math.max(flags.seeds, HUNT_SEEDS));
    hunts.push(caught);
    const without = await sameWithout(caught);
    if (without !== undefined) unproven++;
    stdout.write(`${flags.json ? JSON.stringify({ ...caught, without }) : huntLine(caught, without)}\n`);
  }
  const escaped = hunts.filter(({ outcome }) => !outcome).length;
  const caught = hunts.length - escaped - unproven;
  stdout.write(`${hunts.length} planted bugs: ${caught} caught, ${unproven} not proven, ${escaped} got away\n`);
  return escaped + unproven === 0;
}

/** @returns whether nothing was violated */
function punchAll(): boolean {
  const all = { seeds: flags.seeds, linked: 0, connects: 0, violations: 0 };
  for (let seed = flags.seed; seed < flags.seed + flags.seeds; seed++) {
    const { violations, linked, connects } = new Punching(seed).run();
    all.linked += linked;
    all.connects += connects;
    all.violations += violations.length;
    for (const violation of violations) stdout.write(`seed ${seed}: ${violation}\n`);
  }
  stdout.write(`${JSON.stringify(all)}\n`);
  return all.violations === 0;
}

/** @returns whether every planted bug was caught */
function huntPunches(): boolean {
  let isCaught = true;
  for (const mutant of punchMutants) {
    const outcome = huntPunch(mutant, flags.seed, Math.max(flags.seeds, HUNT_SEEDS));
    isCaught &&= outcome !== undefined;
    stdout.write(`${mutant.name}: ${outcome ? `seed ${outcome.seed}: ${outcome.violations[0] ?? ''}` : 'got away'}\n`);
  }
  return isCaught;
}
