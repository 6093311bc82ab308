/** The way of one message at servers of others, which are installed on this machine: in turn with Parley and the bare chain, driven the same way. */
import { median, quantile, toRow, type Benchmark, type Row, type Settings, type Target } from './benchmark.js';
import type { Chain } from './chain.js';
import { openBareChain } from './limit-chains.js';
import { openParleyChain } from './parley-chain.js';
import { aligned } from './report.js';
import { irc } from './rivals/irc.js';
import { mqtt } from './rivals/mqtt.js';
import { programOf, startRival, type Rival } from './rivals/server.js';
import { xmpp } from './rivals/xmpp.js';

const RIVALS: readonly Rival[] = [irc, mqtt, xmpp];
/** Those that are to be overtaken flat out: they neither keep nor sign what they acknowledge. */
const OVERTAKEN: readonly Rival[] = [mqtt, xmpp];
const WINDOW = 2_000;
const target = (program: string): Target => ({
  ...{ name: `message throughput / ${program}`, unit: 'msg/s', bound: 'at least', ratio: 1 },
});

interface Contender {
  readonly name: string;
  readonly chain: Chain;
  /** In each round: p50 in µs, messages a second. */
  readonly p50: number[];
  readonly rate: number[];
}

export const rivals: Benchmark = {
  name: 'rivals',
  about:
    'the way of one message at ngircd, mosquitto and prosody, where they are installed, beside Parley and the bare chain',
  onlyByName: true,
  run: async (settings) => {
    const undo: (() => Promise<void>)[] = [];
    try {
      const contenders = await open(settings, undo);
      for (const { chain } of contenders.values()) {
        await chain.throughput(settings.quick ? 2_000 : 10_000, WINDOW);
        await chain.latencies(settings.quick ? 100 : 500);
      }
      await inRounds(settings, [...contenders.values()]);
      settings.print(tableOf([...contenders.values()]));
      return rowsOf(contenders);
    } finally {
      for (const step of undo.reverse()) await step();
    }
  },
};

/** Those that are there, by program. */
async function open({ folder, progress }: Settings, undo: (() => Promise<void>)[]): Promise<Map<string, Contender>> {
  const contenders = new Map<string, Contender>();
  const add = (program: string, name: string, chain: Chain): void =>
    void contenders.set(program, { name, chain, p50: [], rate: [] });
  const bare = await openBareChain(folder);
  undo.push(bare.close);
  add('bare', 'bare chain (WebSocket, TLS, WebSocket)', bare.chain);
  const missing: string[] = [];
  for (const rival of RIVALS) {
    const program = programOf(rival);
    if (program === undefined) {
      missing.push(rival.program);
      continue;
    }
    const server = await startRival(rival, program, folder);
    undo.push(server.stop);
    add(rival.program, rival.name, await rival.chain(server.port));
  }
  if (missing.length > 0)
    progress(`not installed, and left out: ${missing.join(', ')} (Debian: apt-get install ${missing.join(' ')})`);
  const parley = await openParleyChain(folder);
  undo.push(parley.close);
  add('parley', 'Parley (durable, signed, acknowledged)', parley.chain);
  return contenders;
}

/** One after the other within each round, so that what else the machine does meets all of them. */
async function inRounds({ quick, rounds, progress }: Settings, contenders: readonly Contender[]): Promise<void> {
  for (let round = 1; round <= rounds; round += 1) {
    for (const { name, chain, p50, rate } of contenders) {
      p50.push(quantile(await chain.latencies(quick ? 100 : 1_000), 0.5));
      rate.push(await chain.throughput(quick ? 2_000 : 8_000, WINDOW));
      progress(`round ${round} of ${rounds}: ${name}: ${p50.at(-1)?.toFixed()} µs, ${rate.at(-1)?.toFixed()} msg/s`);
    }
  }
}

function tableOf(contenders: readonly Contender[]): string {
  const [bare] = contenders;
  const cells = ({ name, p50, rate }: Contender): string[] => {
    const range = (values: readonly number[]): string =>
      `${Math.min(...values).toFixed()}–${Math.max(...values).toFixed()}`;
    const against = (values: readonly number[], limits: readonly number[] = []): string =>
      median(values.map((value, round) => value / (limits[round] ?? NaN))).toFixed(2);
    return [
      ...[name, median(p50).toFixed(), range(p50), against(p50, bare?.p50)],
      ...[median(rate).toFixed(), range(rate), against(rate, bare?.rate)],
    ];
  };
  return aligned([['', 'p50, µs', 'range', '/ bare', 'msg/s', 'range', '/ bare'], ...contenders.map(cells)]);
}

function rowsOf(contenders: ReadonlyMap<string, Contender>): Row[] {
  const parley = contenders.get('parley');
  return OVERTAKEN.flatMap(({ program }) => {
    const rival = contenders.get(program);
    return parley && rival ? [toRow(target(program), parley.rate, rival.rate)] : [];
  });
}
