/** `npm run fault`, once all is built: the long runs of real kills. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runAccount } from './account.js';
import { runCluster } from './cluster/run.js';
import { allowedAgain, runFileKills } from './file-kills.js';
import { isGood } from './judge.js';
import { runKills } from './kills.js';

const USAGE = `npm run fault [-- messages|files|account|cluster] [flags]: the long runs of real kills, all unless some are named.

  messages   while all write:                           --kills 200 --peers 5
  files      of both ends, while one file is sent:       --file-kills 40 --size 1024 (MiB)
  account    of backup, restore, second device, export:  --messages 10000 --account-kills 20
  cluster    of trackers and servers (nats-server):      --rounds 20 --cluster-peers 60 --daemons 6
  all        --seed N repeats a run, --logs FOLDER keeps what the daemons say
`;

const parse = () =>
  parseArgs({
    allowPositionals: true,
    options: {
      kills: { type: 'string', default: '200' },
      peers: { type: 'string', default: '5' },
      'file-kills': { type: 'string', default: '40' },
      size: { type: 'string', default: '1024' },
      messages: { type: 'string', default: '10000' },
      'account-kills': { type: 'string', default: '20' },
      rounds: { type: 'string', default: '20' },
      'cluster-peers': { type: 'string', default: '60' },
      daemons: { type: 'string', default: '6' },
      seed: { type: 'string' },
      logs: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
function given(): ReturnType<typeof parse> {
  try {
    return parse();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    process.exit(2);
  }
}

const { values, positionals } = given();
if (values.help) {
  process.stdout.write(USAGE);
  process.exit(0);
}
const number = (name: Exclude<keyof typeof values, 'help' | 'logs'>, fallback = 0): number => {
  const given = values[name];
  const n = given === undefined ? fallback : Number(given);
  if (!Number.isSafeInteger(n) || n < 0) throw new Error(`--${name} is a whole number`);
  return n;
};
const print = (line: string): void => void process.stdout.write(`${line}\n`);
const printAll = (lists: Record<string, readonly string[]>): void => {
  for (const [what, list] of Object.entries(lists)) for (const item of list.slice(0, 20)) print(`${what}: ${item}`);
};

const seed = number('seed', Math.floor(Math.random() * 2 ** 31));
const runs = { messages, files, account, cluster };
const unknown = positionals.find((name) => !(name in runs));
if (unknown !== undefined) throw new Error(`there is no run "${unknown}": it is ${Object.keys(runs).join(' or ')}`);
print(`seed ${seed}`);
const folder = await mkdtemp(join(tmpdir(), 'parley-fault-'));
const shared = {
  ...{ folder, seed, say: print, program: fileURLToPath(new URL('../daemon/entry.js', import.meta.url)) },
  ...(values.logs === undefined ? {} : { logs: values.logs }),
};
try {
  let isWell = true;
  for (const [name, run] of Object.entries(runs))
    if (positionals.length === 0 || positionals.includes(name)) isWell = (await run()) && isWell;
  process.exitCode = isWell ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function messages(): Promise<boolean> {
  const report = await runKills({ ...shared, peers: number('peers'), kills: number('kills') });
  const { lost, doubled, differing, problems, refusals, ...figures } = report;
  print(
    JSON.stringify({ ...figures, lost: lost.length, doubled: doubled.length, differing: differing.length, refusals }),
  );
  printAll({ lost, doubled, differing, problems });
  return isGood(report) && problems.length === 0;
}

async function files(): Promise<boolean> {
  const report = await runFileKills({ ...shared, kills: number('file-kills'), size: number('size') * 1024 * 1024 });
  const { problems, ...figures } = report;
  print(JSON.stringify({ ...figures, allowedAgain: allowedAgain(report) }));
  printAll({ problems });
  return report.isRight && report.again <= allowedAgain(report) && problems.length === 0;
}

async function account(): Promise<boolean> {
  const { problems, ...figures } = await runAccount({
    ...{ ...shared, messages: number('messages'), kills: number('account-kills') },
    commands: fileURLToPath(new URL('../parley.js', import.meta.url)),
  });
  print(JSON.stringify(figures));
  printAll({ problems });
  const kills = Object.values(figures.kills).reduce((sum, count) => sum + count, 0);
  return problems.length === 0 && kills >= number('account-kills');
}

async function cluster(): Promise<boolean> {
  const findings = await runCluster({
    ...{ ...shared, rounds: number('rounds'), peers: number('cluster-peers'), daemons: number('daemons') },
  });
  const { figures, faults, isGood: isWell } = findings;
  const counts = Object.entries(faults).map(([what, list]: [string, string[]]) => [what, list.length] as const);
  print(JSON.stringify({ ...figures, ...Object.fromEntries(counts) }));
  printAll({ ...faults });
  return isWell;
}
