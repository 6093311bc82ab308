/** `npm run bench`, once all is built: runs the benchmarks, prints a table, writes JSON. A target that is missed is no error. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import yargs from 'yargs';
import type { Benchmark, Row } from './benchmark.js';
import { catchUp } from './catch-up.js';
import { channel } from './channel.js';
import { latency, throughput } from './conversation.js';
import { idleMemory, startUp } from './daemon-cost.js';
import { digests } from './digests.js';
import { disk } from './disk.js';
import { file, fileMemory } from './file.js';
import { fileSources } from './file-sources.js';
import { gateway } from './gateway.js';
import { growth } from './growth.js';
import { relay } from './relay.js';
import { table } from './report.js';
import { rivals } from './rivals.js';
import { search } from './search.js';
import { store } from './store.js';
import { trace } from './trace.js';
import { tracker } from './tracker.js';
import { ui } from './ui.js';

const benchmarks: readonly Benchmark[] = [
  latency,
  throughput,
  trace,
  startUp,
  idleMemory,
  growth,
  ui,
  search,
  store,
  catchUp,
  disk,
  file,
  fileMemory,
  fileSources,
  gateway,
  relay,
  channel,
  digests,
  tracker,
  rivals,
];

const flags = await yargs(process.argv.slice(2))
  .scriptName('npm run bench --')
  .usage(`Ratios to a limit measured in the same run.\n\nUsage: $0 [name …] [flags]\n\n${list()}`)
  .option('quick', { type: 'boolean', default: false, describe: 'Fewer rounds and messages: to see that it runs' })
  .option('rounds', { type: 'number', describe: 'How often each is measured [default: 5, quick: 2]' })
  .option('clients', {
    type: 'number',
    describe: 'gateway: so many users alone, in channels of 20; channel: so many members',
  })
  .option('every', {
    type: 'number',
    default: 1_000,
    describe: 'gateway, with --clients: each writes once in so many ms',
  })
  .option('minutes', { type: 'number', default: 1, describe: 'gateway, with --clients: for so long' })
  .option('out', { type: 'string', requiresArg: true, describe: 'Write the rows as JSON to this file' })
  .strictOptions()
  .version(false)
  .parseAsync();

function list(): string {
  const width = Math.max(...benchmarks.map(({ name }) => name.length)) + 2;
  return benchmarks.map(({ name, about }) => `  ${name.padEnd(width)}${about}`).join('\n');
}

const names = flags._.map(String);
const unknown = names.filter((name) => !benchmarks.some((benchmark) => benchmark.name === name));
if (unknown.length > 0) {
  process.stderr.write(`There is no benchmark "${unknown.join(' ')}". There are:\n${list()}\n`);
  process.exit(2);
}

const rounds = flags.rounds ?? (flags.quick ? 2 : 5);
const { clients, every: everyMs, minutes } = flags;
const crowd = clients === undefined ? undefined : { clients, everyMs, minutes };
const rows: Row[] = [];
for (const benchmark of benchmarks) {
  if (names.length > 0 ? !names.includes(benchmark.name) : benchmark.onlyByName) continue;
  process.stderr.write(`${benchmark.name}: ${benchmark.about}\n`);
  const folder = await mkdtemp(join(tmpdir(), 'parley-bench-'));
  try {
    const progress = (text: string): void => void process.stderr.write(`  ${text}\n`);
    const print = (text: string): void => void process.stdout.write(`\n${text}\n`);
    rows.push(...(await benchmark.run({ quick: flags.quick, rounds, folder, progress, print, crowd })));
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}
if (rows.length > 0) process.stdout.write(`\n${table(rows)}\n`);
if (flags.out !== undefined) await writeFile(flags.out, `${JSON.stringify({ rows }, undefined, 2)}\n`);
