/**
 * The blobs in a mailbox (SPEC.md section 6): bytes sealed to the prekey of one device, in one of a few sizes. One byte of
 * version, then HPKE's `enc` and ciphertext.
 */
import { ParleyError } from './errors.js';
import type { DeviceId } from './ids.js';
import { SEALED_CLASSES } from './limits.js';
import { AES_256_GCM, hpkeOpen, hpkeSeal, KEY_BYTES, TAG_BYTES, type Sealing, type X25519Keys } from './sealed-hpke.js';

export const SEALED_VERSION = 1;
/** How many bytes a blob is longer than its content. */
export const SEALED_EXTRA = 1 + KEY_BYTES + TAG_BYTES;
export const SEALED_MAX = Math.max(...SEALED_CLASSES) + SEALED_EXTRA;

const INFO = Buffer.from('parley/sealed/1');

/** The receiver: a blob opens for no other device and prekey. */
export interface SealedFor {
  readonly device: DeviceId;
  /** Id of the prekey. */
  readonly prekey: string;
}

/**
 * @param key of the prekey, 32 bytes
 * @param text padded to one of `SEALED_CLASSES`
 * @param ikm 32 fresh random bytes
 */
export function seal(to: SealedFor, key: Uint8Array, text: Uint8Array, ikm: Uint8Array): Buffer {
  if (!SEALED_CLASSES.includes(text.length)) throw new ParleyError('too_large');
  return Buffer.concat([Buffer.of(SEALED_VERSION), hpkeSeal(key, text, sealing(to), ikm)]);
}

/** @throws ParleyError `bad_sealed` for whatever was not sealed for this device, prekey and version */
export function unseal(to: SealedFor, keys: X25519Keys, blob: Uint8Array): Buffer {
  if (!isSealed(blob)) throw new ParleyError('bad_sealed');
  return hpkeOpen(keys, blob.subarray(1), sealing(to));
}

/** Whether it has the version and one of the sizes: all that a tracker can tell. */
export function isSealed(blob: Uint8Array): boolean {
  return blob[0] === SEALED_VERSION && SEALED_CLASSES.includes(blob.length - SEALED_EXTRA);
}

function sealing({ device, prekey }: SealedFor): Sealing {
  const aad = Buffer.from(`parley/sealed/${SEALED_VERSION}\n${device}\n${prekey}`);
  return { info: INFO, aad, aead: AES_256_GCM };
}
