/**
 * What the tracker's CA says of a device that its user took back (SPEC.md section 3): nobody links with it, and nothing that
 * it wrote later counts. Signed, so that peers can hand it on; only the CA's signature makes it count.
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

/** The signed bytes; they begin as no certificate does. */
export function revocationBytes({ device, time }: Pick<Revocation, 'device' | 'time'>): Buffer {
  return Buffer.from(`parley/revoked/1\n{"device":"${device}","time":"${time}"}`);
}
