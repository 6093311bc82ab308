/**
 * What two peers of one channel say to each other when they link again, of as many logs as the channel has devices: bytes, turns and processor
 * time, where nothing differs, and where some logs do. Both ends are the real mesh, over lines in memory. Against the table of all logs.
 */
import { createHash } from 'node:crypto';
import { RANGES_FEATURE } from '../../protocol/range-messages.js';
import type { ChannelName, ConversationId, DeviceId, Username } from '../../protocol/ids.js';
import { parseLinkMessage, type LinkMessage } from '../../protocol/link-messages.js';
import { DurableHeads } from '../../peer/log/heads.js';
import { Mesh } from '../../peer/mesh/mesh.js';
import { median, toRow, type Benchmark, type Row, type Target } from './benchmark.js';

const GENERAL = 'general' as ChannelName;
const CONVERSATION = '#general' as ConversationId;
const SIZES = [10, 100, 1_000, 5_000];
const DIFFER = [0, 1, 10, 100];
/** What says how far logs are held; `want` is of what is lacking, and the same in both. */
const COUNTED: ReadonlySet<string> = new Set(['have', 'ranges']);

const target = (name: string, unit: string, ratio: number): Target => ({
  name: `reconnection, 5,000 logs, ${name}`,
  ...{ unit, bound: 'at most', ratio },
});
const alike = target('nothing differs, against 1 KB', 'bytes', 1);
const one = target('1 differs, against all', 'bytes', 0.02);
const hundred = target('100 differ, against all', 'bytes', 0.5);
const time = target('nothing differs: processor time of both', 'ms', 1);

export const digests: Benchmark = {
  name: 'digests',
  about:
    'what two peers of a channel of up to 5,000 devices say to each other when they link again, against all of their logs',
  async run({ rounds, print }) {
    const lines = ['| devices | differ | all, bytes | by digests, bytes | turns | all, ms | by digests, ms |'];
    lines.push('| ------- | ------ | ---------- | ----------------- | ----- | ------- | -------------- |');
    const rows: Row[] = [];
    for (const size of SIZES) {
      for (const differ of DIFFER.filter((count) => count <= size)) {
        const [lists, ours]: [Measured[], Measured[]] = [[], []];
        for (let round = 0; round < rounds; round++) {
          lists.push(await link(size, differ, []));
          ours.push(await link(size, differ, [RANGES_FEATURE]));
        }
        const [list, own] = [lists, ours].map((all) => ({
          bytes: all.map(({ bytes }) => bytes),
          ms: all.map(({ ms }) => ms),
        }));
        if (!list || !own) continue;
        const figures = [median(list.bytes), median(own.bytes), ours[0]?.turns ?? 0].map((count) =>
          count.toLocaleString('en'),
        );
        const times = [list, own].map(({ ms }) => median(ms).toFixed(1));
        lines.push(`| ${[size.toLocaleString('en'), differ, ...figures, ...times].join(' | ')} |`);
        if (size !== 5_000) continue;
        if (differ === 0)
          rows.push(toRow(alike, own.bytes, Array<number>(rounds).fill(1_024)), toRow(time, own.ms, list.ms));
        if (differ === 1) rows.push(toRow(one, own.bytes, list.bytes));
        if (differ === 100) rows.push(toRow(hundred, own.bytes, list.bytes));
      }
    }
    print(lines.join('\n'));
    return rows;
  },
};

interface Measured {
  /** Both ways. */
  readonly bytes: number;
  /** How often the word went from one side to the other. */
  readonly turns: number;
  readonly ms: number;
}

/** Two peers link; one lacks the last entry of `differ` of the logs. */
async function link(size: number, differ: number, features: readonly string[]): Promise<Measured> {
  const devices = Array.from({ length: size }, (_, i) => deviceOf(`device ${i}`));
  const every = Math.max(1, Math.floor(size / Math.max(1, differ)));
  const isBehind = (i: number): boolean => i % every === 0 && i / every < differ;
  const logs = (isShort: (i: number) => boolean): Map<DeviceId, number> =>
    new Map(devices.map((device, i) => [device, 1_000 + i - (isShort(i) ? 1 : 0)]));
  const [a, b] = [
    new End(
      deviceOf('one'),
      logs(() => false),
    ),
    new End(deviceOf('two'), logs(isBehind)),
  ];
  const began = process.cpuUsage();
  a.up(b, features);
  b.up(a, features);
  let turns = 0;
  for (let isSaid = true; isSaid; turns++) {
    await Promise.resolve();
    const sent = [a, b].map((end) => end.take());
    isSaid = [b, a].map((end, i) => end.hear(sent[i] ?? [])).some(Boolean);
  }
  const { user, system } = process.cpuUsage(began);
  for (const end of [a, b]) end.mesh.close();
  return { bytes: a.bytes + b.bytes, turns: turns - 1, ms: (user + system) / 1_000 };
}

/** One peer, with logs and no entries: what is asked for does not come. */
class End {
  readonly mesh: Mesh;
  /** Of what it has sent. */
  bytes = 0;
  private outbox: string[] = [];

  constructor(
    readonly device: DeviceId,
    logs: ReadonlyMap<DeviceId, number>,
  ) {
    const heads = new DurableHeads(
      [...logs].map(([author, seq]) => ({ conversation: CONVERSATION, device: author, seq })),
    );
    this.mesh = new Mesh({
      ...{ username: 'alice' as Username, device, channels: new Set([GENERAL]) },
      log: {
        receive: () => undefined,
        linkDown: () => undefined,
        ownTail: () => undefined,
        backlog: 0,
        durable: (conversation) => heads.durable(conversation),
        conversations: () => heads.conversations(),
        seq: (conversation, author) => heads.durable(conversation).get(author) ?? 0,
      },
      senderLog: { range: () => [], certificates: () => [] },
      addCertificate: () => undefined,
      clock: { now: () => 0, soon: (callback) => queueMicrotask(callback) },
      timers: { setInterval: () => undefined, clearInterval: () => undefined },
      receipt: () => undefined,
      signedReceipts: {
        keys: { sign: () => '', owner: () => undefined, verify: () => undefined },
        heard: () => undefined,
      },
      logger: { debug() {}, info() {}, warn() {}, error() {} },
    });
  }

  up(other: End, features: readonly string[]): void {
    this.mesh.up({
      ...{ id: 1, features, channels: new Set([GENERAL]), queued: 0 },
      remote: { username: 'bob' as Username, device: other.device, certificate: '' },
      send: (message) => {
        const line = `${JSON.stringify(message)}\n`;
        if (COUNTED.has(message.type)) this.bytes += line.length;
        this.outbox.push(line);
      },
      sendLines: () => undefined,
      close: () => undefined,
      pause: () => undefined,
      resume: () => undefined,
    });
  }

  /** What it has sent since. */
  take(): readonly string[] {
    const lines = this.outbox;
    this.outbox = [];
    return lines;
  }

  /** @returns whether anything was said of how far logs are held */
  hear(lines: readonly string[]): boolean {
    const messages = lines.map((line) => parseLinkMessage(line)) as LinkMessage[];
    if (messages.length > 0) this.mesh.messages({ id: 1 }, messages);
    return messages.some(({ type }) => COUNTED.has(type));
  }
}

function deviceOf(name: string): DeviceId {
  return createHash('sha256').update(name).digest('base64url').slice(0, 22) as DeviceId;
}
