/**
 * The CA's statement that a user revoked a device (SPEC.md section 3): nobody links with it, and what it writes later does
 * not count. It is signed by the CA, so that peers can pass it on; without that signature it is ignored.
 */
import Type, { type Static } from 'typebox';
import type { DeviceId } from './ids.js';
import { DEVICE_ID_LENGTH } from './limits.js';

export const Revocation = Type.Object({
  device: Type.Unsafe<DeviceId>(Type.String({ pattern: `^[A-Za-z0-9_-]{${DEVICE_ID_LENGTH}}$` })),
  /** ISO 8601, UTC, milliseconds, by the tracker's clock. */
  time: Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$' }),
  /** Ed25519 by the CA's key over `revocationBytes`: 64 bytes, base64url. */
  sig: Type.String({ pattern: '^[A-Za-z0-9_-]{86}$' }),
});
export type Revocation = Static<typeof Revocation>;

/** The signed bytes. No certificate starts with the same bytes. */
export function revocationBytes({ device, time }: Pick<Revocation, 'device' | 'time'>): Buffer {
  return Buffer.from(`parley/revoked/1\n{"device":"${device}","time":"${time}"}`);
}
