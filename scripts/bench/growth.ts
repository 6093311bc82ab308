/** Whether memory grows with what has passed: 200,000 messages through two peers, each with a window open. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { toRow, type Benchmark, type Settings, type Target } from './benchmark.js';
import { openParleyChain } from './parley-chain.js';
import { aligned } from './report.js';

/** Of one process, once garbage was collected. Bytes. */
export interface Memory {
  readonly heap: number;
  /** Outside of the heap of JavaScript, but held by it. */
  readonly buffers: number;
  readonly resident: number;
}

const SIDES = ['near', 'far'] as const;
const NAMES = { near: 'sender', far: 'receiver' };
const CHANNELS = ['growth-1', 'growth-2', 'growth-3'];
const UNDER_WAY = 2_000;
/** At 0 and after each of these parts of all. */
const PARTS = 4;
/** Until what is written behind the commits is written: the words, the ids. */
const SETTLE_MS = 5_000;
const COLLECTED_WITHIN_MS = 30_000;
const LOOK_MS = 50;

export const growth: Benchmark = {
  name: 'growth',
  about: 'memory after collection while 200,000 messages pass through two peers with a window open, by what has passed',
  onlyByName: true,
  run: async (settings) => {
    const count = settings.quick ? 20_000 : 200_000;
    const file = (side: (typeof SIDES)[number]): string => join(settings.folder, `heap-${side}.jsonl`);
    const probe = `--import=${new URL('heap-probe.js', import.meta.url).href}`;
    const env = (side: (typeof SIDES)[number]): Record<string, string> => ({
      NODE_OPTIONS: probe,
      HEAP_FILE: file(side),
    });
    const { chain, pids, close } = await openParleyChain(settings.folder, env, CHANNELS);
    try {
      const found: Record<(typeof SIDES)[number], Memory[]> = { near: [], far: [] };
      const look = async (): Promise<void> => {
        await sleep(SETTLE_MS);
        for (const [i, side] of SIDES.entries())
          found[side].push(await collected(pids[i] ?? 0, file(side), found[side].length));
        settings.progress(`after ${chain.sent}: ${SIDES.map((side) => told(found[side].at(-1))).join(', ')}`);
      };
      await look();
      for (let part = 0; part < PARTS; part += 1) {
        await chain.throughput(count / PARTS, UNDER_WAY);
        await look();
      }
      print(settings, found, count);
      return SIDES.map((side) => {
        const [, quarter, , , whole] = found[side].map(({ heap }) => heap / 1e6);
        const target: Target = {
          name: `${NAMES[side]}: heap after all / a quarter`,
          unit: 'MB',
          bound: 'at most',
          ratio: 1.1,
        };
        return toRow(target, [whole ?? NaN], [quarter ?? NaN]);
      });
    } finally {
      await close();
    }
  },
};

/** @param known lines that the file has already */
async function collected(pid: number, file: string, known: number): Promise<Memory> {
  process.kill(pid, 'SIGUSR2');
  for (const until = Date.now() + COLLECTED_WITHIN_MS; Date.now() < until;) {
    const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n').slice(0, -1);
    const line = lines[known];
    if (line !== undefined) return JSON.parse(line) as Memory;
    await sleep(LOOK_MS);
  }
  throw new Error(`process ${pid} did not say in time what memory it has`);
}

const megabytes = (bytes = NaN): string => (bytes / 1e6).toFixed(1);

function told(memory: Memory | undefined): string {
  return `heap ${megabytes(memory?.heap)}, buffers ${megabytes(memory?.buffers)}, resident ${megabytes(memory?.resident)} MB`;
}

function print({ print: line }: Settings, found: Record<(typeof SIDES)[number], Memory[]>, count: number): void {
  const head = [
    'messages',
    ...SIDES.flatMap((side) => ['heap', 'buffers', 'resident'].map((what) => `${NAMES[side]}: ${what}, MB`)),
  ];
  const rows = found.near.map((near, i) => [
    ((count / PARTS) * i).toLocaleString('en'),
    ...[near, found.far[i]].flatMap((one) => [one?.heap, one?.buffers, one?.resident].map(megabytes)),
  ]);
  line(aligned([head, ...rows]));
}
