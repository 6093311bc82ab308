/** Bodies of the tracker's HTTP API and its events (SPEC.md section 2). */
import Type, { type Static } from 'typebox';
import { AccountWord } from './account-word.js';
import { ChannelWord } from './channel-word.js';
import { CircuitEvent } from './circuit.js';
import {
  ADD_LIST_MEMBERS_MAX,
  CHANNEL_PATTERN,
  DEVICE_ID_LENGTH,
  DEVICE_NAME_MAX,
  INVITE_MAX,
  LINEAGE_MAX,
  PASSWORD_MAX,
  TRACKERS_MAX,
  USERNAME_PATTERN,
  USERS_PAGE_MAX,
} from './limits.js';
import { Reach } from './reach.js';
import { Revocation } from './revocation.js';

export const UsernameField = Type.String({ pattern: USERNAME_PATTERN });
export const ChannelField = Type.String({ pattern: CHANNEL_PATTERN });
export const DeviceField = Type.String({ pattern: `^[A-Za-z0-9_-]{${DEVICE_ID_LENGTH}}$` });
const Host = Type.String({ minLength: 1, maxLength: 255 });
const Port = Type.Integer({ minimum: 1, maximum: 65535 });
const Pem = Type.String({ maxLength: 8192 });

/** Length in bytes is checked by the account rules, so that a wrong one is `bad_password`, not `bad_request`. */
export const Credentials = Type.Object({
  username: Type.String({ maxLength: 256 }),
  password: Type.String({ maxLength: 4 * PASSWORD_MAX }),
});
export type Credentials = Static<typeof Credentials>;

/** 48 bytes that only the trackers of one CA can make, and that hold for one device and a minute. */
const Challenge = Type.String({ pattern: '^[A-Za-z0-9_-]{54}$' });
const Signature = Type.String({ pattern: '^[A-Za-z0-9_-]{86}$' });

/** Of `POST /session`, or of `POST /register` where the tracker has lost the account. See `device-proof.ts` for what is signed. */
export const AskChallenge = Type.Object({ device: DeviceField });
export const Challenged = Type.Object({ status: Type.Literal('success'), challenge: Challenge });
export const DeviceSignIn = Type.Object({
  device: DeviceField,
  challenge: Challenge,
  sig: Signature,
  /** Lets a tracker that does not know the device say whether it has lost the account. */
  certificate: Type.Optional(Pem),
});
export type DeviceSignIn = Static<typeof DeviceSignIn>;

/** `invite`: the code of one, or the link that ends in it. The last three together: the device that asks had the account, by a certificate of this CA. */
export const Registration = Type.Object({
  ...Credentials.properties,
  invite: Type.Optional(Type.String({ maxLength: INVITE_MAX })),
  certificate: Type.Optional(Pem),
  challenge: Type.Optional(Challenge),
  sig: Type.Optional(Signature),
});
export type Registration = Static<typeof Registration>;

/** Addresses of the trackers that stand for one another, as whoever runs them has named them. */
export const TrackerAddresses = Type.Array(Type.String({ maxLength: 512 }), { maxItems: TRACKERS_MAX });
/** The answer to `GET /trackers`. */
export const TrackerList = Type.Object({ status: Type.Literal('success'), trackers: TrackerAddresses });

/**
 * The answers to `GET /guests`: whether there may be any, and who makes an account (absent at an older tracker); and to `POST /guests`: who
 * one is.
 */
export const GuestsAllowed = Type.Object({
  status: Type.Literal('success'),
  guests: Type.Boolean(),
  registration: Type.Optional(Type.Enum(['open', 'invite', 'approval', 'closed'])),
});
export type GuestsAllowed = Static<typeof GuestsAllowed>;
export const GuestEntered = Type.Object({
  status: Type.Literal('success'),
  username: UsernameField,
  token: Type.String(),
});

export const Address = Type.Object({ host: Host, port: Port });
export type Address = Static<typeof Address>;

/** One line that can be seen; what cannot be is left out (`device-name.ts`). */
export const DeviceNameField = Type.String({ minLength: 1, maxLength: DEVICE_NAME_MAX });

const RunMark = Type.String({ pattern: '^[A-Za-z0-9_-]{16}$' });

export const SubmitInfo = Type.Object({
  username: UsernameField,
  ip: Type.Optional(Host),
  port: Port,
  channels: Type.Optional(Type.Array(ChannelField, { maxItems: 512 })),
  device: Type.Optional(DeviceField),
  csr: Type.Optional(Pem),
  addresses: Type.Optional(Type.Array(Address, { maxItems: 16 })),
  /** Marks of the device's starts and stops, latest first. They show a copy or an old backup of the device. */
  lineage: Type.Optional(Type.Array(RunMark, { minItems: 1, maxItems: LINEAGE_MAX })),
  /** Another one after each start that may have lost what earlier runs held. */
  epoch: Type.Optional(RunMark),
  /** How the device is reached, as it has found out; absent while it does not know. */
  reach: Type.Optional(Reach),
  /** What the device is to be called unless it has a name, and what it runs on. */
  name: Type.Optional(DeviceNameField),
  platform: Type.Optional(DeviceNameField),
});
export type SubmitInfo = Static<typeof SubmitInfo>;

