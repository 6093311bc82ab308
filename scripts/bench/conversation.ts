/** Speed of one conversation, browser socket to browser socket (targets: latency p50 and p99, throughput flat out). */
import { setTimeout as sleep } from 'node:timers/promises';
import { median, quantile, toRow, type Benchmark, type Row, type Settings, type Target } from './benchmark.js';
import type { Chain } from './chain.js';
import { openBareChain, openDutiesChain, type OpenChain } from './limit-chains.js';
import { openParleyChain } from './parley-chain.js';
import { processorMs } from './parley-daemons.js';

const WINDOW = 2_000;
const REST_MS = 250;
const REST_LOOKS_MAX = 40;

const p50: Target = { name: 'message latency p50 / same duties', unit: 'µs', bound: 'at most', ratio: 1.25 };
const p50Bare: Target = { name: 'message latency p50 / bare', unit: 'µs', bound: 'at most', ratio: 4 };
const p99Bare: Target = { name: 'message latency p99 / bare', unit: 'µs', bound: 'at most', ratio: 4 };
const flatOut: Target = { name: 'message throughput / same duties', unit: 'msg/s', bound: 'at least', ratio: 0.7 };

const about =
  'browser socket → peer → TLS → peer → browser socket, 200-byte messages, against the same chain with the same duties, and bare';

/** All that one log takes at once by its rate (protocol/rates.ts) is 90,000 of these messages: what is beyond would wait for days. */
const WARM_UP = 20_000;
const A_ROUND = 12_000;

export const latency: Benchmark = {
  name: 'latency',
  about: `one message at a time, ${about}`,
  run: (settings) =>
    withChains(settings, async (chains) => {
      const count = settings.quick ? 300 : 2_000;
      await warmUp(settings, chains);
      const rounds = await inRounds(settings, chains, (chain) => chain.latencies(count));
      const at = (q: number, of: Name): number[] => rounds.map((round) => quantile(round[of], q));
      return [
        toRow(p50, at(0.5, 'parley'), at(0.5, 'duties')),
        toRow(p50Bare, at(0.5, 'parley'), at(0.5, 'bare')),
        toRow(p99Bare, at(0.99, 'parley'), at(0.99, 'bare')),
      ];
    }),
};

export const throughput: Benchmark = {
  name: 'throughput',
  about: `flat out with ${WINDOW} under way, durable on both sides, signed, acknowledged; ${about}`,
  run: (settings) =>
    withChains(settings, async (chains) => {
      const count = settings.quick ? 5_000 : A_ROUND;
      await warmUp(settings, chains);
      const rounds = await inRounds(settings, chains, async (chain) => [await chain.throughput(count, WINDOW)]);
      const of = (name: Name): number[] => rounds.map((round) => median(round[name]));
      return [toRow(flatOut, of('parley'), of('duties'))];
    }),
};

const NAMES = ['bare', 'duties', 'parley'] as const;
type Name = (typeof NAMES)[number];
type Chains = Readonly<Record<Name, OpenChain>>;

async function withChains({ folder }: Settings, measure: (chains: Chains) => Promise<Row[]>): Promise<Row[]> {
  const open: OpenChain[] = [];
  const opened = async (opening: Promise<OpenChain>): Promise<OpenChain> => {
    const chain = await opening;
    open.push(chain);
    return chain;
  };
  try {
    return await measure({
      bare: await opened(openBareChain(folder)),
      duties: await opened(openDutiesChain(folder)),
      parley: await opened(openParleyChain(folder)),
    });
  } finally {
    for (const chain of open) await chain.close();
  }
}

/** So that no round pays for what is compiled and allocated once: many at once, and then one by one, which is other code. */
async function warmUp({ quick }: Settings, chains: Chains): Promise<void> {
  for (const name of NAMES) {
    const { chain, pids } = chains[name];
    await chain.throughput(quick ? 2_000 : WARM_UP, WINDOW);
    await chain.latencies(quick ? 200 : 1_000);
    await rest(pids);
  }
}

/** What is written behind the commits, such as the index of words, is not to be done while another chain is measured. */
async function rest(pids: readonly number[]): Promise<void> {
  const spent = (): number => pids.reduce((sum, pid) => sum + (processorMs(pid) ?? 0), 0);
  for (let looks = 0; looks < REST_LOOKS_MAX; looks += 1) {
    const before = spent();
    await sleep(REST_MS);
    if (spent() - before <= REST_MS / 10) return;
  }
}

/** One after the other within each round, so that what else the machine does meets all of them. */
async function inRounds(
  { rounds, progress }: Settings,
  chains: Chains,
  measure: (chain: Chain) => Promise<number[]>,
): Promise<Record<Name, number[]>[]> {
  const all: Record<Name, number[]>[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const measured: Record<Name, number[]> = { bare: [], duties: [], parley: [] };
    const told: string[] = [];
    for (const name of NAMES) {
      const { chain, pids } = chains[name];
      const before = [chain.sent, ...pids.map(processorMs)];
      measured[name] = await measure(chain);
      const [sent = 0, ...spent] = [chain.sent, ...pids.map(processorMs)].map(
        (now, i) => (now ?? 0) - (before[i] ?? 0),
      );
      const processor = spent.map((ms) => ((ms * 1000) / sent).toFixed(0)).join(' + ');
      await rest(pids);
      told.push(`${name} ${median(measured[name]).toFixed(0)} (${processor})`);
    }
    progress(`round ${round} of ${rounds}, and µs of the processor for a message: ${told.join(', ')}`);
    all.push(measured);
  }
  return all;
}
