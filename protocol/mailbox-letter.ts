/**
 * The letter (SPEC.md section 6) is what is sealed. Its first line names the writer and is signed by their device. The rest
 * are lines of the link protocol. Empty lines, which that protocol ignores, pad it to a size class.
 */
import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { bug, ParleyError } from './errors.js';
import type { ChannelName, DeviceId, Username } from './ids.js';
import { CHANNEL_PATTERN, DEVICE_ID_LENGTH, PROTOCOL_VERSION, SEALED_CLASSES, USERNAME_PATTERN } from './limits.js';
import { LineSplitter } from './lines.js';
import type { SealedFor } from './sealed.js';

/** Channels that one letter can be about. */
export const LETTER_CHANNELS_MAX = 64;
export const LETTER_MAX = Math.max(...SEALED_CLASSES);
const NEWLINE = 10;

const Head = Type.Object({
  type: Type.Literal('letter'),
  username: Type.Unsafe<Username>(Type.String({ pattern: USERNAME_PATTERN })),
  device: Type.Unsafe<DeviceId>(Type.String({ pattern: `^[A-Za-z0-9_-]{${DEVICE_ID_LENGTH}}$` })),
  version: Type.Integer({ minimum: 1 }),
  /** Those of the writer's that the lines are about: as in a handshake. */
  channels: Type.Array(Type.Unsafe<ChannelName>(Type.String({ pattern: CHANNEL_PATTERN })), {
    maxItems: LETTER_CHANNELS_MAX,
  }),
  /** When it was written: the writer's certificate is judged at this time. */
  time: Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$' }),
  sig: Type.String({ pattern: '^[A-Za-z0-9_-]{86}$' }),
});
const head = Compile(Head);

/** Who claims to have written it: a claim, until the signature has been checked with the key of a certificate. */
export type LetterHead = Omit<Static<typeof Head>, 'type' | 'version' | 'sig'>;

export interface Letter {
  readonly head: LetterHead;
  readonly sig: string;
  /** What `sig` has to cover. */
  readonly signed: Buffer;
  /** Lines of the link protocol, not parsed yet. */
  readonly lines: readonly string[];
}

/**
 * A letter, padded. `sign` makes 64 bytes, base64url.
 * @param lines each with its newline
 * @throws ParleyError `too_large` when it fits no size class
 */
export function writeLetter(from: LetterHead, to: SealedFor, lines: string, sign: (bytes: Buffer) => string): Buffer {
  const body = Buffer.from(lines);
  const sig = sign(signedBytes(from, PROTOCOL_VERSION, to, body));
  const { username, device, channels, time } = from;
  const first = { type: 'letter', username, device, version: PROTOCOL_VERSION, channels, time, sig };
  const text = Buffer.concat([Buffer.from(`${JSON.stringify(first)}\n`), body]);
  const size = SEALED_CLASSES.find((bytes) => bytes >= text.length);
  if (size === undefined) throw new ParleyError('too_large');
  return Buffer.concat([text, Buffer.alloc(size - text.length, NEWLINE)]);
}

/** @throws ParleyError `bad_sealed`, or as the line splitter does */
export function readLetter(text: Uint8Array, to: SealedFor): Letter {
  const bytes = Buffer.from(text.buffer, text.byteOffset, text.byteLength);
  const end = bytes.indexOf(NEWLINE);
  const claimed = parseHead(bytes.toString('utf8', 0, end < 0 ? bytes.length : end));
  const body = withoutPadding(bytes.subarray(end < 0 ? bytes.length : end + 1));
  const lines = [...new LineSplitter().push(body)];
  const { sig, version, username, device, channels, time } = claimed;
  const from: LetterHead = { username, device, channels, time };
  return { head: from, sig, signed: signedBytes(from, version, to, body), lines };
}

function parseHead(line: string): Static<typeof Head> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new ParleyError('bad_sealed', undefined, { cause });
  }
  if (!head.Check(value)) throw new ParleyError('bad_sealed');
  if (value.version !== PROTOCOL_VERSION) throw new ParleyError('version_mismatch');
  return value;
}

/** The lines end with one newline; the others are padding. Walks once: a hostile letter costs no more than its length. */
function withoutPadding(body: Buffer): Buffer {
  let end = body.length;
  while (end > 1 && body[end - 1] === NEWLINE && body[end - 2] === NEWLINE) end--;
  return end === 1 && body[0] === NEWLINE ? body.subarray(0, 0) : body.subarray(0, end);
}

/** It contains the reader's device and prekey, so that a letter cannot be passed on as if it were for somebody else. */
function signedBytes({ username, device, channels, time }: LetterHead, version: number, to: SealedFor, body: Buffer) {
  const facts = {
    body: hash('sha256', body, 'base64url'),
    channels,
    device,
    prekey: to.prekey,
    time,
    username,
    version,
  };
  const text = canonicalize({ ...facts, to: to.device });
  if (text === undefined) throw bug('a letter has no canonical form');
  return Buffer.from(`parley/letter/1\n${text}`);
}
