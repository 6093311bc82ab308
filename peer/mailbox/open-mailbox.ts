/** The mailbox on the real parts of a peer. */
import { randomBytes } from 'node:crypto';
import { userKey } from '../../protocol/ids.js';
import type { ChannelName, ConversationId, DeviceId, UserKey, Username } from '../../protocol/ids.js';
import type { Identity } from '../identity/identity.js';
import type { DurableHeads } from '../log/heads.js';
import type { CheckedCertificate, Keyring } from '../log/keyring.js';
import type { Log as EntryLog } from '../log/log.js';
import type { Mesh } from '../mesh/mesh.js';
import type { Clock, Log } from '../services.js';
import type { Store } from '../store/store.js';
import { Mailbox } from './mailbox.js';
import type { MailTracker } from './ports.js';

export interface OpenMailboxParts {
  readonly identity: Identity;
  readonly store: Store;
  readonly channels: ReadonlySet<ChannelName>;
  readonly heads: DurableHeads;
  readonly keyring: Keyring;
  readonly entryLog: EntryLog;
  readonly mesh: Mesh;
  readonly receipts: {
    held(conversation: ConversationId): Iterable<{ device: DeviceId; seq: number }>;
    record(conversation: ConversationId, device: DeviceId, username: Username, seq: number): void;
    save(): void;
    readonly dirty: boolean;
  };
  readonly certificates: { check(pem: string): CheckedCertificate; add(pem: string): void };
  readonly revocations: { has(device: DeviceId): boolean };
  readonly people: { isBlocked(user: UserKey): boolean };
  /** What `Mailbox.state` says of the conversation has changed. */
  changed(conversation: ConversationId): void;
  readonly tracker: MailTracker;
  /** For the private parts of prekeys. */
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Log;
}

export function openMailbox(parts: OpenMailboxParts): Mailbox {
  const { identity, store, heads, keyring, entryLog, mesh, receipts, certificates, channels, revocations } = parts;
  const { username, device } = identity;
  return new Mailbox({
    self: { username, device, channels },
    tracker: parts.tracker,
    shelf: store.mail,
    log: {
      own: (conversation, from, limit, bytes) => store.entries.range(conversation, device, from, limit, bytes),
      durable: (conversation) => heads.durable(conversation),
      conversations: () => heads.conversations(),
      end: (conversation, author) => entryLog.end(conversation, author),
      limit: (conversation, author) => entryLog.limit(conversation, author),
      receive: (token, entries) => entryLog.receive(token, entries),
      done: (token) => entryLog.linkDown(token),
      sync: (done) => store.durability.sync(done),
    },
    keys: {
      sign: (bytes) => identity.sign(bytes),
      read: (pem) => certificates.check(pem),
      keep: (pem) => certificates.add(pem),
      own: () => keyring.pems(device),
      revoked: (of) => revocations.has(of),
    },
    directory: parts.directory,
    receipts: (conversation) => receipts.held(conversation),
    receipt: (conversation, holder, user, seq) => receipts.record(conversation, holder, user, seq),
    saveReceipts: () => {
      if (receipts.dirty) store.entries.transaction(() => receipts.save());
    },
    reaches: (conversation) => mesh.reaches(conversation),
    linked: (of) => mesh.linked(of),
    blocked: (user) => parts.people.isBlocked(userKey(user)),
    changed: (conversation) => parts.changed(conversation),
    clock: parts.clock,
    timers: {
      setTimeout: (run, ms) => setTimeout(run, ms).unref(),
      clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
    },
    random: randomBytes,
    logger: parts.log,
  });
}
