/**
 * The messages of a link, one JSON object on each line (SPEC.md section 4): schemas, types and the parser. Unknown fields are
 * ignored, and an unknown type is returned as unknown, so that versions can differ.
 */
import Type, { type Static, type TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { ParleyError } from './errors.js';
import { isHeads } from './heads.js';
import { parseConversationId, type ConversationId, type DeviceId, type EntryId, type Username } from './ids.js';
import {
  DEVICE_ID_LENGTH,
  ENTRY_ID_LENGTH,
  HANDSHAKE_CHANNELS_MAX,
  MESSAGE_MAX,
  SEQ_MAX,
  USERNAME_PATTERN,
} from './limits.js';
import { Channel, Joined, Left, Push } from './channel-messages.js';
import { Punch } from './punch-messages.js';
import { isRanges, Ranges } from './range-messages.js';
import { SignedReceipts, Way, type ReceiptMessage } from './receipt-messages.js';
import { AccountWord } from './account-word.js';
import { Revocation } from './revocation.js';
import { isPlainData } from './text.js';

/** Conversations in one `have`; what does not fit goes into the next. The devices are bounded by the line's length. */
export const HAVE_CONVERSATIONS_MAX = 1024;
export const DEVICES_MAX = 64;
/** Logs in one `own_read`. */
export const OWN_READ_MAX = 512;
/** Statements in one `revoked`, or `accounts`. */
export const STATEMENTS_MAX = 64;
export const FEATURES_MAX = 64;

const Name = Type.Unsafe<Username>(Type.String({ pattern: USERNAME_PATTERN }));
const Device = Type.Unsafe<DeviceId>(Type.String({ pattern: `^[A-Za-z0-9_-]{${DEVICE_ID_LENGTH}}$` }));
const Entry = Type.Unsafe<EntryId>(Type.String({ pattern: `^[A-Za-z0-9_-]{${ENTRY_ID_LENGTH}}$` }));
/** Its canonical form is checked by the parser: a pattern cannot say that the names are sorted. */
const Conversation = Type.Unsafe<ConversationId>(Type.String({ maxLength: 80 }));
/** ISO 8601, UTC, milliseconds. */
const Time = Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$' });
const Seq = Type.Integer({ minimum: 1, maximum: SEQ_MAX });

/**
 * A log entry as it travels (section 5). Here only its shape has been checked, not its id, chain or signature. `chat`
 * has `channel: "direct"` and a `to`; `broadcast` has a channel's name, which may well be `direct`.
 */
export const WireEntry = Type.Object({
  type: Type.Union([Type.Literal('chat'), Type.Literal('broadcast')]),
  id: Entry,
  from: Name,
  device: Device,
  channel: Channel,
  to: Type.Optional(Name),
  seq: Seq,
  /** The id of the entry before it in this log; empty for the first. */
  prev: Type.Unsafe<EntryId | ''>(Type.String({ pattern: `^([A-Za-z0-9_-]{${ENTRY_ID_LENGTH}})?$` })),
  time: Time,
  /** A kind unknown to this version is kept and relayed. */
  kind: Type.String({ minLength: 1, maxLength: 32 }),
  message: Type.String({ maxLength: MESSAGE_MAX }),
  data: Type.Unsafe<Record<string, unknown>>(Type.Object({})),
  /** Of a pruned entry (pruned.ts): the hash of its content, which is left out. */
  body: Type.Optional(Type.String({ pattern: `^[A-Za-z0-9_-]{${ENTRY_ID_LENGTH}}$` })),
  /** Ed25519 over the id: 64 bytes, base64url. */
  sig: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_-]{86}$' })),
});
export type WireEntry = Static<typeof WireEntry>;

const Greeting = {
  username: Name,
  device: Device,
  version: Type.Integer({ minimum: 1 }),
  features: Type.Array(Type.String({ maxLength: 64 }), { maxItems: FEATURES_MAX }),
  channels: Type.Array(Channel, { maxItems: HANDSHAKE_CHANNELS_MAX }),
  /** Its clock. */
  time: Type.Optional(Time),
};
/** What the other side says of itself. It is a claim until it was compared with its certificate. */
export const Handshake = Type.Object({
  type: Type.Literal('handshake'),
  ...Greeting,
  /** Why it dials, where the other side may have no place left: `LinkNeed`; what is unknown means nothing. */
  need: Type.Optional(Type.String({ maxLength: 32 })),
});
export type Handshake = Static<typeof Handshake>;
/** A message waits for the link; or there is hardly a link in one of its channels. */
export type LinkNeed = 'message' | 'channel';
/** By which a listener decides whether it has a place. */
export type LinkClaim = Pick<Handshake, 'channels' | 'need'>;
export const HandshakeAck = Type.Object({ type: Type.Literal('handshake_ack'), ...Greeting });
export type HandshakeAck = Static<typeof HandshakeAck>;

