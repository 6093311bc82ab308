/** Browser ↔ peer (SPEC.md section 8): what the daemon tells, the snapshot and the events. */
import Type, { type Static } from 'typebox';
import type { DoctorProgress } from './doctor.js';
import { Notify, NotifyRules } from './local-notify.js';
import { StatusText } from './local-profile.js';
import { ReachView } from './reach.js';
import { HistoryView } from './local-own-devices.js';
import { Retention } from './local-retention.js';
import { AutoFetch, FilePreferences, TransferView } from './local-file-views.js';

/** `sending` exists in the browser alone: the entry is not durable yet. */
export const EntryState = Type.Union([
  Type.Literal('sending'),
  Type.Literal('sent'),
  Type.Literal('delivered'),
  Type.Literal('read'),
]);
export type EntryState = Static<typeof EntryState>;

/**
 * What stands in for the entry that another one answers. All but `id` is absent while the original is not here; `blocked` stands
 * alone beside it where the user has blocked who wrote it.
 */
export const QuoteView = Type.Object({
  id: Type.String(),
  from: Type.Optional(Type.String()),
  kind: Type.Optional(Type.String()),
  /** Its beginning, at most 280 characters. */
  message: Type.Optional(Type.String()),
  /** Of a `file`: what it is called, and what its author says that it is. */
  file: Type.Optional(
    Type.Object({ name: Type.String(), mime: Type.String(), voice: Type.Optional(Type.Literal(true)) }),
  ),
  deleted: Type.Optional(Type.Literal(true)),
  blocked: Type.Optional(Type.Literal(true)),
});
export type QuoteView = Static<typeof QuoteView>;

/** Who used an emoji on an entry, in the order in which they did; user names as they write them. */
export const ReactionView = Type.Object({ emoji: Type.String(), users: Type.Array(Type.String()) });
export type ReactionView = Static<typeof ReactionView>;

/**
 * What later entries say of this one (section 5, relations): folded by the daemon, so that `message` and `data` are those of
 * the latest edit, and empty once it is deleted. Each is absent where there is nothing to say.
 */
const Relations = {
  /** When the latest edit was written. */
  edited: Type.Optional(Type.String()),
  deleted: Type.Optional(Type.Literal(true)),
  /** In the order of their first use. */
  reactions: Type.Optional(Type.Array(ReactionView)),
  pinned: Type.Optional(Type.Object({ by: Type.String(), time: Type.String() })),
  reply: Type.Optional(QuoteView),
};

/**
 * An entry of section 5 as the UI sees it, with its conversation and state. Of others' entries the state is `delivered`.
 * Edits, deletions, reactions and profiles are no rows of a timeline: they show in the entries that they are about.
 */
export const EntryView = Type.Object({
  type: Type.Union([Type.Literal('chat'), Type.Literal('broadcast')]),
  id: Type.String(),
  conversation: Type.String(),
  from: Type.String(),
  device: Type.String(),
  /** The channel's name, or `direct`. */
  channel: Type.String(),
  to: Type.Optional(Type.String()),
  seq: Type.Integer(),
  prev: Type.String(),
  time: Type.String(),
  /** Where it stands in the timeline, where that is not at its time: a clock was wrong (section 5). */
  at: Type.Optional(Type.String()),
  kind: Type.String(),
  message: Type.String(),
  data: Type.Record(Type.String(), Type.Unknown()),
  sig: Type.Optional(Type.String()),
  state: EntryState,
  ...Relations,
  /** Its device was certified by a tracker that was set up anew since: it stays as it is, and nobody can edit or delete it. */
  former: Type.Optional(Type.Literal(true)),
  /** Of a `file`: its bytes are here. */
  here: Type.Optional(Type.Literal(true)),
  /** On the event of an own entry: the `client` of the command that posted it, so that the UI replaces its optimistic row. */
  client: Type.Optional(Type.String()),
});
export type EntryView = Static<typeof EntryView>;

/**
 * How the tracker stands. `signed_out`: it answers but does not accept our session (next step: sign in).
 * `mistrusted`: it is not the tracker that this peer pinned. `refused`: it lets nobody in with this account for now, and `code` says why;
 * it is asked again by itself.
 */
export const TrackerView = Type.Object({
  url: Type.String(),
  state: Type.Enum(['connecting', 'connected', 'unreachable', 'signed_out', 'mistrusted', 'refused']),
  /** Present whenever the state is `refused`. */
  code: Type.Optional(Type.Enum(['account_disabled', 'account_pending'])),
  /** Present whenever the state is not `connected`: a sentence for people, with the next step. */
  reason: Type.Optional(Type.String()),
});
export type TrackerView = Static<typeof TrackerView>;

