/** The lab, inside of its sandbox: makes the network, runs what the arguments say, prints a table, and last one line of JSON. */
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { doctorTable, judgeDoctor, runDoctor } from './doctor/run.js';
import { KINDS, type Kind } from './kinds.js';
import { Lab } from './lab.js';
import { judge, table } from './report.js';
import { run, type RunResult } from './run.js';

const built = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const { values } = parseArgs({
  options: {
    kinds: { type: 'string', default: '' },
    messages: { type: 'string', default: '1000' },
    write: { type: 'string', default: '60' },
    within: { type: 'string', default: '60' },
    watch: { type: 'string', default: '20' },
    delay: { type: 'string', default: '20' },
    jitter: { type: 'string', default: '0' },
    loss: { type: 'string', default: '0' },
    delayer: { type: 'string', default: '' },
    folder: { type: 'string', default: '/run/lab' },
    doctor: { type: 'boolean', default: false },
    faults: { type: 'string', default: '' },
    rounds: { type: 'string', default: '3' },
    healthy: { type: 'string', default: '10' },
  },
});

/** All pairs of two kinds in the first run, those of one kind in the others: not more than 16 daemons, so that each is linked with each. */
function casts(given: string): Kind[][] {
  const named = given.split(',').filter((name) => name !== '');
  const wrong = named.filter((name) => !(KINDS as readonly string[]).includes(name));
  if (wrong.length > 0) throw new Error(`There is no kind ${wrong.join(', ')}: ${KINDS.join(', ')}`);
  if (named.length > 0) return [named as Kind[]];
  const twice = (kinds: readonly Kind[]): Kind[] => kinds.flatMap((kind) => [kind, kind]);
  return [[...KINDS], twice(KINDS.slice(0, 6)), twice(KINDS.slice(6))];
}

// With this process ends all that is in the sandbox.
process.on('disconnect', () => process.exit(1));
process.on('SIGTERM', () => process.exit(1));
const seconds = (text: string): number => Number(text) * 1000;
const say = (line: string): void => void process.stdout.write(`${line}\n`);
if (values.doctor) {
  const lab = await Lab.create({ delayer: values.delayer, delayMs: 0, jitterMs: 0, lossPercent: 0 });
  const found = await runDoctor({
    ...{ lab, folder: values.folder, only: values.faults.split(',').filter((code) => code !== ''), say },
    ...{ rounds: Number(values.rounds), healthy: Number(values.healthy) },
    programs: {
      daemon: built('../daemon/entry.js'),
      middlemen: built('doctor/middlemen.js'),
      ask: built('doctor/ask.js'),
    },
  });
  const judgement = judgeDoctor(found);
  say(`\n${doctorTable(found.all)}\n`);
  say(JSON.stringify(judgement));
  process.exit(judgement.faults.length > 0 ? 1 : 0);
}
const runs: RunResult[] = [];
for (const [at, kinds] of casts(values.kinds).entries()) {
  const folder = `${values.folder}/${at}`;
  await mkdir(folder, { recursive: true });
  const lab = await Lab.create({
    ...{ delayer: values.delayer, delayMs: Number(values.delay) },
    ...{ jitterMs: Number(values.jitter), lossPercent: Number(values.loss) },
  });
  say(`Run ${at + 1}: ${kinds.join(' ')}`);
  runs.push(
    await run({
      ...{ lab, kinds, folder, messages: Number(values.messages), say },
      programs: { daemon: built('../daemon/entry.js'), door: built('door.js') },
      ...{ writeMs: seconds(values.write), withinMs: seconds(values.within), watchMs: seconds(values.watch) },
    }),
  );
  await lab.close();
}
say(`\n${table(runs)}\n`);
say(JSON.stringify(judge(runs)));
process.exit(judge(runs).faults.length > 0 ? 1 : 0);
