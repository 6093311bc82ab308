/**
 * Browser ↔ peer (SPEC.md section 8): the snapshot, the events and the commands. Types and schemas only; the UI imports
 * the types alone, so that no validator reaches the browser.
 */
import Type, { type Static, type TSchema } from 'typebox';

/** `sending` exists in the browser alone: the entry is not durable yet. */
export const EntryState = Type.Union([
  Type.Literal('sending'),
  Type.Literal('sent'),
  Type.Literal('delivered'),
  Type.Literal('read'),
]);
export type EntryState = Static<typeof EntryState>;

/** An entry of section 5 as the UI sees it, with its conversation and state. Of others' entries the state is `delivered`. */
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
  kind: Type.String(),
  message: Type.String(),
  data: Type.Record(Type.String(), Type.Unknown()),
  sig: Type.Optional(Type.String()),
  state: EntryState,
  /** On the event of an own entry: the `client` of the command that posted it, so that the UI replaces its optimistic row. */
  client: Type.Optional(Type.String()),
});
export type EntryView = Static<typeof EntryView>;

/**
 * How the tracker stands. `signed_out`: it answers but does not accept our session (next step: sign in).
 * `mistrusted`: it is not the tracker that this peer pinned.
 */
export const TrackerView = Type.Object({
  url: Type.String(),
  state: Type.Union([
    Type.Literal('connecting'),
    Type.Literal('connected'),
    Type.Literal('unreachable'),
    Type.Literal('signed_out'),
    Type.Literal('mistrusted'),
  ]),
  /** Present whenever the state is not `connected`: a sentence for people, with the next step. */
  reason: Type.Optional(Type.String()),
});
export type TrackerView = Static<typeof TrackerView>;

/** `self`: the user's own name. `offline`: nobody there. `connecting`: online, no link yet, `reason` says why. */
export const PersonView = Type.Object({
  username: Type.String(),
  presence: Type.Union([Type.Literal('online'), Type.Literal('away'), Type.Literal('busy'), Type.Literal('offline')]),
  link: Type.Union([Type.Literal('self'), Type.Literal('linked'), Type.Literal('connecting'), Type.Literal('none')]),
  reason: Type.Optional(Type.String()),
  lastSeen: Type.Optional(Type.String()),
  /** True while this user has compared the safety number with them, and none of their devices has changed since. */
  verified: Type.Optional(Type.Boolean()),
});
export type PersonView = Static<typeof PersonView>;

export const ChannelView = Type.Object({
  name: Type.String(),
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
});
export type NoticeView = Static<typeof NoticeView>;

export const Snapshot = Type.Object({
  type: Type.Literal('snapshot'),
  version: Type.Literal(1),
  /** The daemon's clock, for day lines and "last seen" against a browser whose clock differs. */
  now: Type.String(),
  me: Type.Object({ username: Type.String(), device: Type.String() }),
  tracker: TrackerView,
  p2p: Type.Object({ host: Type.String(), port: Type.Integer() }),
  people: Type.Array(PersonView),
  channels: Type.Array(ChannelView),
  conversations: Type.Array(ConversationView),
  notices: Type.Array(NoticeView),
});
export type Snapshot = Static<typeof Snapshot>;

/** Law: an old snapshot plus the events since equals a fresh snapshot (`now` aside). */
export type LocalEvent =
  | { type: 'entries'; conversation: string; entries: EntryView[] }
  | { type: 'receipts'; conversation: string; receipts: Record<string, number>; reads?: Record<string, number> }
  | { type: 'person'; person: PersonView }
  | { type: 'channel'; channel: ChannelView }
  | { type: 'conversation'; conversation: ConversationView }
  | { type: 'conversation_removed'; id: string }
  | { type: 'tracker'; tracker: TrackerView }
  | { type: 'notice'; notice: NoticeView }
  | { type: 'notice_removed'; id: string };

/** Ends a socket's authority: the UI shows the sign-in page. */
export interface SignedOut {
  type: 'signed_out';
  reason: string;
}

const Conversation = Type.String({ minLength: 1, maxLength: 80 });
const Name = Type.String({ minLength: 1, maxLength: 64 });

