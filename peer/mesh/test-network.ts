/** Test support: peers with the real log, sync and senders, over links in memory that carry real NDJSON. */
import { generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto';
import { signedBytes, type Entry } from '../../protocol/entry.js';
import type { ErrorCode } from '../../protocol/errors.js';
import type { ChannelName, ConversationId, DeviceId, EntryId, Username } from '../../protocol/ids.js';
import { RECEIPTS_FEATURE, TREE_FEATURE } from '../../protocol/channel-messages.js';
import { PRUNED_FEATURE } from '../../protocol/pruned.js';
import { RANGES_FEATURE } from '../../protocol/range-messages.js';
import { parseLinkMessage, type LinkMessage } from '../../protocol/link-messages.js';
import type { Rates } from '../../protocol/rates.js';
import { DurableHeads } from '../log/heads.js';
import { Log } from '../log/log.js';
import { MemoryStorage } from '../log/test-storage.js';
import { durableLog, meshLog } from './local-log.js';
import { Mesh } from './mesh.js';
import type { MeshLink } from './mesh-options.js';

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

class MemoryLink implements MeshLink {
  queued = 0;
  other: MemoryLink | undefined;
  readonly refused: ErrorCode[] = [];
  readonly sent: LinkMessage[] = [];
  private open = true;

  constructor(
    readonly id: number,
    private readonly network: TestNetwork,
    private readonly owner: TestPeer,
    readonly remote: MeshLink['remote'],
    readonly channels: ReadonlySet<ChannelName>,
    readonly features: readonly string[],
  ) {}

  send(message: LinkMessage): void {
    this.sendLines(`${JSON.stringify(message)}\n`);
  }

  sendLines(lines: string): void {
    const messages = lines.split('\n').filter(Boolean).map(parseLinkMessage) as LinkMessage[];
    this.sent.push(...messages);
    this.network.later(() => this.other?.deliver(messages));
  }

  close(code?: ErrorCode): void {
    if (code) this.refused.push(code);
    this.network.later(() => this.cut());
  }

  cut(): void {
    for (const side of [this, this.other]) {
      if (!side?.open) continue;
      side.open = false;
      side.owner.links.delete(side.owner.names.get(side.id) ?? '');
      side.owner.mesh.down(side);
    }
  }

  /** What is sent arrives all the same. */
  isPaused = false;

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  private deliver(messages: readonly LinkMessage[]): void {
    if (this.open) this.owner.mesh.messages(this, messages);
  }
}

export class TestPeer {
  readonly username: Username;
  readonly channels: Set<ChannelName>;
  readonly links = new Map<string, MemoryLink>();
  readonly names = new Map<number, string>();
  readonly shown: Entry[] = [];
  readonly receipts = new Map<string, number>();
  /** Of devices that are not linked. */
  readonly signed = new Map<string, number>();
  readonly forks: string[] = [];
  /** Users of whom nothing is taken; after a change `mesh.reconsider()`. */
  readonly declined = new Set<Username>();
  /** Users whose logs were held. */
  readonly held: string[] = [];
  /** What its links can do; empty: a version from before there was any of it. */
  features: readonly string[] = [TREE_FEATURE, RECEIPTS_FEATURE, RANGES_FEATURE, PRUNED_FEATURE];
  mesh: Mesh;
  log: Log;
  heads: DurableHeads;

  constructor(
    readonly network: TestNetwork,
    readonly name: string,
    channels: readonly string[],
    readonly device: DeviceId,
    readonly storage: MemoryStorage,
  ) {
    this.username = (name.split('/')[0] ?? name) as Username;
    this.channels = new Set(channels as ChannelName[]);
    [this.log, this.heads, this.mesh] = this.start();
  }

  /** As a new process on the same disk. */
  restart(): void {
    for (const link of [...this.links.values()]) link.cut();
    [this.log, this.heads, this.mesh] = this.start();
  }

  post(conversation: string, message: string, client?: string): Promise<Entry> {
    const request = { conversation: conversation as ConversationId, kind: 'text', message, data: {} };
    return this.log.append(client === undefined ? request : { ...request, client });
  }

  texts(conversation: string): string[] {
    return this.storage.timeline(conversation as ConversationId).map(({ message }) => message);
  }

  private start(): [Log, DurableHeads, Mesh] {
    const { network, username, device, storage, channels } = this;
    const heads = new DurableHeads(storage.ends());
    const clock = { now: () => network.now, soon: (callback: () => void) => network.later(callback) };
    const log = new Log({
      username,
      device,
      storage,
      keys: network.keys(device),
      clock,
      out: {
        added: (conversation, entries, own) => {
          this.shown.push(...entries);
          if (own) this.mesh.own(conversation, entries);
          else this.mesh.added(conversation, entries);
        },
        durable: (advance) => {
          heads.advance(advance);
          this.mesh.durable(advance);
        },
        forked: (conversation, author, seq) => this.forks.push(`${conversation} ${author} ${seq}`),
        setBack: (conversation, author) => this.mesh.setBack(conversation, author),
        unproven: (link, author) => this.mesh.unproven(link, author),
        storage: () => undefined,
      },
      refuse: (link, code) => this.mesh.refuse(link, code),
      brought: (...brought) => this.mesh.brought(...brought),
      held: ({ from }) => this.held.push(from),
      declines: (author) => this.declined.has(author),
      ...(network.rates ? { rates: network.rates } : {}),
    });
    const mesh = new Mesh({
      username,
      device,
      channels,
      log: meshLog(log, heads, {
        pruned: (conversation, author, to) =>
          to.pruned && author === device ? 0 : storage.prunedUpTo(conversation, author),
        contents: storage.contents,
      }),
      senderLog: durableLog(heads, storage, () => []),
      addCertificate: () => undefined,
      clock,
      timers: { setInterval: (callback) => network.every(callback), clearInterval: (timer) => network.stop(timer) },
      signedReceipts: {
        keys: network.keys(device),
        heard: (conversation, { username: user, seq }) => this.signed.set(`${conversation} ${user}`, seq),
      },
      receipt: (conversation, { username, seq }) => this.receipts.set(`${conversation} ${username}`, seq),
      logger: quiet,
      ...(network.listed === undefined ? {} : { listed: network.listed }),
    });
    return [log, heads, mesh];
  }
}

export class TestNetwork {
  /** Those of the protocol unless set. */
  rates: Rates | undefined;
  /** So many logs of a channel are told one by one; that of the protocol unless set. */
  listed: number | undefined;
  now = Date.parse('2026-11-20T12:00:00.000Z');
  private readonly queue: (() => void)[] = [];
  private readonly timers = new Set<() => void>();
  private readonly publicKeys = new Map<
    DeviceId,
    { username: Username; publicKey: KeyObject; privateKey: KeyObject }
  >();
  private nextLink = 1;
  private working = 0;

  peer(name: string, ...channels: string[]): TestPeer {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const device = name.replaceAll('/', '_').padEnd(22, '0') as DeviceId;
    this.publicKeys.set(device, { username: (name.split('/')[0] ?? name) as Username, publicKey, privateKey });
    return new TestPeer(this, name, ['general', ...channels], device, new MemoryStorage((done) => this.later(done)));
  }

  /** The same device with an empty disk, as from an old backup. */
  anew({ name, channels, device }: TestPeer): TestPeer {
    return new TestPeer(this, name, [...channels], device, new MemoryStorage((done) => this.later(done)));
  }

  /** @param greeted what `a` said in its handshake that it is in */
  link(a: TestPeer, b: TestPeer, greeted: Iterable<ChannelName> = a.channels): { a: MemoryLink; b: MemoryLink } {
    const side = (own: TestPeer, other: TestPeer, channels: Iterable<ChannelName>): MemoryLink => {
      const id = this.nextLink++;
      const both = own.features.filter((feature) => other.features.includes(feature));
      const remote = { username: other.username, device: other.device, certificate: '' };
      const link = new MemoryLink(id, this, own, remote, new Set(channels), both);
      own.links.set(other.name, link);
      own.names.set(id, other.name);
      return link;
    };
    const [one, two] = [side(a, b, b.channels), side(b, a, greeted)];
    one.other = two;
    two.other = one;
    a.mesh.up(one);
    b.mesh.up(two);
    return { a: one, b: two };
  }

  later(callback: () => void): void {
    this.queue.push(callback);
  }

  every(callback: () => void): () => void {
    this.timers.add(callback);
    return callback;
  }

  stop(timer: unknown): void {
    this.timers.delete(timer as () => void);
  }

  keys(device: DeviceId): ConstructorParameters<typeof Log>[0]['keys'] {
    const own = this.publicKeys.get(device);
    if (!own) throw new Error('bug: no such device');
    return {
      sign: (id: EntryId) => sign(null, signedBytes(id), own.privateKey).toString('base64url'),
      author: (of: DeviceId) => {
        const known = this.publicKeys.get(of);
        return known ? { known: true, username: known.username } : { known: false };
      },
      owner: (of: DeviceId) => this.publicKeys.get(of)?.username,
      verify: (of: DeviceId, id: EntryId, sig: string, done: (valid: boolean) => void) => {
        const key = this.publicKeys.get(of)?.publicKey;
        const valid = key !== undefined && verify(null, signedBytes(id), key, Buffer.from(sig, 'base64url'));
        this.working++;
        this.later(() => {
          this.working--;
          done(valid);
        });
      },
    };
  }

  /** Does one thing that is to be done now. */
  async step(): Promise<void> {
    const next = this.queue.shift();
    if (!next) throw new Error('bug: nothing is to be done');
    next();
    await Promise.resolve();
  }

  /** Runs everything that is to be done now, then lets `ms` pass in steps. */
  async settle(ms = 1_000): Promise<void> {
    for (let passed = 0; passed <= ms; passed += 100) {
      for (let next = this.queue.shift(); next; next = this.queue.shift()) {
        next();
        await Promise.resolve();
      }
      this.now += 100;
      for (const timer of [...this.timers]) timer();
    }
  }
}

/** Posts and settles; resolves when all are acknowledged. */
export async function posts(peer: TestPeer, conversation: string, count: number, prefix = peer.name): Promise<void> {
  const written = Array.from({ length: count }, (_, i) => peer.post(conversation, `${prefix} ${i}`));
  await peer.network.settle(0);
  await Promise.all(written);
}

/** What would follow in `general`, by the author of what is last there. */
export function nextFields(peer: TestPeer, message: string): Omit<Entry, 'id' | 'sig'> {
  const last = peer.storage.timeline('#general' as ConversationId).at(-1);
  if (!last) throw new Error('bug: nothing was posted');
  const { sig: _sig, id, ...fields } = last;
  return { ...fields, seq: last.seq + 1, prev: id, message, time: new Date(Date.parse(last.time) + 1).toISOString() };
}
