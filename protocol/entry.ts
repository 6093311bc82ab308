/**
 * The log entry (SPEC.md section 5): its signing bytes, its id, and the form that crosses the wire. Hashing is the only
 * cryptography here; signatures are made and checked by whoever holds keys.
 */
import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { ParleyError } from './errors.js';
import {
  channelConversation,
  conversationParts,
  directConversation,
  otherParty,
  type ChannelName,
  type ConversationId,
  type DeviceId,
  type EntryId,
  type Username,
} from './ids.js';
import { DATA_MAX, MESSAGE_MAX } from './limits.js';
import type { WireEntry } from './link-messages.js';
import { PRUNED_KIND, prunedOf, type PrunedContent } from './pruned.js';
import { isPlainData, isStorable } from './text.js';
import { msOf } from './time.js';

export type EntryData = Readonly<Record<string, unknown>>;

/** What an author signs, but with the body itself instead of its hash. */
export interface EntryFields {
  readonly conversation: ConversationId;
  readonly from: Username;
  readonly device: DeviceId;
  /** 1, 2, 3 … within one device's log of one conversation. */
  readonly seq: number;
  /** Id of the entry before, or the empty string for the first. */
  readonly prev: EntryId | '';
  /** ISO 8601, UTC, milliseconds. */
  readonly time: string;
  readonly kind: string;
  readonly message: string;
  readonly data: EntryData;
  /** Of an entry whose content is gone, and which is of the kind PRUNED_KIND here: what its author signed in its place. */
  readonly pruned?: PrunedContent;
}

export interface Entry extends EntryFields {
  readonly id: EntryId;
  /** Ed25519 over the 32 bytes of the id, base64url. Only the last entry of a burst has one. */
  readonly sig?: string;
  /** Where it stands on this peer's screens, where that is not at its time (order.ts). Never on a wire, never signed. */
  readonly at?: string;
}

/** RFC 8785 text of `data`. Throws `bad_entry` for what has no canonical form (lone surrogates, numbers that are none). */
export function canonicalData(data: EntryData): string {
  if (!isEmpty(data)) {
    try {
      return canonicalize(data) ?? '{}';
    } catch (error) {
      throw new ParleyError('bad_entry', `The data of an entry has no canonical JSON: ${String(error)}.`);
    }
  }
  return '{}';
}

/**
 * The bytes whose SHA-256 is the id. Members stand in the order of RFC 8785; names, ids and times are ASCII without
 * escapes, so that only `kind` and the message need JSON's escaping.
 */
export function signingText(fields: EntryFields): string {
  const { kind, body } = fields.pruned ?? { kind: fields.kind, body: bodyHash(fields) };
  return (
    `parley/entry/1\n{"body":"${body}","conversation":"${fields.conversation}","device":"${fields.device}",` +
    `"from":"${fields.from}","kind":${JSON.stringify(kind)},"prev":"${fields.prev}","seq":${fields.seq},"time":"${fields.time}"}`
  );
}

/** What is signed in place of the content. */
export function bodyHash({ message, data }: Pick<EntryFields, 'message' | 'data'>): string {
  return hash('sha256', `{"data":${canonicalData(data)},"message":${JSON.stringify(message)}}`, 'base64url');
}

/** The same entry without its content: its place in the log, its id and its signature still hold. */
export function pruned(entry: Entry): Entry {
  if (entry.pruned) return entry;
  const content = { kind: entry.kind, body: bodyHash(entry) };
  return { ...entry, kind: PRUNED_KIND, message: '', data: {}, pruned: content };
}

export function entryId(fields: EntryFields): EntryId {
  return hash('sha256', signingText(fields), 'base64url') as EntryId;
}

/** The bytes that a signature covers. */
export function signedBytes(id: EntryId): Buffer {
  return Buffer.from(id, 'base64url');
}

export function toWire(entry: Entry): WireEntry {
  const { conversation, from, device, id, seq, prev, time, message, data, sig } = entry;
  const isChannel = conversation.startsWith('#');
  // `direct` stands where a channel's name would; `to` is the name under which the conversation knows the receiver.
  const channel = (isChannel ? conversation.slice(1) : 'direct') as ChannelName;
  const wire: WireEntry = {
    type: isChannel ? 'broadcast' : 'chat',
    id,
    from,
    device,
    channel,
    seq,
    prev,
    time,
    kind: entry.pruned?.kind ?? entry.kind,
    message,
    data,
  };
  if (entry.pruned) wire.body = entry.pruned.body;
  if (!isChannel) wire.to = (otherParty(conversation, from) ?? from) as string as Username;
  if (sig !== undefined) wire.sig = sig;
  return wire;
}

/**
 * The wire form as JSON text without the closing brace, so that a caller can add fields. Names, ids, times and signatures
 * need no escaping; all else goes through JSON.stringify.
 */
