/** Speed of one conversation, browser socket to browser socket (targets: latency p50 and p99, throughput flat out). */
import { openBareChain } from './bare-chain.js';
import { median, quantile, toRow, type Benchmark, type Row, type Settings, type Target } from './benchmark.js';
import type { Chain } from './chain.js';
import { openParleyChain } from './parley-chain.js';

const WINDOW = 2_000;

const p50: Target = { name: 'message latency p50', unit: 'µs', bound: 'at most', ratio: 2.5 };
const p99: Target = { name: 'message latency p99', unit: 'µs', bound: 'at most', ratio: 4 };
const flatOut: Target = { name: 'message throughput', unit: 'msg/s', bound: 'at least', ratio: 0.4 };

const about = 'browser socket → peer → TLS → peer → browser socket, against raw ws + TLS, 200-byte messages';

export const latency: Benchmark = {
  name: 'latency',
  about: `one message at a time, ${about}`,
  run: (settings) =>
    alternately(settings, async (bare, parley) => {
      const count = settings.quick ? 200 : 1_000;
      await warmUp([bare, parley], (chain) => chain.latencies(count));
      const rounds = await inRounds(settings, bare, parley, (chain) => chain.latencies(count));
      const at = (q: number, of: 'ours' | 'limit'): number[] => rounds.map((round) => quantile(round[of], q));
      return [toRow(p50, at(0.5, 'ours'), at(0.5, 'limit')), toRow(p99, at(0.99, 'ours'), at(0.99, 'limit'))];
    }),
};

export const throughput: Benchmark = {
  name: 'throughput',
  about: `flat out with ${WINDOW} under way, durable on both sides, signed, acknowledged; ${about}`,
  run: (settings) =>
    alternately(settings, async (bare, parley) => {
      const count = settings.quick ? 10_000 : 40_000;
      const once = async (chain: Chain): Promise<number[]> => [await chain.throughput(count, WINDOW)];
      await warmUp([bare, parley], once);
      const rounds = await inRounds(settings, bare, parley, once);
      return [
        toRow(
          flatOut,
          rounds.map(({ ours }) => median(ours)),
          rounds.map(({ limit }) => median(limit)),
        ),
      ];
    }),
};

async function alternately(
  settings: Settings,
  measure: (bare: Chain, parley: Chain) => Promise<Row[]>,
): Promise<Row[]> {
  const bare = await openBareChain(settings.folder);
  try {
    const parley = await openParleyChain(settings.folder);
    try {
      return await measure(bare.chain, parley.chain);
    } finally {
      await parley.close();
    }
  } finally {
    await bare.close();
  }
}

/** So that no round pays for what is compiled and allocated once. */
async function warmUp(chains: readonly Chain[], measure: (chain: Chain) => Promise<unknown>): Promise<void> {
  for (const chain of chains) await measure(chain);
}

async function inRounds(
  { rounds, progress }: Settings,
  bare: Chain,
  parley: Chain,
  measure: (chain: Chain) => Promise<number[]>,
): Promise<{ limit: number[]; ours: number[] }[]> {
  const all: { limit: number[]; ours: number[] }[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const limit = await measure(bare);
    const ours = await measure(parley);
    progress(`round ${round} of ${rounds}: bare ${median(limit).toFixed(0)}, Parley ${median(ours).toFixed(0)}`);
    all.push({ limit, ours });
  }
  return all;
}
