/** Test support: devices with real logs and mailboxes around a tracker in memory that can be away, full, or a liar. */
import { createPublicKey, generateKeyPairSync, randomBytes, sign, verify, type KeyObject } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signedBytes, type Entry } from '../../protocol/entry.js';
import { ParleyError, type ErrorCode } from '../../protocol/errors.js';
import {
  parseDeviceId,
  userKey,
  type ChannelName,
  type ConversationId,
  type DeviceId,
  type Username,
} from '../../protocol/ids.js';
import { MAILBOX_PAGE_MAX } from '../../protocol/limits.js';
import type { Mail, MailPage, PublishedPrekey } from '../../protocol/mailbox-api.js';
import { DurableHeads } from '../log/heads.js';
import type { CheckedCertificate } from '../log/keyring.js';
import { Log } from '../log/log.js';
import { MemoryStorage } from '../log/test-storage.js';
import type { Mailed, Owed } from '../store/mailbox-marks.js';
import { Mailbox } from './mailbox.js';
import type { MailboxPorts, MailShelf, MailTracker } from './ports.js';

const DAY = 24 * 3600_000;
/** Real time, for what goes on while the clock stands. */
const WITHIN_MS = 10_000;

/** Stands for an X.509 certificate: what the reader makes of it is made here. */
export interface TestIdentity {
  readonly username: Username;
  readonly device: DeviceId;
  readonly privateKey: KeyObject;
  readonly pem: string;
}

export class TestTracker {
  up = true;
  /** Answers of the next calls, by name; then it is honest again. */
  readonly failures = new Map<string, ErrorCode[]>();
  readonly prekeys = new Map<DeviceId, PublishedPrekey>();
  readonly boxes = new Map<DeviceId, Mail[]>();
  readonly full = new Set<string>();
  readonly calls: string[] = [];
  private next = 1;

  /** Puts something into a mailbox, whatever it is. */
  drop(device: DeviceId, prekey: string, blob: Buffer): void {
    const box = this.boxes.get(device) ?? [];
    box.push({ id: String(this.next++), prekey, blob: blob.toString('base64url') });
    this.boxes.set(device, box);
  }

  letters(device: DeviceId): number {
    return this.boxes.get(device)?.length ?? 0;
  }

  count(call: string): number {
    return this.calls.filter((made) => made === call).length;
  }

  for(world: TestWorld, own: TestIdentity): MailTracker {
    const call = (name: string): void => {
      this.calls.push(name);
      const code = this.up ? this.failures.get(name)?.shift() : 'tracker_unreachable';
      if (code) throw new ParleyError(code);
    };
    return {
      publish: async (prekey) => {
        call('publish');
        this.prekeys.set(prekey.device, { ...prekey, certificate: own.pem });
      },
      prekeys: async (of) => {
        call('prekeys');
        const all = [...this.prekeys.values()];
        if ('channel' in of) return all;
        return all.filter(({ username }) => userKey(username) === userKey(of.username));
      },
      post: async (username, { device, prekey }, blob) => {
        call('post');
        if (this.full.has(userKey(username))) throw new ParleyError('mailbox_full');
        if (this.prekeys.get(device)?.id !== prekey) throw new ParleyError('stale_prekey');
        this.drop(device, prekey, blob);
        world.devices.get(device)?.mailbox.arrived();
      },
      fetch: async (after): Promise<MailPage> => {
        call('fetch');
        const rest = (this.boxes.get(own.device) ?? []).filter(({ id }) => Number(id) > Number(after ?? 0));
        const prekey = this.prekeys.get(own.device)?.id;
        const mails = rest.slice(0, MAILBOX_PAGE_MAX);
        return { status: 'success', mails, more: rest.length > mails.length, ...(prekey ? { prekey } : {}) };
      },
      ack: async (ids) => {
        call('ack');
        const left = (this.boxes.get(own.device) ?? []).filter(({ id }) => !ids.includes(id));
        this.boxes.set(own.device, left);
      },
    };
  }
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
  log: Log;
  heads: DurableHeads;
  mailbox: Mailbox;

