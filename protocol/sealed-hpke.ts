/**
 * HPKE (RFC 9180), base mode, single shot: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-GCM. Pure: keys and randomness
 * are given. Checked against the RFC's vectors in sealed.test.ts.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  type KeyObject,
} from 'node:crypto';
import { ParleyError } from './errors.js';

/** Bytes of an X25519 key, of a tag, and of the randomness that one sealing takes. */
export const KEY_BYTES = 32;
export const TAG_BYTES = 16;

/** AEADs by their id (RFC 9180 section 7.3). Parley uses AES-256-GCM; the RFC's printed vectors are for AES-128-GCM. */
const aeads = { 1: { name: 'aes-128-gcm', keyBytes: 16 }, 2: { name: 'aes-256-gcm', keyBytes: 32 } } as const;
export type AeadId = keyof typeof aeads;
export const AES_256_GCM: AeadId = 2;

const KEM_ID = 0x0020;
const KDF_ID = 0x0001;
const NONCE_BYTES = 12;
const HASH_BYTES = 32;
const NOTHING = Buffer.alloc(0);
/** What stands before the 32 bytes in DER: RFC 8410. */
const SPKI = Buffer.from('302a300506032b656e032100', 'hex');
const PKCS8 = Buffer.from('302e020100300506032b656e04220420', 'hex');

export interface X25519Keys {
  readonly privateKey: KeyObject;
  /** 32 bytes. */
  readonly publicKey: Buffer;
}

/** Section 7.1.3: the keys that randomness (at least 32 bytes) stands for. */
export function deriveKeys(ikm: Uint8Array): X25519Keys {
  const prk = labeledExtract(kemSuite, NOTHING, 'dkp_prk', ikm);
  return keysOf(labeledExpand(kemSuite, prk, 'sk', NOTHING, KEY_BYTES));
}

/** @param secret 32 bytes */
export function keysOf(secret: Uint8Array): X25519Keys {
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8, secret]), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(SPKI.length);
  return { privateKey, publicKey };
}

export interface Sealing {
  readonly info: Uint8Array;
  readonly aad: Uint8Array;
  readonly aead: AeadId;
}

/**
 * `enc` (32 bytes), then the ciphertext with its tag.
 * @param to the recipient's public key, 32 bytes
 * @param ikm 32 fresh random bytes, never used for anything else
 * @throws ParleyError `bad_sealed` when the recipient's key is none
 */
export function hpkeSeal(to: Uint8Array, text: Uint8Array, { info, aad, aead }: Sealing, ikm: Uint8Array): Buffer {
  const ephemeral = deriveKeys(ikm);
  const dh = exchange(ephemeral.privateKey, to);
  const { key, nonce } = schedule(kemSecret(dh, ephemeral.publicKey, to), info, aead);
  const cipher = createCipheriv(aeads[aead].name, key, nonce).setAAD(aad);
  const sealed = [cipher.update(text), cipher.final()];
  return Buffer.concat([ephemeral.publicKey, ...sealed, cipher.getAuthTag()]);
}

/** What was sealed to these keys. @throws ParleyError `bad_sealed` for anything else */
export function hpkeOpen(own: X25519Keys, sealed: Uint8Array, { info, aad, aead }: Sealing): Buffer {
  if (sealed.length < KEY_BYTES + TAG_BYTES) throw new ParleyError('bad_sealed');
  const enc = sealed.subarray(0, KEY_BYTES);
  const { key, nonce } = schedule(kemSecret(exchange(own.privateKey, enc), enc, own.publicKey), info, aead);
  const decipher = createDecipheriv(aeads[aead].name, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(aad).setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  try {
    const text = decipher.update(sealed.subarray(KEY_BYTES, sealed.length - TAG_BYTES));
    return Buffer.concat([text, decipher.final()]);
  } catch (cause) {
    throw new ParleyError('bad_sealed', undefined, { cause });
  }
}

/** A point of small order gives the same secret to everybody: refused (RFC 9180 section 7.1.4). */
function exchange(privateKey: KeyObject, raw: Uint8Array): Buffer {
  try {
    const publicKey = createPublicKey({ key: Buffer.concat([SPKI, raw]), format: 'der', type: 'spki' });
    const secret = diffieHellman({ privateKey, publicKey });
    if (secret.some((byte) => byte !== 0)) return secret;
  } catch (cause) {
    throw new ParleyError('bad_sealed', undefined, { cause });
  }
  throw new ParleyError('bad_sealed');
}

/** Section 4.1, ExtractAndExpand. */
function kemSecret(dh: Uint8Array, enc: Uint8Array, to: Uint8Array): Buffer {
  const prk = labeledExtract(kemSuite, NOTHING, 'eae_prk', dh);
  return labeledExpand(kemSuite, prk, 'shared_secret', Buffer.concat([enc, to]), HASH_BYTES);
}

/** Section 5.1, mode 0. The first message of a context uses the base nonce as it is. */
function schedule(secret: Uint8Array, info: Uint8Array, aead: AeadId): { key: Buffer; nonce: Buffer } {
  const suite = Buffer.concat([Buffer.from('HPKE'), number(KEM_ID), number(KDF_ID), number(aead)]);
  const pskId = labeledExtract(suite, NOTHING, 'psk_id_hash', NOTHING);
  const context = Buffer.concat([Buffer.of(0), pskId, labeledExtract(suite, NOTHING, 'info_hash', info)]);
  const prk = labeledExtract(suite, secret, 'secret', NOTHING);
  return {
    key: labeledExpand(suite, prk, 'key', context, aeads[aead].keyBytes),
    nonce: labeledExpand(suite, prk, 'base_nonce', context, NONCE_BYTES),
  };
}

const kemSuite = Buffer.concat([Buffer.from('KEM'), number(KEM_ID)]);

function labeledExtract(suite: Uint8Array, salt: Uint8Array, label: string, ikm: Uint8Array): Buffer {
  return hmac(salt, Buffer.from('HPKE-v1'), suite, Buffer.from(label), ikm);
}

/** One block of HKDF-Expand is enough for all that HPKE needs with SHA-256. */
function labeledExpand(suite: Uint8Array, prk: Uint8Array, label: string, info: Uint8Array, bytes: number): Buffer {
  const labeled = [number(bytes), Buffer.from('HPKE-v1'), suite, Buffer.from(label), info];
  return hmac(prk, ...labeled, Buffer.of(1)).subarray(0, bytes);
}

function hmac(key: Uint8Array, ...parts: readonly Uint8Array[]): Buffer {
  const mac = createHmac('sha256', key);
  for (const part of parts) mac.update(part);
  return mac.digest();
}

/** I2OSP(n, 2). */
function number(n: number): Buffer {
  return Buffer.of(n >> 8, n & 0xff);
}
