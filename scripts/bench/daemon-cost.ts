/** What daemons cost before they do anything (targets: ready from start, memory when idle). */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Daemon } from '../daemon/daemon.js';
import { limitProgram, makeCertificate } from './limit-programs.js';
import { toRow, type Benchmark, type Row, type Settings, type Target } from './benchmark.js';
import { processorMs, residentBytes, startPeer, startRegisteredPeer, startTracker } from './parley-daemons.js';

const MEASURES = {
  ready: { of: 'ready from start', unit: 'ms', bound: 'at most', ratio: 2 },
  processor: { of: 'processor time until ready', unit: 'ms', bound: 'at most', ratio: 2 },
  memory: { of: 'memory, idle', unit: 'MB', bound: 'at most', ratio: 1.5 },
} as const satisfies Record<string, Omit<Target, 'name'> & { readonly of: string }>;

type Measure = keyof typeof MEASURES;
type Cost = Record<Measure, number>;

/** Until what a start leaves behind has been collected. */
const SETTLE_MS = 3_000;

type Start = () => Promise<Daemon<unknown>>;

export const startUp: Benchmark = {
  name: 'startup',
  about:
    'a peer with an account and an empty history, its tracker running, and a tracker, against an empty Fastify + SQLite + TLS program',
  run: (settings) => compare(settings, process.platform === 'linux' ? ['ready', 'processor'] : ['ready'], 0),
};

export const idleMemory: Benchmark = {
  name: 'memory',
  about: 'resident memory of the same, idle',
  run: (settings) => compare(settings, ['memory'], SETTLE_MS),
};

/** Measures the empty program, a peer and a tracker in turn. */
async function compare(
  { folder, rounds, progress }: Settings,
  measures: readonly Measure[],
  settleMs: number,
): Promise<Row[]> {
  const { key, certificate } = await makeCertificate(folder);
  const args = [key, certificate, join(folder, 'empty.sqlite')];
  const empty: Start = () =>
    Daemon.start({ name: 'empty program', program: limitProgram('empty-program'), args, env: {} });
  const tracker = await startTracker(folder);
  try {
    const peer: Start = () => startRegisteredPeer(folder, tracker.ready.url, 'alice', {});
    const second: Start = () => startTracker(join(folder, 'second'));
    // Its first start makes the account, the key and the store.
    await (await startPeer(folder, tracker.ready.url, 'alice')).stop();
    for (const start of [empty, second]) await (await start()).stop();
    const limits: Cost[] = [];
    const ours: Record<'peer' | 'tracker', Cost[]> = { peer: [], tracker: [] };
    for (let round = 1; round <= rounds; round += 1) {
      limits.push(await costOf(empty, settleMs));
      ours.peer.push(await costOf(peer, settleMs));
      ours.tracker.push(await costOf(second, settleMs));
      progress(`round ${round} of ${rounds}`);
    }
    return Object.entries(ours).flatMap(([who, costs]) =>
      measures.map((measure) => {
        const { of, ...target } = MEASURES[measure];
        const values = (from: readonly Cost[]): number[] => from.map((cost) => cost[measure]);
        return toRow({ name: `${who}: ${of}`, ...target }, values(costs), values(limits));
      }),
    );
  } finally {
    await tracker.stop();
  }
}

/** One start, and its end. */
async function costOf(start: Start, settleMs: number): Promise<Cost> {
  const from = performance.now();
  const daemon = await start();
  const ready = performance.now() - from;
  const processor = processorMs(daemon.pid) ?? NaN;
  await sleep(settleMs);
  const memory = residentBytes(daemon.pid) / 1e6;
  await daemon.stop();
  return { ready, processor, memory };
}