  constructor(
    readonly world: TestWorld,
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
      keys: world.keysFor(this),
      clock: { now: () => world.now, soon: (callback) => void setImmediate(callback) },
      out: {
        added: (_conversation, entries) => void this.shown.push(...entries),
        durable: (advance) => {
          heads.advance(advance);
          mailbox.durable(advance);
        },
        forked: () => undefined,
        storage: (error) => error && mailbox.storageFailed(),
      },
      refuse: (token, code) => {
        this.refused.push(code);
        mailbox.refused(token, code);
      },
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
      tracker: world.tracker.for(world, identity),
      shelf: this.shelf,
      log: {
        own: (conversation, from, limit) => storage.range(conversation, device, from, limit),
        durable: (conversation) => heads.durable(conversation),
        conversations: () => heads.conversations(),
        end: (conversation, author) => log.end(conversation, author),
        receive: (token, entries) => log.receive(token, entries),
        done: (token) => log.linkDown(token),
        sync: (done) => done(),
      },
      keys: {
        sign: (bytes) => sign(null, bytes, identity.privateKey),
        read: (pem) => world.read(pem),
        keep: (pem) => void world.known(this).add(world.read(pem).device),
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

export class TestWorld {
  now = Date.parse('2026-11-20T12:00:00.000Z');
  readonly tracker = new TestTracker();
  /** Those that run. */
  readonly devices = new Map<DeviceId, TestDevice>();
  readonly revoked = new Set<DeviceId>();
  private readonly identities = new Map<string, TestIdentity>();
  private readonly knownBy = new Map<TestDevice, Set<DeviceId>>();
  private timers: { at: number; run: () => void }[] = [];

  private constructor(private readonly folder: string) {}

  static async create(): Promise<TestWorld> {
    return new TestWorld(await mkdtemp(join(tmpdir(), 'parley-mail-')));
  }

  identity(name: string): TestIdentity {
    const { privateKey } = generateKeyPairSync('ed25519');
    const device = parseDeviceId(name.replaceAll('/', '_').padEnd(22, '0'));
    if (!device) throw new Error(`${name} is too long`);
    const identity = {
      username: (name.split('/')[0] ?? name) as Username,
      device,
      privateKey,
      pem: `certificate of ${name}`,
    };
    this.identities.set(identity.pem, identity);
    return identity;
  }

  device(name: string): TestDevice {
    return new TestDevice(this, this.identity(name));
  }

  /** One that has been there, and is away now: the tracker has its prekey. */
  async away(name: string): Promise<TestDevice> {
    const device = this.device(name);
    device.mailbox.tracker(true);
    await this.until(() => this.tracker.prekeys.has(device.device));
    await device.stop();
    return device;
  }

  read(pem: string): CheckedCertificate {
    const identity = this.identities.get(pem);
    if (!identity) throw new ParleyError('certificate_unknown');
    const { username, device, privateKey } = identity;
    const publicKey = createPublicKey(privateKey);
    return { username, device, publicKey, pem, notBefore: this.born - DAY, notAfter: this.born + 365 * DAY };
  }

  known(by: TestDevice): Set<DeviceId> {
    let known = this.knownBy.get(by);
    if (!known) this.knownBy.set(by, (known = new Set([by.device])));
    return known;
  }

  keysFor(by: TestDevice): ConstructorParameters<typeof Log>[0]['keys'] {
    const of = (device: DeviceId) =>
      this.known(by).has(device) ? [...this.identities.values()].find((it) => it.device === device) : undefined;
    return {
      sign: (id) => sign(null, signedBytes(id), by.identity.privateKey).toString('base64url'),
      author: (device) => {
        const identity = of(device);
        return identity ? { known: true, username: identity.username } : { known: false };
      },
      verify: (device, id, sig, done) => {
        const identity = of(device);
        const key = identity && createPublicKey(identity.privateKey);
        const valid = key !== undefined && verify(null, signedBytes(id), key, Buffer.from(sig, 'base64url'));
        setImmediate(() => done(valid));
      },
    };
  }

  /** Of a device's own, for its prekeys. */
  directory(device: DeviceId): string {
    const path = join(this.folder, device);
    mkdirSync(path, { recursive: true });
    return path;
  }

  after(ms: number, run: () => void): unknown {
    const timer = { at: this.now + ms, run };
    this.timers.push(timer);
    return timer;
  }

  cancel(timer: unknown): void {
    this.timers = this.timers.filter((other) => other !== timer);
  }

  /** Lets time pass, whatever falls due, and what that sets going. */
  async pass(ms: number): Promise<void> {
    const until = this.now + ms;
    for (;;) {
      await this.settle();
      const [next] = this.timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at);
      if (!next) break;
      this.cancel(next);
      this.now = Math.max(this.now, next.at);
      next.run();
    }
    this.now = until;
  }

  /** What goes on without time passing: promises, checks of signatures, files. */
  async settle(): Promise<void> {
    for (let i = 0; i < 60; i++) await new Promise((resolve) => void setImmediate(resolve));
  }

  async until(holds: () => boolean): Promise<void> {
    const end = performance.now() + WITHIN_MS;
    while (!holds()) {
      if (performance.now() > end) throw new Error(`not within ${WITHIN_MS} ms: ${String(holds)}`);
      await new Promise((resolve) => void setImmediate(resolve));
    }
  }

  /** Lets time pass until it holds. */
  async reach(holds: () => boolean, withinMs = 600_000): Promise<void> {
    const limit = this.now + withinMs;
    for (;;) {
      await this.settle();
      if (holds()) return;
      const [next] = this.timers.filter(({ at }) => at <= limit).sort((a, b) => a.at - b.at);
      if (!next) return this.until(holds);
      this.cancel(next);
      this.now = Math.max(this.now, next.at);
      next.run();
    }
  }

  async close(): Promise<void> {
    for (const device of [...this.devices.values()]) await device.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  private readonly born = this.now;
}
