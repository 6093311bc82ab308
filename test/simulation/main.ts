/** `npm run sim`, once all is built: runs simulations, a line each, and a summary. Ends with 1 when anything was violated. */
import yargs from 'yargs';
import { line, summary, type Timed } from './report.js';
import { DEFAULTS, type Settings } from './settings.js';
import { Simulation } from './simulation.js';

const { argv, stdout } = process;

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
  .option('restored', { type: 'number', default: DEFAULTS.restored, describe: 'Devices put back to an old backup' })
  .option('sample', { type: 'number', default: DEFAULTS.sample, describe: 'Others that the tracker names; 0: all' })
  .option('signatures', { choices: ['cheap', 'real'] as const, default: DEFAULTS.signatures, describe: 'Signatures' })
  .option('freeze', { type: 'boolean', default: DEFAULTS.freeze, describe: 'Freeze what peers share' })
  .option('json', { type: 'boolean', default: false, describe: 'A JSON object a line instead' })
  .option('trace', { type: 'boolean', default: false, describe: 'Print all that happens' })
  .strictOptions()
  .version(false)
  .parseAsync();

const runs: Timed[] = [];
for (let seed = flags.seed; seed < flags.seed + flags.seeds; seed++) {
  const { peers, entries, churn, minutes, channels, direct, hostile, restored, sample, signatures, freeze } = flags;
  const settings: Settings = {
    seed,
    peers,
    entries,
    churn,
    minutes,
    channels,
    direct,
    hostile,
    restored,
    sample,
    signatures,
    freeze,
  };
  const began = performance.now();
  const tell = flags.trace ? (text: string): void => void stdout.write(`${text}\n`) : undefined;
  const outcome = await new Simulation(settings, {}, tell).run();
  const run = {
    outcome,
    seconds: (performance.now() - began) / 1000,
    peakBytes: process.resourceUsage().maxRSS * 1024,
  };
  runs.push(run);
  stdout.write(`${flags.json ? JSON.stringify(run) : line(run)}\n`);
}
stdout.write(`${flags.json ? JSON.stringify(summary(runs).figures) : summary(runs).text}\n`);
process.exitCode = runs.some(({ outcome }) => outcome.violations.length > 0) ? 1 : 0;
