/** What a daemon costs before it does anything (targets: ready from start, memory when idle). */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Daemon } from '../daemon/daemon.js';
import { bareProgram, makeCertificate } from './bare-programs.js';
import { toRow, type Benchmark, type Settings, type Target } from './benchmark.js';
import { residentBytes, startPeer, startRegisteredPeer, startTracker } from './parley-daemons.js';

const ready: Target = { name: 'daemon ready from start', unit: 'ms', bound: 'at most', ratio: 2 };
const memory: Target = { name: 'memory of an idle daemon', unit: 'MB', bound: 'at most', ratio: 1.5 };

/** Until what a start leaves behind has been collected. */
const SETTLE_MS = 3_000;

type Start = () => Promise<Daemon<unknown>>;

export const startUp: Benchmark = {
  name: 'startup',
  about:
    'a peer with an account and an empty history, its tracker running, against an empty Fastify + SQLite + TLS program',
  run: async (settings) => {
    const { ours, limits } = await compare(settings, async (start) => {
      const from = performance.now();
      const daemon = await start();
      const took = performance.now() - from;
      await daemon.stop();
      return took;
    });
    return [toRow(ready, ours, limits)];
  },
};

export const idleMemory: Benchmark = {
  name: 'memory',
  about: 'resident memory of the same two, idle',
  run: async (settings) => {
    const { ours, limits } = await compare(settings, async (start) => {
      const daemon = await start();
      await sleep(SETTLE_MS);
      const megabytes = residentBytes(daemon.pid) / 1e6;
      await daemon.stop();
      return megabytes;
    });
    return [toRow(memory, ours, limits)];
  },
};

/** Measures the empty program and a peer in turn. */
async function compare(
  { folder, rounds, progress }: Settings,
  measure: (start: Start) => Promise<number>,
): Promise<{ ours: number[]; limits: number[] }> {
  const { key, certificate } = await makeCertificate(folder);
  const empty: Start = () =>
    Daemon.start({
      name: 'empty program',
      program: bareProgram('empty-program'),
      args: [key, certificate, join(folder, 'empty.sqlite')],
    });
  const tracker = await startTracker(folder);
  try {
    const peer: Start = () => startRegisteredPeer(folder, tracker.ready.url, 'alice');
    // Its first start makes the account, the key and the store.
    await (await startPeer(folder, tracker.ready.url, 'alice')).stop();
    await (await empty()).stop();
    const [ours, limits]: [number[], number[]] = [[], []];
    for (let round = 1; round <= rounds; round += 1) {
      limits.push(await measure(empty));
      ours.push(await measure(peer));
      progress(`round ${round} of ${rounds}: empty ${limits.at(-1)?.toFixed(0)}, peer ${ours.at(-1)?.toFixed(0)}`);
    }
    return { ours, limits };
  } finally {
    await tracker.stop();
  }
}