const ErrorText = { code: Type.String({ maxLength: 64 }), message: Type.String({ maxLength: 1024 }) };
export const HandshakeRefused = Type.Object({ type: Type.Literal('handshake_refused'), ...ErrorText });
export type HandshakeRefused = Static<typeof HandshakeRefused>;
export const LinkError = Type.Object({ type: Type.Literal('error'), ...ErrorText, fatal: Type.Boolean() });
export type LinkError = Static<typeof LinkError>;

/** For each device the `seq` up to which all its entries are durable here. 0: none, and they are wanted. */
export const Have = Type.Object({
  type: Type.Literal('have'),
  conversations: Type.Unsafe<Record<ConversationId, Record<DeviceId, number>>>(Type.Object({})),
  /** On the last line of the first, complete account of what the two share. */
  complete: Type.Optional(Type.Boolean()),
});
export type Have = Static<typeof Have>;

/** Both ends inclusive; `from` ≤ `to`. */
export const Want = Type.Object({
  type: Type.Literal('want'),
  conversation: Conversation,
  device: Device,
  from: Seq,
  to: Seq,
});
export type Want = Static<typeof Want>;

/** Of this log the other side will not get what it wants from here, up to `upTo`: it is here without its content. */
export const Pruned = Type.Object({
  type: Type.Literal('pruned'),
  conversation: Conversation,
  device: Device,
  upTo: Seq,
});
export type Pruned = Static<typeof Pruned>;

/** PEM certificates of authors whom the other side may not know, before their entries. */
export const Devices = Type.Object({
  type: Type.Literal('devices'),
  certificates: Type.Array(Type.String({ maxLength: 4096 }), { maxItems: DEVICES_MAX }),
});
export type Devices = Static<typeof Devices>;

/** Ephemeral, of the link's user, never relayed. `typing` ends by itself some seconds after the last one. */
export const Typing = Type.Object({ type: Type.Literal('typing'), conversation: Conversation });
export type Typing = Static<typeof Typing>;
/**
 * The link's user has seen everything up to this entry of the log of the device that is told, and so holds it. Only entries
 * of that device are named.
 */
export const Read = Type.Object({ type: Type.Literal('read'), conversation: Conversation, upTo: Entry });
export type Read = Static<typeof Read>;
/**
 * To another device of the link's user alone: up to which entry of each device's log the user has read, here or as this device was told.
 * `whole`: on the last line of an account by a device that knows: logs that were not named are unread.
 */
export const OwnRead = Type.Object({
  type: Type.Literal('own_read'),
  conversation: Conversation,
  logs: Type.Unsafe<Record<DeviceId, number>>(Type.Object({})),
  whole: Type.Optional(Type.Boolean()),
});
export type OwnRead = Static<typeof OwnRead>;
/**
 * Devices whose revocation the tracker's CA has signed (section 3). `digest`: of all that this side knows, so that the other
 * answers with its own where they differ; see `peer/trust`.
 */
export const Revoked = Type.Object({
  type: Type.Literal('revoked'),
  statements: Type.Array(Revocation, { maxItems: STATEMENTS_MAX }),
  digest: Type.Optional(Type.String({ maxLength: 64 })),
});
export type Revoked = Static<typeof Revoked>;
/** What the tracker's CA says of accounts that are or were disabled (section 3); `digest` as in `revoked`. */
export const Accounts = Type.Object({
  type: Type.Literal('accounts'),
  words: Type.Array(AccountWord, { maxItems: STATEMENTS_MAX }),
  digest: Type.Optional(Type.String({ maxLength: 64 })),
});
export type Accounts = Static<typeof Accounts>;
export const Status = Type.Object({
  type: Type.Literal('status'),
  status: Type.Union([Type.Literal('online'), Type.Literal('away'), Type.Literal('busy')]),
});
export type Status = Static<typeof Status>;
/** `time`: the sender's clock. A `pong` may come unasked, when that clock was set. */
export const Ping = Type.Object({ type: Type.Literal('ping'), time: Type.Optional(Time) });
export type Ping = Static<typeof Ping>;
export const Pong = Type.Object({ type: Type.Literal('pong'), time: Type.Optional(Time) });
export type Pong = Static<typeof Pong>;
/** The feature of those who can move files (section 7). */
export const FILES_FEATURE = 'files';
/** Asks whoever dialled this link to dial a file link as well. */
export const FileCall = Type.Object({ type: Type.Literal('file_call') });
export type FileCall = Static<typeof FileCall>;

