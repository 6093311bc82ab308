/** `npm run fault -- --kills 200 --peers 5 [--seed N]`: the long run of real kills. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isGood } from './judge.js';
import { runKills } from './kills.js';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    peers: { type: 'string', default: '5' },
    seed: { type: 'string' },
    logs: { type: 'string' },
  },
});
const number = (name: 'kills' | 'peers' | 'seed', fallback: number): number => {
  const given = values[name];
  const n = given === undefined ? fallback : Number(given);
  if (!Number.isSafeInteger(n) || n < 0) throw new Error(`--${name} is a whole number`);
  return n;
};
const print = (line: string): void => void process.stdout.write(`${line}\n`);

const seed = number('seed', Math.floor(Math.random() * 2 ** 31));
print(`seed ${seed}`);
const folder = await mkdtemp(join(tmpdir(), 'parley-fault-'));
try {
  const report = await runKills({
    folder,
    program: fileURLToPath(new URL('../daemon/entry.js', import.meta.url)),
    peers: number('peers', 5),
    kills: number('kills', 200),
    seed,
    say: print,
    ...(values.logs === undefined ? {} : { logs: values.logs }),
  });
  const { lost, doubled, differing, problems, refusals, ...figures } = report;
  print(
    JSON.stringify({ ...figures, lost: lost.length, doubled: doubled.length, differing: differing.length, refusals }),
  );
  for (const [what, list] of Object.entries({ lost, doubled, differing, problems }))
    for (const item of list.slice(0, 20)) print(`${what}: ${item}`);
  process.exitCode = isGood(report) && problems.length === 0 ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
