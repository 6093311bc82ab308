/** Test support: a device with a real log and a real mailbox, and a disk that outlives it. */
import { randomBytes, sign } from 'node:crypto';
import type { Entry } from '../../protocol/entry.js';
import type { ErrorCode } from '../../protocol/errors.js';
import { sameUser, type ChannelName, type ConversationId, type DeviceId, type Username } from '../../protocol/ids.js';
import type { Rates } from '../../protocol/rates.js';
import { DurableHeads } from '../log/heads.js';
import type { CheckedCertificate } from '../log/keyring.js';
import { Log } from '../log/log.js';
import type { LogKeys } from '../log/ports.js';
import { MemoryStorage } from '../log/test-storage.js';
import type { Mailed, Owed } from '../store/mailbox-marks.js';
import { Mailbox } from './mailbox.js';
import type { MailboxPorts, MailShelf } from './ports.js';
import type { TestIdentity, TestTracker } from './test-tracker.js';

/** What is around a device: see test-world.ts. */
export interface Surroundings {
  readonly now: number;
  /** Of the protocol unless given. */
  readonly rates?: Rates | undefined;
  readonly tracker: TestTracker;
  readonly devices: Map<DeviceId, TestDevice>;
  readonly revoked: ReadonlySet<DeviceId>;
  read(pem: string): CheckedCertificate;
  /** Whose certificates a device has kept. */
  known(by: DeviceId): Set<DeviceId>;
  keysFor(identity: TestIdentity): LogKeys;
  directory(device: DeviceId): string;
  after(ms: number, run: () => void): unknown;
  cancel(timer: unknown): void;
}

export class TestDevice {
  readonly storage = new MemoryStorage();
  readonly shown: Entry[] = [];
  readonly receipts = new Map<string, { device: DeviceId; seq: number }>();
  readonly refused: ErrorCode[] = [];
  readonly warnings: string[] = [];
  /** Conversations that a link shares. */
  readonly linked = new Set<ConversationId>();
  readonly channels = new Set<ChannelName>(['general' as ChannelName]);
  readonly shelf = new TestShelf();
  readonly blocked = new Set<Username>();
  /** Nothing of others is taken. */
  diskLow = false;
  log: Log;
  heads: DurableHeads;
  mailbox: Mailbox;

  constructor(
    private readonly world: Surroundings,
    readonly identity: TestIdentity,
  ) {
    [this.log, this.heads, this.mailbox] = this.live();
  }

  get device(): DeviceId {
    return this.identity.device;
  }

  /** Comes back with what is on its disk. */
  async restart(): Promise<void> {
    await this.stop();
    [this.log, this.heads, this.mailbox] = this.live();
    this.mailbox.tracker(true);
  }

  /** As a kill does. */
  async stop(): Promise<void> {
    this.world.devices.delete(this.device);
    await this.mailbox.close();
  }

  async post(conversation: string, ...messages: string[]): Promise<void> {
    const id = conversation as ConversationId;
    const posts = messages.map((message) => this.log.append({ conversation: id, kind: 'text', message, data: {} }));
    await Promise.all(posts);
  }

  texts(conversation: string): string[] {
    return this.storage.timeline(conversation as ConversationId).map(({ message }) => message);
  }

  /** Up to where a device told that it holds our log. */
  told(conversation: string, device: DeviceId): number {
    return this.receipts.get(`${conversation} ${device}`)?.seq ?? 0;
  }

  private live(): [Log, DurableHeads, Mailbox] {
    const { world, identity, storage } = this;
    const { username, device } = identity;
    const heads = new DurableHeads(storage.ends());
    const log: Log = new Log({
      username,
      device,
      storage,
      keys: world.keysFor(identity),
      clock: { now: () => world.now, soon: (callback) => void setImmediate(callback) },
      out: {
        added: (_conversation, entries) => void this.shown.push(...entries),
        durable: (advance) => {
          heads.advance(advance);
          mailbox.durable(advance);
        },
        forked: () => undefined,
        setBack: () => mailbox.setBack(),
        unproven: (token) => mailbox.refused(token, 'unknown_device'),
        storage: (error) => error && mailbox.storageFailed(),
      },
      refuse: (token, code) => {
        this.refused.push(code);
        mailbox.refused(token, code);
      },
      rates: world.rates,
      declines: (author) => !sameUser(author, username) && (this.diskLow || this.blocked.has(author)),
    });
    const mailbox: Mailbox = new Mailbox(this.ports(log, heads));
    mailbox.start();
    world.devices.set(device, this);
    return [log, heads, mailbox];
  }

  private ports(log: Log, heads: DurableHeads): MailboxPorts {
    const { world, identity, storage, channels } = this;
    const { username, device } = identity;
    return {
      self: { username, device, channels },
      tracker: world.tracker.for(identity, (to) => world.devices.get(to)?.mailbox.arrived()),
      shelf: this.shelf,
      log: {
        own: (conversation, from, limit) => storage.range(conversation, device, from, limit),
        durable: (conversation) => heads.durable(conversation),
        conversations: () => heads.conversations(),
        end: (conversation, author) => log.end(conversation, author),
        limit: (conversation, author) => log.limit(conversation, author),
        receive: (token, entries) => log.receive(token, entries),
        done: (token) => log.linkDown(token),
        sync: (done) => done(),
      },
      keys: {
        sign: (bytes) => sign(null, bytes, identity.privateKey),
        read: (pem) => world.read(pem),
        keep: (pem) => void world.known(device).add(world.read(pem).device),
        own: () => [identity.pem],
        revoked: (of) => world.revoked.has(of),
      },
      directory: world.directory(device),
      receipts: (conversation) =>
        [...this.receipts].filter(([key]) => key.startsWith(`${conversation} `)).map(([, receipt]) => receipt),
      receipt: (conversation, holder, _user, seq) => {
        this.receipts.set(`${conversation} ${holder}`, { device: holder, seq });
        this.mailbox.receipt(conversation);
      },
      saveReceipts: () => undefined,
      reaches: (conversation) => this.linked.has(conversation),
      linked: () => false,
      blocked: (user) => this.blocked.has(user),
      changed: () => undefined,
      clock: { now: () => world.now },
      timers: { setTimeout: (run, ms) => world.after(ms, run), clearTimeout: (timer) => world.cancel(timer) },
      random: randomBytes,
      logger: {
        debug: () => undefined,
        info: () => undefined,
        warn: (_fields, text) => void this.warnings.push(text),
        error: (_fields, text) => void this.warnings.push(text),
      },
    };
  }
}

class TestShelf implements MailShelf {
  readonly marks = new Map<string, Mailed>();
  private readonly debts = new Map<string, Owed>();

  mailed(conversation: ConversationId, device: DeviceId): Mailed | undefined {
    return this.marks.get(`${conversation} ${device}`);
  }

  setMailed(conversation: ConversationId, device: DeviceId, mark: Mailed): void {
    this.marks.set(`${conversation} ${device}`, mark);
  }

  owed(): Owed[] {
    return [...this.debts.values()];
  }

  owe(owed: Owed): void {
    const key = `${owed.conversation} ${owed.device}`;
    this.debts.set(key, { ...owed, seen: Math.max(owed.seen, this.debts.get(key)?.seen ?? 0) });
  }

  paid(device: DeviceId, conversation: ConversationId): void {
    this.debts.delete(`${conversation} ${device}`);
  }
}
