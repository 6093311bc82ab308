/** What the mailbox needs of the rest of the peer. A test gives it the real parts, or others. */
import type { Entry } from '../../protocol/entry.js';
import type { ChannelName, ConversationId, DeviceId, EntryId, UserKey, Username } from '../../protocol/ids.js';
import type { MailPage, PublishedPrekey } from '../../protocol/mailbox-api.js';
import type { Prekey } from '../../protocol/mailbox-prekey.js';
import type { SealedFor } from '../../protocol/sealed.js';
import type { CheckedCertificate } from '../log/keyring.js';
import type { Clock, Log } from '../services.js';
import type { Mailed, Owed } from '../store/mailbox-marks.js';

/** The tracker. Every call rejects with a ParleyError. */
export interface MailTracker {
  publish(prekey: Prekey): Promise<void>;
  prekeys(of: { username: Username | UserKey } | { channel: ChannelName }): Promise<readonly PublishedPrekey[]>;
  post(username: Username, to: SealedFor, blob: Buffer): Promise<void>;
  fetch(after: string | undefined): Promise<MailPage>;
  ack(ids: readonly string[]): Promise<void>;
}

/** Kept over restarts. Writes are small and of their own. */
export interface MailShelf {
  mailed(conversation: ConversationId, device: DeviceId): Mailed | undefined;
  setMailed(conversation: ConversationId, device: DeviceId, mark: Mailed): void;
  owed(): Owed[];
  owe(owed: Owed): void;
  paid(device: DeviceId, conversation: ConversationId): void;
}

export interface MailLog {
  /** Entries of our own log from `from` on, ascending, none that is not durable. */
  own(conversation: ConversationId, from: number, limit: number, bytes?: number): Entry[];
  /** What is durable here, by device. */
  durable(conversation: ConversationId): ReadonlyMap<DeviceId, number>;
  conversations(): Iterable<ConversationId>;
  /** The end of a log, with what is proven and about to be written. */
  end(conversation: ConversationId, device: DeviceId): { readonly seq: number; readonly id: EntryId } | undefined;
  /** Nothing of the log is taken beyond it now. */
  limit(conversation: ConversationId, device: DeviceId): number;
  /** As from a link of this token; `Mailbox.refused` tells what was wrong. */
  receive(token: number, entries: readonly Entry[]): void;
  /** Nothing more comes under the token. */
  done(token: number): void;
  /** Calls back when everything that was written is durable. */
  sync(done: (error?: Error) => void): void;
}

export interface MailKeys {
  /** Ed25519 by this device's key. */
  sign(bytes: Buffer): Buffer;
  /** @throws ParleyError `certificate_unknown` when the pinned CA did not sign it */
  read(pem: string): CheckedCertificate;
  /** Keeps what `read` has read, and pins whose it is: a device that is new to a known user is told of. @throws as `read` */
  keep(pem: string): void;
  /** Certificates of this device, newest first. */
  own(): readonly string[];
  revoked(device: DeviceId): boolean;
}

export interface MailTimers {
  setTimeout(callback: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
}

export interface MailboxPorts {
  readonly self: {
    readonly username: Username;
    readonly device: DeviceId;
    readonly channels: ReadonlySet<ChannelName>;
  };
  readonly tracker: MailTracker;
  readonly shelf: MailShelf;
  readonly log: MailLog;
  readonly keys: MailKeys;
  /** For `prekeys.json`. */
  readonly directory: string;
  /** Up to where devices of other users hold our own log. */
  receipts(conversation: ConversationId): Iterable<{ readonly device: DeviceId; readonly seq: number }>;
  receipt(conversation: ConversationId, device: DeviceId, username: Username, seq: number): void;
  /** Writes receipts that are kept in memory: the letters that told them will be gone. @throws ParleyError */
  saveReceipts(): void;
  /** Whether a link shares the conversation now, and whether one goes to the device. */
  reaches(conversation: ConversationId): boolean;
  linked(device: DeviceId): boolean;
  /** Whether nothing of a user is taken because our user has blocked them. */
  blocked(user: Username): boolean;
  /** What `Mailbox.state` says of the conversation has changed. */
  changed(conversation: ConversationId): void;
  readonly clock: Clock;
  readonly timers: MailTimers;
  readonly random: (bytes: number) => Buffer;
  readonly logger: Log;
}
