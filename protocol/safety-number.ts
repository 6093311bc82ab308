/**
 * The safety number of two users (SPEC.md section 3): 60 digits that both sides compute from both users' device keys, to
 * compare by voice. Built as Signal's numeric fingerprint is: an iterated hash for each user, the two in sorted order.
 */
import { hash } from 'node:crypto';
import { bug } from './errors.js';
import { userKey, type UserKey, type Username } from './ids.js';

/** Makes the search for keys with a similar number 5,200 times as expensive. */
const ITERATIONS = 5200;
/** Six groups of five digits, each from five bytes. */
const GROUPS = 6;
const GROUP_BYTES = 5;
/** Raw Ed25519 public keys. */
const KEY_BYTES = 32;

export interface SafetyParty {
  readonly username: Username | UserKey;
  /** The raw public key (32 bytes) of each of the user's devices that is not revoked, in any order. */
  readonly keys: readonly Uint8Array[];
}

/** 60 digits, the same on both sides. */
export function safetyNumber(a: SafetyParty, b: SafetyParty): string {
  return [digitsOf(a), digitsOf(b)].sort().join('');
}

/** 30 digits of one user. */
function digitsOf({ username, keys }: SafetyParty): string {
  if (keys.length === 0 || keys.some((key) => key.length !== KEY_BYTES)) throw bug('not the keys of a user');
  const distinct = new Map(keys.map((key) => [Buffer.from(key).toString('hex'), key]));
  const sorted = [...distinct].sort(([x], [y]) => (x < y ? -1 : 1)).map(([, key]) => key);
  const own = hash('sha512', Buffer.concat(sorted), 'buffer');
  let digest = hash('sha512', Buffer.concat([Buffer.from(`parley/safety/1\n${userKey(username)}\n`), own]), 'buffer');
  for (let i = 1; i < ITERATIONS; i++) digest = hash('sha512', Buffer.concat([digest, own]), 'buffer');
  return Array.from({ length: GROUPS }, (_, group) => digits(digest, group * GROUP_BYTES)).join('');
}

/** Five bytes, big-endian, modulo 100,000. */
function digits(digest: Buffer, at: number): string {
  return String(digest.readUIntBE(at, GROUP_BYTES) % 100_000).padStart(5, '0');
}