export type LinkMessage =
  | WireEntry
  | Handshake
  | HandshakeAck
  | HandshakeRefused
  | LinkError
  | Have
  | Want
  | Pruned
  | Ranges
  | Devices
  | Joined
  | Left
  | Push
  | ReceiptMessage
  | Typing
  | Read
  | OwnRead
  | Revoked
  | Accounts
  | Status
  | Ping
  | Pong
  | FileCall
  | Punch;

export interface UnknownMessage {
  type: 'unknown';
  /** The type that it had, shortened. */
  name: string;
}

type Check = (value: object) => LinkMessage;

/** One compiled validator a type, then what a schema cannot say. The cast is sound: the validator has just proved it. */
function checked<Schema extends TSchema>(schema: Schema, further?: (value: Static<Schema>) => boolean): Check {
  const validator = Compile(schema);
  return (value) => {
    if (!validator.Check(value) || further?.(value) === false) throw new ParleyError('bad_request');
    return value;
  };
}

const isOwnRead = (logs: OwnRead['logs']): boolean => Object.keys(logs).length <= OWN_READ_MAX && isHeads(logs);
const isConversation = (message: { conversation: string }): boolean =>
  parseConversationId(message.conversation) !== undefined;
const entry = checked(WireEntry, isEntry);

const checks: ReadonlyMap<unknown, Check> = new Map([
  ['chat', entry],
  ['broadcast', entry],
  ['have', checked(Have, isHave)],
  ['want', checked(Want, (want) => want.from <= want.to && isConversation(want))],
  ['pruned', checked(Pruned, isConversation)],
  ['ranges', checked(Ranges, isRanges)],
  ['devices', checked(Devices)],
  ['ping', checked(Ping)],
  ['pong', checked(Pong)],
  ['joined', checked(Joined)],
  ['left', checked(Left)],
  ['push', checked(Push)],
  ['receipts', checked(SignedReceipts)],
  ['way', checked(Way)],
  ['typing', checked(Typing, isConversation)],
  ['read', checked(Read, isConversation)],
  ['own_read', checked(OwnRead, (read) => isConversation(read) && isOwnRead(read.logs))],
  ['revoked', checked(Revoked)],
  ['accounts', checked(Accounts)],
  ['status', checked(Status)],
  ['file_call', checked(FileCall)],
  ['punch', checked(Punch)],
  ['error', checked(LinkError)],
  ['handshake', checked(Handshake)],
  ['handshake_ack', checked(HandshakeAck)],
  ['handshake_refused', checked(HandshakeRefused)],
]);

/**
 * One line → one message whose shape and bounds have been checked, its strings branded. Throws ParleyError `bad_json`
 * when it is not a JSON object, `bad_request` when it is not a message of its type.
 */
export function parseLinkMessage(line: string): LinkMessage | UnknownMessage {
  const value = parseObject(line);
  const check = checks.get(value.type);
  if (check) return check(value);
  if (typeof value.type !== 'string') throw new ParleyError('bad_request', 'A message has a "type".');
  return { type: 'unknown', name: value.type.slice(0, 64) };
}

function parseObject(line: string): { type?: unknown } {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new ParleyError('bad_json', undefined, { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new ParleyError('bad_json');
  return value;
}

/** Half surrogate pairs are refused: they have no UTF-8, so two sides could have different texts with the same hash. */
function isEntry(value: WireEntry): boolean {
  if (value.type === 'chat' && (value.channel !== 'direct' || value.to === undefined)) return false;
  return value.message.isWellFormed() && value.kind.isWellFormed() && isPlainData(value.data);
}

function isHave({ conversations }: Have): boolean {
  const all = Object.entries<unknown>(conversations);
  return (
    all.length <= HAVE_CONVERSATIONS_MAX &&
    all.every(([conversation, devices]) => parseConversationId(conversation) !== undefined && isHeads(devices))
  );
}