export const Submitted = Type.Object({
  status: Type.Literal('success'),
  peer_id: Type.String(),
  total_peers: Type.Integer(),
  certificate: Type.Optional(Pem),
  ca: Type.Optional(Pem),
  /** `diverged`: the device has continued elsewhere, so this one is a copy, and is not listed. */
  lineage: Type.Optional(Type.Union([Type.Literal('continues'), Type.Literal('diverged')])),
  /** Told once: a copy of this device has been started. */
  copied: Type.Optional(Type.Boolean()),
});
export type Submitted = Static<typeof Submitted>;

export const AddList = Type.Object({ username: UsernameField, channel: ChannelField });
export type AddList = Static<typeof AddList>;

/** Of `/add-list`, and of leaving. `members`: the first ADD_LIST_MEMBERS_MAX by name; `member_count`: all. */
export const Membership = Type.Object({
  status: Type.Literal('success'),
  channel: ChannelField,
  members: Type.Array(UsernameField, { maxItems: ADD_LIST_MEMBERS_MAX }),
  member_count: Type.Integer(),
});
export type Membership = Static<typeof Membership>;

export const GetList = Type.Object({
  channel: Type.Optional(ChannelField),
  /** A random choice of this many. */
  sample: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
  /** Peers whose id sorts after this one. */
  after: Type.Optional(Type.String({ maxLength: 64 })),
});
export type GetList = Static<typeof GetList>;

export const PeerRecord = Type.Object({
  username: UsernameField,
  ip: Host,
  port: Port,
  /** Absent for a client that submitted no device: it is listed but cannot be linked to. */
  device: Type.Optional(DeviceField),
  addresses: Type.Array(Address),
  status: Type.Union([Type.Literal('online'), Type.Literal('away'), Type.Literal('busy')]),
  /** Channels that the user is a member of. */
  channels: Type.Array(ChannelField),
  /** What the device said that it holds is not relied on once this is another one. */
  epoch: Type.Optional(RunMark),
  /** How others reach the device, by its own word. */
  reach: Type.Optional(Reach),
});
export type PeerRecord = Static<typeof PeerRecord>;

export const PeerList = Type.Object({
  status: Type.Literal('success'),
  peers: Type.Array(PeerRecord),
  /** Of a part of the list: how many users are online in all of it. */
  online: Type.Optional(Type.Integer({ minimum: 0 })),
});
export type PeerList = Static<typeof PeerList>;

/** An account, online or not. `word`: the CA's, where an admin has disabled or removed it, or let it in again. */
export const UserRecord = Type.Object({
  username: UsernameField,
  online: Type.Boolean(),
  /** When a peer of the user was last online, in steps of LAST_SEEN_STEP_MS; absent if none ever was. */
  last_seen: Type.Optional(Type.String({ maxLength: 32 })),
  /** Made for one visit. One whose visit is over is in no list, and still found by name. */
  guest: Type.Optional(Type.Literal(true)),
  word: Type.Optional(AccountWord),
});
export type UserRecord = Static<typeof UserRecord>;

/** `q`: a part of the name, in upper or lower case. `after`: the last name of the page before. */
export const ListUsers = Type.Object({
  q: Type.Optional(UsernameField),
  after: Type.Optional(UsernameField),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: USERS_PAGE_MAX })),
});
export type ListUsers = Static<typeof ListUsers>;

export const UserList = Type.Object({
  status: Type.Literal('success'),
  users: Type.Array(UserRecord, { maxItems: USERS_PAGE_MAX }),
  more: Type.Boolean(),
});
export type UserList = Static<typeof UserList>;

export const OneUser = Type.Object({ status: Type.Literal('success'), user: UserRecord });
export type OneUser = Static<typeof OneUser>;

export const ChannelRecord = Type.Object({
  name: ChannelField,
  topic: Type.String({ maxLength: 256 }),
  /** How many users are in it. For the permanent channels: all accounts. */
  members: Type.Integer(),
  /** Whether the session's user is in it. */
  joined: Type.Boolean(),
  /** Of one that an admin has renamed or archived. */
  word: Type.Optional(ChannelWord),
});
export type ChannelRecord = Static<typeof ChannelRecord>;