export function openWireText(entry: Entry): string {
  const { conversation, from, device, id, seq, prev, time, message, data, sig } = entry;
  const kind = entry.pruned?.kind ?? entry.kind;
  const place = conversation.startsWith('#')
    ? `"broadcast","channel":"${conversation.slice(1)}"`
    : `"chat","channel":"direct","to":"${otherParty(conversation, from) ?? from}"`;
  return (
    `{"type":${place},"id":"${id}","from":"${from}","device":"${device}","seq":${seq},"prev":"${prev}","time":"${time}",` +
    `"kind":${JSON.stringify(kind)},"message":${JSON.stringify(message)},"data":${isEmpty(data) ? '{}' : JSON.stringify(data)}` +
    (entry.pruned ? `,"body":"${entry.pruned.body}"` : '') +
    (sig === undefined ? '' : `,"sig":"${sig}"`)
  );
}

function isEmpty(data: EntryData): boolean {
  for (const _key in data) return false;
  return true;
}

/**
 * Checks everything about an entry that needs no key and no history: its place, sizes, time, id. The shape, and with it
 * the names, was checked by `parseLinkMessage`.
 * @throws ParleyError `bad_entry`, `too_large` or `bad_entry_id`
 */
export function fromWire(wire: WireEntry): Entry {
  const { id, from, device, seq, prev, time, kind, message, data, sig } = wire;
  if ((seq === 1) !== (prev === '')) throw new ParleyError('bad_entry', 'An entry has a wrong place in its log.');
  const conversation = wireConversation(wire);
  checkContent(kind, message, data);
  if (!isRealTime(time)) throw new ParleyError('bad_entry', 'An entry has a wrong time.');
  const entry: Entry =
    wire.body !== undefined
      ? {
          conversation,
          from,
          device,
          seq,
          prev,
          time,
          ...prunedOf(wire, wire.body),
          id,
          ...(sig === undefined ? {} : { sig }),
        }
      : sig === undefined
        ? { conversation, from, device, seq, prev, time, kind, message, data, id }
        : { conversation, from, device, seq, prev, time, kind, message, data, id, sig };
  if (entryId(entry) !== id) throw new ParleyError('bad_entry_id');
  return entry;
}

/**
 * Whether a well-formed time exists: storage would give 30 February back as another text, with another id. The
 * calendar is only asked where it matters.
 */
function isRealTime(time: string): boolean {
  const ms = msOf(time);
  if (Number.isNaN(ms)) return false;
  return (time.slice(8, 10) <= '28' && time.slice(11, 13) < '24') || new Date(ms).toISOString() === time;
}

function wireConversation({ type, channel, to, from }: WireEntry): ConversationId {
  if (type === 'broadcast') return channelConversation(channel);
  if (channel !== 'direct' || to === undefined) throw new ParleyError('bad_entry', 'A direct entry names no receiver.');
  return directConversation(from, to);
}

/**
 * Checks content both when it is written and when it is received (docs/decisions/text.md). The checks must be the same: an
 * entry that only its author accepts would end their log for everybody else.
 * @throws ParleyError `bad_entry` or `too_large`
 */
export function checkContent(kind: string, message: string, data: EntryData): void {
  if (kind.length < 1 || kind.length > 32 || !/^[a-z_]+$/.test(kind))
    throw new ParleyError('bad_entry', 'An entry has a wrong kind.');
  if (!isStorable(message))
    throw new ParleyError('bad_entry', 'A message holds a NUL or half of a character. Take it out, then send again.');
  if (message.length * 3 > MESSAGE_MAX && Buffer.byteLength(message) > MESSAGE_MAX) throw new ParleyError('too_large');
  if (!isPlainData(data))
    throw new ParleyError(
      'bad_entry',
      'The data of an entry is nested too deeply, or no plain JSON. Send something simpler.',
    );
  const text = canonicalData(data);
  if (text.length * 3 > DATA_MAX && Buffer.byteLength(text) > DATA_MAX) throw new ParleyError('too_large');
}

/** Whether a user may write in a conversation by its id alone: anyone in a channel, the two parties in a direct one. */
export function isParty(conversation: ConversationId, from: Username): boolean {
  const parts = conversationParts(conversation);
  return (
    parts?.kind === 'channel' || (parts?.kind === 'direct' && parts.users.some((user) => user === from.toLowerCase()))
  );
}

export type EntryPlace = Pick<EntryFields, 'time' | 'device' | 'seq'>;

/** Timeline order (section 5): by time, then device, then place in its log. */
export function compareEntries(a: EntryPlace, b: EntryPlace): number {
  if (a.time !== b.time) return a.time < b.time ? -1 : 1;
  if (a.device !== b.device) return a.device < b.device ? -1 : 1;
  return a.seq - b.seq;
}
