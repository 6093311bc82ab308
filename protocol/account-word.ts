/**
 * The CA's word whether an account may be used (SPEC.md section 3): nobody links with the devices of one that is not. It is signed by
 * the CA, so that peers can pass it on; without that signature it is ignored. Of two, the later one counts.
 */
import Type, { type Static } from 'typebox';
import { userKey, type Username } from './ids.js';
import { USERNAME_PATTERN } from './limits.js';
import { Revocation } from './revocation.js';

export const AccountWord = Type.Object({
  username: Type.String({ pattern: USERNAME_PATTERN }),
  /** False: an admin has disabled or removed it. */
  used: Type.Boolean(),
  /** When that changed: ISO 8601, UTC, milliseconds, by the tracker's clock; of one account, each is later than the one before. */
  time: Revocation.properties.time,
  /** Ed25519 by the CA's key over `accountWordBytes`: 64 bytes, base64url. */
  sig: Revocation.properties.sig,
});
export type AccountWord = Static<typeof AccountWord>;

/** The signed bytes. No other statement of the CA, and no certificate, starts with the same bytes. */
export function accountWordBytes({ username, used, time }: Omit<AccountWord, 'sig'>): Buffer {
  const user = userKey(username as Username);
  return Buffer.from(`parley/account/1\n{"username":"${user}","used":${String(used)},"time":"${time}"}`);
}