export const DeviceRecord = Type.Object({
  device: DeviceField,
  username: UsernameField,
  certificate: Pem,
  created: Type.String(),
  revoked: Type.Boolean(),
  /** Of a revoked device: the CA's statement for other peers. */
  revocation: Type.Optional(Revocation),
  /** These three are told to its user and to admins. */
  name: Type.Optional(DeviceNameField),
  platform: Type.Optional(DeviceNameField),
  /** When it was last online, in steps of LAST_SEEN_STEP_MS. */
  seen: Type.Optional(Type.String({ maxLength: 32 })),
});
export type DeviceRecord = Static<typeof DeviceRecord>;

export const RenameDevice = Type.Object({ name: DeviceNameField });

export const Failure = Type.Object({
  status: Type.Literal('failed'),
  code: Type.String(),
  message: Type.String(),
  /** Of a refusal for good, see `refusalBytes` in device-proof.ts. */
  sig: Type.Optional(Signature),
});
export type Failure = Static<typeof Failure>;

/** `GET /me`: `{status, username, channels}`. */
export const Me = Type.Object({
  status: Type.Literal('success'),
  username: UsernameField,
  channels: Type.Array(ChannelField),
  /** Whether they administer the tracker, and how accounts are made there. */
  admin: Type.Boolean(),
  registration: Type.Enum(['open', 'invite', 'approval', 'closed']),
});
export type Me = Static<typeof Me>;

/** Whether the peers of a snapshot are all of those online, and how many users may be followed. */
export const PresenceView = Type.Object({ whole: Type.Boolean(), follow: Type.Integer({ minimum: 0 }) });

/**
 * What `/events` pushes. The first message is `snapshot`; deltas follow, coalesced. A client that reads slowly is closed
 * with 1013 and starts again from a snapshot. The server pings; a client that misses two is closed.
 */
export const TrackerEvent = Type.Union([
  Type.Object({
    type: Type.Literal('snapshot'),
    peers: Type.Array(PeerRecord),
    channels: Type.Array(ChannelRecord),
    /** The latest revocations of devices, newest first; at most 1,000. */
    revoked: Type.Optional(Type.Array(Revocation, { maxItems: 1000 })),
    /** Of accounts that are or were disabled or removed, newest first; at most 1,000. Absent where there are none. */
    accounts: Type.Optional(Type.Array(AccountWord, { maxItems: 1000 })),
    /** Of channels that were deleted, which are not among `channels`; newest first, at most 1,000. Absent where there are none. */
    deleted: Type.Optional(Type.Array(ChannelWord, { maxItems: 1000 })),
    /** Absent where they are not named. */
    trackers: Type.Optional(TrackerAddresses),
    /** For a socket that asks for a part. */
    view: Type.Optional(PresenceView),
  }),
  /** For a socket that asks for a part: it is told of `peers` from now on, and of those in `unseen` no more, who may be online. */
  Type.Object({
    type: Type.Literal('view'),
    whole: Type.Boolean(),
    peers: Type.Array(PeerRecord),
    unseen: Type.Array(Type.Object({ username: UsernameField, device: Type.Optional(DeviceField) })),
  }),
  Type.Object({ type: Type.Literal('peer_joined'), peer: PeerRecord }),
  Type.Object({ type: Type.Literal('peer_updated'), peer: PeerRecord }),
  Type.Object({ type: Type.Literal('peer_left'), username: UsernameField, device: Type.Optional(DeviceField) }),
  /** Created, renamed, archived or taken from the archive, or its topic or member count changed. `joined` is that of the receiver. */
  Type.Object({ type: Type.Literal('channel_updated'), channel: ChannelRecord }),
  /** Nobody is in it any more, and nobody joins it: `word` proves it. */
  Type.Object({ type: Type.Literal('channel_deleted'), channel: ChannelField, word: ChannelWord }),
  Type.Object({ type: Type.Literal('channel_joined'), channel: ChannelField, username: UsernameField }),
  Type.Object({ type: Type.Literal('channel_left'), channel: ChannelField, username: UsernameField }),
  Type.Object({ type: Type.Literal('device_revoked'), revocation: Revocation }),
  /** An account was made. Not sent if the list of accounts is restricted. */
  Type.Object({ type: Type.Literal('user_registered'), username: UsernameField }),
  /** An admin has disabled or removed the account, or lets it in again: `word` proves it. */
  Type.Object({ type: Type.Literal('user_disabled'), username: UsernameField, word: AccountWord }),
  Type.Object({ type: Type.Literal('user_enabled'), username: UsernameField, word: AccountWord }),
  /** Section 6: a letter arrived for the device of this socket. */
  Type.Object({ type: Type.Literal('mailbox') }),
  /** Section 12: another device asks the one of this socket to meet it at a relay. */
  CircuitEvent,
]);
export type TrackerEvent = Static<typeof TrackerEvent>;
