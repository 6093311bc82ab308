/**
 * Receipts of a large channel (SPEC.md section 5): what a device holds of an author's log, signed by the device, passed on by others to the
 * author. Whoever is linked with the author says it by `have` instead.
 */
import { hash } from 'node:crypto';
import Type, { type Static } from 'typebox';
import { Channel } from './channel-messages.js';
import type { ConversationId, DeviceId, EntryId } from './ids.js';
import { DEVICE_ID_LENGTH, SEQ_MAX } from './limits.js';

/** Receipts in one line. */
export const RECEIPTS_MAX = 64;
/** In a channel with more logs nobody signs receipts: they would be more than an author can read. */
export const RECEIPT_LOGS_MAX = 2_000;

const Device = Type.Unsafe<DeviceId>(Type.String({ pattern: `^[A-Za-z0-9_-]{${DEVICE_ID_LENGTH}}$` }));

/** That entries up to `seq` of the author's log are durable at the device. */
export const SignedReceipt = Type.Object({
  device: Device,
  seq: Type.Integer({ minimum: 1, maximum: SEQ_MAX }),
  /** Ed25519 by the device's key over `receiptId`: 64 bytes, base64url. */
  sig: Type.String({ pattern: '^[A-Za-z0-9_-]{86}$' }),
});
export type SignedReceipt = Static<typeof SignedReceipt>;

export const SignedReceipts = Type.Object({
  type: Type.Literal('receipts'),
  channel: Channel,
  /** Whose log it is. */
  author: Device,
  receipts: Type.Array(SignedReceipt, { minItems: 1, maxItems: RECEIPTS_MAX }),
});
export type SignedReceipts = Static<typeof SignedReceipts>;

/**
 * Where the link is gone that a log came by: who has no way to its author asks for one, along the tree or on all links, and who has one says
 * so.
 */
export const Way = Type.Object({
  type: Type.Literal('way'),
  channel: Channel,
  author: Device,
  step: Type.Union([Type.Literal('ask'), Type.Literal('ask_all'), Type.Literal('found')]),
  /** How far the sender holds the log: whoever holds less may have it from there soon, and would lead back. */
  seq: Type.Integer({ minimum: 1, maximum: SEQ_MAX }),
});
export type Way = Static<typeof Way>;

export type ReceiptMessage = SignedReceipts | Way;

/** What is signed, as the id of an entry is: no entry can have it, since those are hashes of other texts. */
export function receiptId(
  conversation: ConversationId,
  author: DeviceId,
  { device, seq }: Pick<SignedReceipt, 'device' | 'seq'>,
): EntryId {
  return hash('sha256', `parley/receipt/1\n${conversation}\n${author}\n${device}\n${seq}\n`, 'base64url') as EntryId;
}
