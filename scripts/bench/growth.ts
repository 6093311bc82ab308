/** Whether memory grows with what has passed: 200,000 messages through two peers, each with a window open. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { toRow, type Benchmark, type Settings, type Target } from './benchmark.js';
import { openParleyChain } from './parley-chain.js';
import { collected, probed, type Memory } from './heap.js';
import { aligned } from './report.js';

const SIDES = ['near', 'far'] as const;
const NAMES = { near: 'sender', far: 'receiver' };
const CHANNELS = ['growth-1', 'growth-2', 'growth-3'];
const UNDER_WAY = 2_000;
/** At 0 and after each of these parts of all. */
const PARTS = 4;
/** Until what is written behind the commits is written: the words, the ids. */
const SETTLE_MS = 5_000;

export const growth: Benchmark = {
  name: 'growth',
  about: 'memory after collection while 200,000 messages pass through two peers with a window open, by what has passed',
  onlyByName: true,
  run: async (settings) => {
    const count = settings.quick ? 20_000 : 200_000;
    const file = (side: (typeof SIDES)[number]): string => join(settings.folder, `heap-${side}.jsonl`);
    const env = (side: (typeof SIDES)[number]): Record<string, string> => probed(file(side));
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