export const Presence = Type.Enum(['online', 'away', 'busy', 'offline']);
export type Presence = Static<typeof Presence>;

/** What the relay said where it was asked for a way: it is off, full, or the other device did not come to it. */
export const RelayWhy = Type.Enum(['relay_off', 'relay_full', 'they_do_not_come']);
export type RelayWhy = Static<typeof RelayWhy>;

/** Why there is no direct link, for programs: `silent`, `refused`, … or an error code, and at which of the addresses. */
export const PathWhy = Type.Object({
  code: Type.String(),
  address: Type.Optional(Type.String()),
  /** Why there is none over the relay either, where that is known. */
  relay: Type.Optional(RelayWhy),
});
export type PathWhy = Static<typeof PathWhy>;

/** `self`: the user's own name. `offline`: nobody there. `connecting`: online, no link yet, `reason` says why. */
export const PersonView = Type.Object({
  username: Type.String(),
  presence: Presence,
  link: Type.Union([Type.Literal('self'), Type.Literal('linked'), Type.Literal('connecting'), Type.Literal('none')]),
  reason: Type.Optional(Type.String()),
  /** Of a link: how it goes. */
  path: Type.Optional(Type.Union([Type.Literal('direct'), Type.Literal('relayed')])),
  pathWhy: Type.Optional(PathWhy),
  lastSeen: Type.Optional(Type.String()),
  /** They have an account, and no peer of theirs was ever heard of. */
  unstarted: Type.Optional(Type.Boolean()),
  /** By the CA's word: an admin has disabled or removed their account. */
  disabled: Type.Optional(Type.Literal(true)),
  /** True while this user has compared the safety number with them, and none of their devices has changed since. */
  verified: Type.Optional(Type.Boolean()),
  /** From their profile: the display name, a line about now, and the address of the picture on this daemon. */
  name: Type.Optional(Type.String()),
  status: Type.Optional(StatusText),
  picture: Type.Optional(Type.String()),
  /** By their own word: a program writes in this name. */
  bot: Type.Optional(Type.Literal(true)),
  /** By the tracker's word, or by the name that guests alone are given: here for one visit. */
  guest: Type.Optional(Type.Literal(true)),
  /** Of this user's own choosing, kept here alone. Of whom is blocked nothing else is told. */
  friend: Type.Optional(Type.Boolean()),
  muted: Type.Optional(Type.Boolean()),
  blocked: Type.Optional(Type.Boolean()),
});
export type PersonView = Static<typeof PersonView>;

export const ChannelView = Type.Object({
  name: Type.String(),
  title: Type.Optional(Type.String()),
  state: Type.Optional(Type.Enum(['archived', 'deleted'])),
  topic: Type.String(),
  members: Type.Integer(),
  joined: Type.Boolean(),
});
export type ChannelView = Static<typeof ChannelView>;

/**
 * One conversation of the user: a joined channel, or a direct one that has entries or was opened.
 * `receipts`: for each other user, up to which `seq` of this device's own log every device of theirs that is known here holds
 * it durably (devices that are revoked, or whose certificate has run out, do not count). It only rises.
 */
export const ConversationView = Type.Object({
  id: Type.String(),
  unread: Type.Integer(),
  /** How many of the unread name this user, or call all of the channel; absent for none. */
  mentions: Type.Optional(Type.Integer()),
  /** What is worth a notification here; absent: in a channel what the preferences say, else `all`. */
  notify: Type.Optional(Notify),
  /** Which of its files come by themselves, and after how many days it is forgotten here; absent for `default`. */
  autoFetch: Type.Optional(AutoFetch),
  retention: Type.Optional(Retention),
  /** Up to which (time, device, seq) this user has read, on any of their windows: the id of that entry. */
  readUpTo: Type.Optional(Type.String()),
  latest: Type.Optional(EntryView),
  receipts: Type.Record(Type.String(), Type.Integer()),
  /** For each other user who says so: up to which `seq` of this device's own log they have read. It only rises. */
  reads: Type.Optional(Type.Record(Type.String(), Type.Integer())),
  /** Why the newest own entry has not reached the others yet, and when it will: a sentence for people. */
  pending: Type.Optional(Type.String()),
});
export type ConversationView = Static<typeof ConversationView>;

/** Something the user has to know of and may dismiss: a pinned key changed, a device forked, storage fails. */
export const NoticeView = Type.Object({
  id: Type.String(),
  level: Type.Union([Type.Literal('info'), Type.Literal('warning'), Type.Literal('error')]),
  code: Type.String(),
  text: Type.String(),
  time: Type.String(),
  /** Whose devices it is about, so that the UI can offer the next step. */
  username: Type.Optional(Type.String()),
  /** What the user calls the device of their own that it is about. */
  device: Type.Optional(Type.String()),
  /** Of a clock: how far it is ahead (negative: behind), milliseconds, so that the UI can tell it in its language. */
  clockAheadMs: Type.Optional(Type.Integer()),
});
export type NoticeView = Static<typeof NoticeView>;

