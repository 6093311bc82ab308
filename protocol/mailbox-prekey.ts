/**
 * Prekeys (SPEC.md section 6): the X25519 key of a device, to which others seal letters for it. It is signed by the device's
 * Ed25519 key, so that the tracker that stores it cannot replace it by a key of its own.
 */
import { hash } from 'node:crypto';
import Type, { type Static } from 'typebox';
import type { DeviceId, Username } from './ids.js';
import { DEVICE_ID_LENGTH, USERNAME_PATTERN } from './limits.js';

/** First 16 bytes of SHA-256 over the 32 bytes of the key, base64url. */
export const PREKEY_ID_LENGTH = 22;

export const PrekeyField = Type.String({ pattern: `^[A-Za-z0-9_-]{${PREKEY_ID_LENGTH}}$` });

/** As it is published and handed out. Only its shape is known of one that came over the wire. */
export const Prekey = Type.Object({
  username: Type.Unsafe<Username>(Type.String({ pattern: USERNAME_PATTERN })),
  device: Type.Unsafe<DeviceId>(Type.String({ pattern: `^[A-Za-z0-9_-]{${DEVICE_ID_LENGTH}}$` })),
  id: PrekeyField,
  /** X25519, 32 bytes, base64url. */
  key: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' }),
  /** When it was made. */
  time: Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$' }),
  /** Ed25519 of the device over `prekeyBytes`. */
  sig: Type.String({ pattern: '^[A-Za-z0-9_-]{86}$' }),
});
export type Prekey = Static<typeof Prekey>;

export function prekeyId(key: Uint8Array): string {
  return hash('sha256', key, 'buffer').subarray(0, 16).toString('base64url');
}

/** What the device signs. Names, ids, key and time are ASCII without escapes; members stand as RFC 8785 sorts them. */
export function prekeyBytes({ username, device, key, time }: Omit<Prekey, 'id' | 'sig'>): Buffer {
  return Buffer.from(
    `parley/prekey/1\n{"device":"${device}","key":"${key}","time":"${time}","username":"${username}"}`,
  );
}

/** Its 32 bytes, when its id is that of its key; whether its device signed it is for the caller to check. */
export function prekeyBytesOf({ id, key }: Pick<Prekey, 'id' | 'key'>): Buffer | undefined {
  const bytes = Buffer.from(key, 'base64url');
  return bytes.toString('base64url') === key && prekeyId(bytes) === id ? bytes : undefined;
}
