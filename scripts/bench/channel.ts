/**
 * One channel with many members, each a real peer with TLS links of its own, in a few processes: how long a message takes to the last
 * of them, whoever writes it; how many deliveries a second; and what one of them costs. Against bare sockets to as many receivers.
 */
import { fileURLToPath } from 'node:url';
import { limitProgram, makeCertificate } from './limit-programs.js';
import { quantile, toRow, type Benchmark, type Row, type Settings, type Target } from './benchmark.js';
import { ChannelProcess } from './channel-crowd.js';
import { startTracker } from './parley-daemons.js';

const PROCESSES = 4;
const MEMBERS = { quick: 20, full: 50 };
/** Before it is measured: whoever writes, and whoever is linked with whom, has settled by then. */
const WARM_UP = 25;

const peers = fileURLToPath(new URL('channel-peers.js', import.meta.url));

const target = (name: string, unit: string, bound: Target['bound'], ratio: number): Target => ({
  name: `channel, ${name}`,
  ...{ unit, bound, ratio },
});
const last50 = target('last receiver p50', 'ms', 'at most', 3);
const last95 = target('last receiver p95', 'ms', 'at most', 3);
const within = target('last receiver p95, against 50 ms', 'ms', 'at most', 1);
const rate = target('deliveries flat out', '/s', 'at least', 0.3);
const cost = target('processor time a delivery, against 60 µs', 'µs', 'at most', 1);

export const channel: Benchmark = {
  name: 'channel',
  about: `one channel of ${MEMBERS.full} members in ${PROCESSES} processes, every link TLS, against bare TLS sockets to as many receivers`,
  async run(settings) {
    const members = settings.crowd?.clients ?? (settings.quick ? MEMBERS.quick : MEMBERS.full);
    const tracker = await startTracker(settings.folder);
    const started: ChannelProcess[] = [];
    const start = async (program: string, args: readonly string[]): Promise<ChannelProcess> => {
      const one = await ChannelProcess.start(program, args);
      started.push(one);
      return one;
    };
    try {
      const bare = await bareChannel(settings, members, start);
      const shares = split(members);
      const processes = await Promise.all(
        shares.map(({ from, count }) =>
          start(peers, [tracker.ready.url, settings.folder, String(from), String(count)]),
        ),
      );
      const parley: Channel = {
        processes,
        receivers: members - 1,
        writer: (at) => ({ process: owner(shares, processes, at % members), member: at % members }),
      };
      return await compare(settings, bare, parley);
    } finally {
      for (const one of started) await one.stop();
      await tracker.stop();
    }
  },
};

interface Channel {
  /** Those that hear. */
  readonly processes: readonly ChannelProcess[];
  readonly receivers: number;
  /** Who writes the message of that number. */
  writer(at: number): { readonly process: ChannelProcess; readonly member: number };
}

interface Share {
  readonly from: number;
  readonly count: number;
}

function split(members: number): Share[] {
  return Array.from({ length: PROCESSES }, (_, i) => {
    const from = Math.floor((members * i) / PROCESSES);
    return { from, count: Math.floor((members * (i + 1)) / PROCESSES) - from };
  });
}

function owner(shares: readonly Share[], processes: readonly ChannelProcess[], member: number): ChannelProcess {
  const found = processes[shares.findIndex(({ from, count }) => member >= from && member < from + count)];
  if (!found) throw new Error(`bug: member ${member} is nowhere`);
  return found;
}

async function bareChannel(
  { folder }: Settings,
  members: number,
  start: (program: string, args: readonly string[]) => Promise<ChannelProcess>,
): Promise<Channel> {
  const { key, certificate } = await makeCertificate(folder);
  const program = limitProgram('channel-sockets');
  const processes: ChannelProcess[] = [];
  const ports: string[] = [];
  for (const { count } of split(members - 1)) {
    const hears = await start(program, [key, certificate, 'hear', String(count)]);
    processes.push(hears);
    ports.push(...Array<string>(count).fill(String(hears.port)));
  }
  const process = await start(program, [key, certificate, 'write', ...ports]);
  return { processes, receivers: members - 1, writer: () => ({ process, member: 0 }) };
}

interface Round {
  /** To the last receiver, in milliseconds. */
  readonly p50: number;
  readonly p95: number;
  readonly perSecond: number;
  /** Processor time of one delivery, in all processes that hear, in µs. */
  readonly costUs: number;
}

async function compare({ quick, rounds, progress }: Settings, bare: Channel, parley: Channel): Promise<Row[]> {
  const single = quick ? 20 : 60;
  const many = quick ? 400 : 2_000;
  for (const one of [bare, parley]) await lastReceivers(one, WARM_UP);
  const ours: Round[] = [];
  const limits: Round[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const limit = await measure(bare, single, many);
    const own = await measure(parley, single, many);
    limits.push(limit);
    ours.push(own);
    progress(`round ${round} of ${rounds}: bare ${told(limit)}; Parley ${told(own)}`);
  }
  const of = (all: readonly Round[], what: keyof Round): number[] => all.map((one) => one[what]);
  return [
    toRow(last50, of(ours, 'p50'), of(limits, 'p50')),
    toRow(last95, of(ours, 'p95'), of(limits, 'p95')),
    toRow(within, of(ours, 'p95'), Array<number>(rounds).fill(50)),
    toRow(rate, of(ours, 'perSecond'), of(limits, 'perSecond')),
    toRow(cost, of(ours, 'costUs'), Array<number>(rounds).fill(60)),
  ];
}

async function measure(channel: Channel, single: number, many: number): Promise<Round> {
  const times = await lastReceivers(channel, single);
  const { perSecond, processorMs } = await flatOut(channel, many);
  const costUs = (processorMs * 1000) / (many * channel.receivers);
  return { p50: quantile(times, 0.5), p95: quantile(times, 0.95), perSecond, costUs };
}

function told({ p50, p95, perSecond, costUs }: Round): string {
  return `${p50.toFixed(1)} and ${p95.toFixed(1)} ms, ${perSecond.toFixed(0)} deliveries/s, ${costUs.toFixed(1)} µs each`;
}

let run = 0;

/** One message at a time, each by another member: from when it was handed over until the last one had it. Milliseconds. */
async function lastReceivers(channel: Channel, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let at = 0; at < count; at += 1) {
    const { at: written, heard } = await once(channel, 7 * at, 1);
    times.push(Math.max(...heard.map(({ at: [last = NaN] }) => last)) - (written[0] ?? NaN));
  }
  return times;
}

/** As fast as one member writes. */
async function flatOut(channel: Channel, count: number): Promise<{ perSecond: number; processorMs: number }> {
  const { at, heard } = await once(channel, 3, count);
  const last = Math.max(...heard.map(({ at: times }) => Math.max(...times)));
  return {
    perSecond: (count * channel.receivers) / ((last - (at[0] ?? NaN)) / 1000),
    processorMs: heard.reduce((sum, { processorMs }) => sum + processorMs, 0),
  };
}

async function once(channel: Channel, writer: number, count: number) {
  run += 1;
  const expected = await Promise.all(channel.processes.map((process) => process.expect(run, count)));
  const { process, member } = channel.writer(writer);
  const at = await process.write(member, run, 0, count);
  return { at, heard: await Promise.all(expected.map(({ heard }) => heard)) };
}