/** A device that a safety number stands for. */
export interface SafetyDevice {
  username: string;
  device: string;
}

/** A device of the user's own. */
export interface DeviceView {
  device: string;
  /** Whether it is the one that answers. */
  current: boolean;
  revoked: boolean;
  /** When the tracker first certified it; absent while the tracker is away. */
  created?: string;
  revokedAt?: string;
  /** What the user calls it, what it runs on, and when it was last online, in steps of five minutes. */
  name?: string;
  platform?: string;
  seen?: string;
}

/** What the user has chosen for all of their windows. */
export const PreferencesView = Type.Object({
  /** `auto`: online, and away once no window has been used for a while. */
  presence: Type.Union([Type.Literal('auto'), Type.Literal('away'), Type.Literal('busy')]),
  /** No notifications before then (ISO time; the year 9999 for "until I say so"). Absent: they are wanted. */
  quietUntil: Type.Optional(Type.String()),
  /** Whether others are told what the user has read, and when they type. */
  sendReads: Type.Boolean(),
  sendTyping: Type.Boolean(),
  /** Nobody is told this device's address: all links go over a relay. Absent where that is not the user's to choose: at a gateway. */
  relayOnly: Type.Optional(Type.Boolean()),
  notify: NotifyRules,
  files: FilePreferences,
  retention: Retention,
});
export type PreferencesView = Static<typeof PreferencesView>;

export const Snapshot = Type.Object({
  type: Type.Literal('snapshot'),
  version: Type.Literal(1),
  /** The daemon's clock, for day lines and "last seen" against a browser whose clock differs. */
  now: Type.String(),
  me: Type.Object({ username: Type.String(), device: Type.String() }),
  tracker: TrackerView,
  p2p: Type.Object({ host: Type.String(), port: Type.Integer() }),
  reach: ReachView,
  people: Type.Array(PersonView),
  /** Names of those whom the user blocks; they are in no other place. */
  blocked: Type.Array(Type.String()),
  channels: Type.Array(ChannelView),
  conversations: Type.Array(ConversationView),
  notices: Type.Array(NoticeView),
  preferences: PreferencesView,
  /** Files on their way. */
  transfers: Type.Array(TransferView),
  /** Absent while nothing is fetched. */
  history: Type.Optional(HistoryView),
});
export type Snapshot = Static<typeof Snapshot>;

/**
 * Law: an old snapshot plus the events since equals a fresh snapshot (`now` aside). A snapshot comes among the events, too, once the
 * user blocks other people: it takes the place of all before, and whatever was loaded is to be read again.
 */
export type LocalEvent =
  /** `alerts`: the ids of those that are worth a notification, by the user's rules. */
  | { type: 'entries'; conversation: string; entries: EntryView[]; alerts?: string[] }
  /** Entries that are here already look different now: edited, deleted, reacted to, pinned. Whoever does not show them ignores it. */
  | { type: 'changed'; conversation: string; entries: EntryView[] }
  | { type: 'receipts'; conversation: string; receipts: Record<string, number>; reads?: Record<string, number> }
  | { type: 'person'; person: PersonView }
  | { type: 'channel'; channel: ChannelView }
  /** `markedUnread`: since the last such event the user asked for it to be unread (`conversation.unread`), here or elsewhere. */
  | { type: 'conversation'; conversation: ConversationView; markedUnread?: true }
  | { type: 'conversation_removed'; id: string }
  | { type: 'tracker'; tracker: TrackerView }
  | { type: 'reach'; reach: ReachView }
  | { type: 'notice'; notice: NoticeView }
  | { type: 'notice_removed'; id: string }
  | { type: 'preferences'; preferences: PreferencesView }
  /** How much of the user's history has come from another device; without `history`: all that is to come. At most twice a second. */
  | { type: 'history'; history?: HistoryView }
  /** At most 4 a second of one transfer. */
  | { type: 'file'; transfer: TransferView }
  /** It was cancelled, or who it went to has gone. */
  | { type: 'file_removed'; id: string }
  /** Of this moment alone, and in no snapshot: how far a `doctor.run` is, whichever door asked for it. */
  | ({ type: 'doctor' } & DoctorProgress)
  /** Of this moment alone, and in no snapshot: shown until an entry of theirs comes, at most TYPING_SHOWN_MS. */
  | { type: 'typing'; conversation: string; username: string };

/** Ends a socket's authority: the UI shows the sign-in page. */
export interface SignedOut {
  type: 'signed_out';
  reason: string;
}
