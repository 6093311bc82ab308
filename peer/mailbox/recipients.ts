/** For whom something may be sealed: the tracker's word is checked against certificates before it is used. */
import { verify } from 'node:crypto';
import { isParleyError } from '../../protocol/errors.js';
import { sameUser, type DeviceId, type Username } from '../../protocol/ids.js';
import type { PublishedPrekey } from '../../protocol/mailbox-api.js';
import { prekeyBytes, prekeyBytesOf } from '../../protocol/mailbox-prekey.js';
import type { MailKeys } from './ports.js';

export interface Recipient {
  /** As the certificate spells it. */
  readonly username: Username;
  readonly device: DeviceId;
  readonly prekey: string;
  /** X25519, 32 bytes. */
  readonly key: Buffer;
}

/**
 * The recipient that a prekey stands for, or why it stands for none. The certificate has to be of our CA and of the prekey's
 * device and user. It may have ended since (its owner was away for long), but not before the prekey was made.
 */
export function checkedRecipient(claimed: PublishedPrekey, keys: MailKeys): Recipient | string {
  const key = prekeyBytesOf(claimed);
  if (!key) return 'its id is not that of its key';
  try {
    const { username, device, publicKey, notAfter } = keys.read(claimed.certificate);
    if (device !== claimed.device || !sameUser(username, claimed.username)) return 'its certificate is for another';
    if (keys.revoked(device)) return 'its device is revoked';
    if (!(Date.parse(claimed.time) <= notAfter)) return 'its certificate had ended when it was made';
    const sig = Buffer.from(claimed.sig, 'base64url');
    if (!verify(null, prekeyBytes(claimed), publicKey, sig)) return 'its device did not sign it';
    return { username, device, prekey: claimed.id, key };
  } catch (error) {
    if (isParleyError(error)) return error.message;
    throw error;
  }
}
