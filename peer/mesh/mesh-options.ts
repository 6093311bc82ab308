/** What the mesh is given: the log, the links, time, and whom it tells. */
import type { Entry } from '../../protocol/entry.js';
import type { Heads } from '../../protocol/heads.js';
import type { ChannelName, ConversationId, DeviceId, Username } from '../../protocol/ids.js';
import type { Log as Logger } from '../services.js';
import type { EntryCodec } from './codec.js';
import type { LinkToken, LogHeads, SyncOutput } from './ports.js';
import type { SenderLog } from './sender.js';
import type { SessionLink } from './session.js';
import type { SignedReceiptParts } from './receipt-options.js';

export interface MeshLog extends LogHeads {
  receive(link: LinkToken, entries: readonly Entry[]): void;
  linkDown(link: LinkToken): void;
  ownTail(conversation: ConversationId, seq: number | undefined): void;
  /** Of entries that are not written yet. Bytes. */
  readonly backlog: number;
  /** Logs that are ahead of their rate: whether one waits for its time, and those whose time has come. */
  readonly holding?: boolean;
  due?(): readonly { readonly conversation: ConversationId; readonly device: DeviceId }[];
}

export interface MeshLink extends SessionLink {
  readonly remote: { readonly username: Username; readonly device: DeviceId; readonly certificate: string };
  readonly channels: ReadonlySet<ChannelName>;
  readonly features: readonly string[];
}

export interface MeshOptions {
  readonly username: Username;
  readonly device: DeviceId;
  readonly channels: ReadonlySet<ChannelName>;
  readonly log: MeshLog;
  readonly senderLog: SenderLog;
  readonly addCertificate: (pem: string) => void;
  readonly clock: { now(): number; soon(callback: () => void): void };
  readonly timers: { setInterval(callback: () => void, ms: number): unknown; clearInterval(timer: unknown): void };
  readonly receipt: SyncOutput['receipt'];
  /** By digests it was found how far a device holds each log of a channel: what a `have` would have said. */
  readonly agreed?: (
    from: { readonly link: LinkToken; readonly remote: DeviceId },
    conversation: ConversationId,
    theirs: Heads,
  ) => void;
  /** So many logs of a channel are told one by one; those of the protocol unless given. */
  readonly listed?: number;
  readonly signedReceipts: SignedReceiptParts;
  readonly logger: Logger;
  /** NDJSON unless given. */
  readonly codec?: EntryCodec;
}
