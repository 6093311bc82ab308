/**
 * The events inside one peer: how a part tells those above it, without knowing them (docs/decisions/wiring.md). Parts are given
 * the parts below them and call these; everything that goes the other way is one of these events. Who listens, and in which
 * order, stands in `subscriptions.ts` alone. What browsers are told is `PeerEvents` in `peer/services.ts`.
 */
import { EventEmitter } from 'node:events';
import type { Entry } from '../../protocol/entry.js';
import type { ErrorCode } from '../../protocol/errors.js';
import type { ChannelName, ConversationId, DeviceId, EntryId, Username } from '../../protocol/ids.js';
import type { LinkMessage } from '../../protocol/link-messages.js';
import type { TrackerEvent } from '../../protocol/tracker-api.js';
import type { DownReason, FileConnection, Link, LinkEvents } from '../link/types.js';
import type { HeldLog } from '../log/intake.js';
import type { CheckedCertificate } from '../log/keyring.js';
import type { LogOptions } from '../log/log.js';
import type { Advance } from '../log/ports.js';
import type { MeshOptions } from '../mesh/mesh-options.js';
import type { LastWord } from '../mesh/ports.js';
import type { Held } from '../mesh/receipt-options.js';
import type { ChoiceChange } from '../settings/chosen-people.js';
import type { FreeSpaceOptions } from './free-space.js';

export interface Added {
  readonly conversation: ConversationId;
  readonly entries: readonly Entry[];
  readonly own: boolean;
  /** The marks of the posts, by the ids of their entries. */
  readonly clients: ReadonlyMap<EntryId, string>;
}

export interface Forked {
  readonly conversation: ConversationId;
  readonly device: DeviceId;
  readonly seq: number;
  /** Which brought the other entry; undefined where no link did. */
  readonly link: number | undefined;
  /** What stands before `seq` is the same in both. */
  readonly exact: boolean;
}

export type DiskLow = Exclude<Parameters<FreeSpaceOptions['changed']>[0], undefined>;

export interface InternalEvents {
  /** The log: as `LogOutput`, `LogOptions.refuse` and `LogOptions.held` say. */
  added: [added: Added];
  durable: [advance: Advance];
  forked: [fork: Forked];
  brought: [link: number, piece: Entry, isNews: boolean];
  set_back: [conversation: ConversationId, device: DeviceId];
  unproven: [link: number, device: DeviceId];
  refused: [link: number, code: ErrorCode];
  held: [log: HeldLog];
  /** What another device of the user tells that was read there is kept. */
  read_elsewhere: [conversation: ConversationId];
  /** What old messages of these conversations said is forgotten, or has come after all. */
  forgot: [ids: ReadonlySet<ConversationId>];
  /** As `LogOutput` says. */
  filled: [ids: ReadonlySet<ConversationId>];
  /** The user has chosen anew after how many days a conversation forgets. */
  forgets: [];
  /** Whether the user has older devices is known now. */
  age: [];
  storage: [error: Error | undefined];
  /** The disk has too little room for what others write; undefined: it has enough again. */
  disk_low: [low: DiskLow | undefined];

  /** Channels with more members than this peer links to. */
  crowded: [channels: ReadonlySet<ChannelName>];

  /** Links: as `LinkEvents` says. */
  link_up: [link: Link];
  link_messages: [link: Link, messages: LinkMessage[]];
  link_drain: [link: Link];
  link_clock: [link: Link, time: string];
  link_down: [link: Link, reason: DownReason];
  /** Another side has dialled a connection for files. Whoever hears it owns it. */
  file_link: [connection: FileConnection];

  /** The mesh: a device of another user says what it holds. */
  holds: [conversation: ConversationId, word: LastWord];
  /** The mesh: a receipt that a device of another user has signed has come by others. */
  receipt: [conversation: ConversationId, held: Held];
  /** The mesh: by digests it was found how far a device holds each log of a channel. */
  agreed: Parameters<NonNullable<MeshOptions['agreed']>>;
  /** More of our log is delivered to a user, or read by them. */
  delivered: [conversation: ConversationId];
  /** What waits in mailboxes for a conversation has changed. */
  mailed: [conversation: ConversationId];

  /** A certificate was checked against the CA, and kept. */
  certificate: [certificate: CheckedCertificate];
  /** The devices that count for a user are others now; `revoked`: that one does not any more. */
  devices: [username: Username, revoked?: DeviceId | undefined];
  /** The CA says of their account whether it is used. */
  account_word: [username: Username];
  /** The pinned devices of a user have changed, or whether they are verified. */
  verified: [username: Username];

  /** The clock of this machine was set. */
  clock_set: [];
  /** What the tracker's clock shows is known, for the first time in this life or since ours was set. */
  clock_known: [];

  /** How present this user is has changed. */
  presence: [];
  /** The user has chosen something of somebody. */
  chosen: [username: Username, change: ChoiceChange];

  /** The tracker has certified this device, for the first time or anew; it is kept. */
  certified: [];
  /** The tracker says so. After each connect the first is a snapshot. */
  heard: [event: TrackerEvent];
  /** Somebody new is on the local network. */
  nearby: [];
  /** The network is another one, or may be: the machine has slept. */
  network: [];
}

export type InternalEmitter = EventEmitter<InternalEvents>;

/** An emitter to which any number of parts may listen. */
export function newEmitter<Events extends Record<keyof Events, unknown[]>>(): EventEmitter<Events> {
  return new EventEmitter<Events>().setMaxListeners(0);
}

/** What the log tells, as events. */
export function logEvents(
  internal: InternalEmitter,
): Pick<LogOptions, 'out' | 'refuse'> & Required<Pick<LogOptions, 'held' | 'brought'>> {
  return {
    out: {
      added: (conversation, entries, own, clients) => {
        internal.emit('added', { conversation, entries, own, clients });
      },
      durable: (advance) => void internal.emit('durable', advance),
      forked: (conversation, device, seq, link, exact = false) => {
        internal.emit('forked', { conversation, device, seq, link, exact });
      },
      setBack: (conversation, device) => void internal.emit('set_back', conversation, device),
      unproven: (link, device) => void internal.emit('unproven', link, device),
      filled: (conversations) => void internal.emit('filled', conversations),
      storage: (error) => void internal.emit('storage', error),
    },
    refuse: (link, code) => void internal.emit('refused', link, code),
    brought: (...brought) => void internal.emit('brought', ...brought),
    held: (log) => void internal.emit('held', log),
  };
}

/** What links tell, as events. */
export function linkEvents(internal: InternalEmitter): LinkEvents {
  return {
    up: (link) => void internal.emit('link_up', link),
    messages: (link, messages) => void internal.emit('link_messages', link, messages),
    drain: (link) => void internal.emit('link_drain', link),
    clock: (link, time) => void internal.emit('link_clock', link, time),
    down: (link, reason) => void internal.emit('link_down', link, reason),
  };
}