/** Every command by its name on the wire, with the schema of its arguments. One table for all doors. */
export const commandSchemas = {
  /** → `{entry: EntryView}`, once it is durable here. */
  'message.post': Type.Object({
    conversation: Conversation,
    message: Type.String({ maxLength: 65_536 }),
    data: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    client: Type.Optional(Type.String({ maxLength: 64 })),
  }),
  /** → `{entries: EntryView[], more: boolean}`, oldest first: those before the entry `before`, or the latest. */
  'history.page': Type.Object({
    conversation: Conversation,
    before: Type.Optional(Type.String()),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
  }),
  /** Everything up to this entry has been seen by the user. → `{}` */
  'conversation.read': Type.Object({ conversation: Conversation, upTo: Type.String() }),
  /** Opens the direct conversation with a user. → `{conversation}` */
  'conversation.open': Type.Object({ username: Name }),
  /** Joins, and creates if it does not exist. → `{conversation}` */
  'channel.join': Type.Object({ channel: Name }),
  'channel.leave': Type.Object({ channel: Name }),
  /** → `{channels: ChannelView[]}` */
  'channel.list': Type.Object({}),
  /** → `{people: PersonView[]}` */
  'people.list': Type.Object({}),
  /** Dials an address by hand, for a network where the tracker does not know it. → `{}` once tried. */
  'peer.connect': Type.Object({
    username: Name,
    host: Type.String(),
    port: Type.Integer({ minimum: 1, maximum: 65535 }),
  }),
  /** Signs the daemon in at the tracker again, after its session ended. → `{}` */
  'tracker.login': Type.Object({ password: Type.String({ maxLength: 1024 }) }),
  'notice.dismiss': Type.Object({ id: Type.String() }),
  /**
   * → `{number, devices}`: 60 digits to compare with the other user by voice, and the devices of both that they stand for.
   * The tracker is asked for new devices first, where it is there.
   */
  'trust.safety_number': Type.Object({ username: Name }),
  /** Remembers, or takes back, that the numbers were compared. `number`: the one compared; another one now is refused. → `{}` */
  'trust.verify': Type.Object({
    username: Name,
    verified: Type.Boolean(),
    number: Type.Optional(Type.String({ maxLength: 128 })),
  }),
  /** The user's own devices. → `{devices: DeviceView[]}` */
  'devices.list': Type.Object({}),
  /** Takes a device of one's own back, for good: others refuse it from now on. The tracker has to be there. → `{}` */
  'devices.revoke': Type.Object({ device: Type.String({ maxLength: 64 }) }),
} as const satisfies Record<string, TSchema>;

export type CommandName = keyof typeof commandSchemas;
export type CommandArguments<Name extends CommandName> = Static<(typeof commandSchemas)[Name]>;

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
  /** When it was revoked. */
  revokedAt?: string;
}

/** What each command answers besides `ok`. */
export interface CommandResults {
  'message.post': { entry: EntryView };
  'history.page': { entries: EntryView[]; more: boolean };
  'conversation.read': object;
  'conversation.open': { conversation: string };
  'channel.join': { conversation: string };
  'channel.leave': object;
  'channel.list': { channels: ChannelView[] };
  'people.list': { people: PersonView[] };
  'peer.connect': object;
  'tracker.login': object;
  'notice.dismiss': object;
  'trust.safety_number': { number: string; devices: SafetyDevice[] };
  'trust.verify': object;
  'devices.list': { devices: DeviceView[] };
  'devices.revoke': object;
}

/** `{"id":7,"command":"message.post",…arguments}`. */
export const CommandEnvelope = Type.Object({
  id: Type.Integer({ minimum: 0 }),
  command: Type.String({ maxLength: 64 }),
});

export type CommandResult =
  | ({ type: 'result'; id: number; ok: true } & Record<string, unknown>)
  | { type: 'result'; id: number; ok: false; code: string; message: string };

/** `GET /api/session`, open to all on the local address: what the sign-in page needs. */
export const SessionView = Type.Object({
  username: Type.String(),
  signedIn: Type.Boolean(),
  tracker: TrackerView,
});
export type SessionView = Static<typeof SessionView>;

/** `POST /api/login`: 200 with the cookie. With `register`, the account is made at the tracker first. */
export const LocalLogin = Type.Object({
  password: Type.String({ maxLength: 1024 }),
  register: Type.Optional(Type.Boolean()),
});
export type LocalLogin = Static<typeof LocalLogin>;

/** `GET /api/history`, `GET /api/search`. */
export const HistoryQuery = Type.Object({
  conversation: Conversation,
  before: Type.Optional(Type.String({ maxLength: 64 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
});
export const SearchQuery = Type.Object({
  q: Type.String({ minLength: 1, maxLength: 256 }),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
});
