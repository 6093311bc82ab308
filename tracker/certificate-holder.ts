/** Whom a device certificate of this CA names. */
import { createHash, X509Certificate, type KeyObject } from 'node:crypto';
import { parseDeviceId, parseUsername, type DeviceId, type Username } from '../protocol/ids.js';

export interface Holder {
  readonly device: DeviceId;
  readonly username: Username;
  readonly publicKey: KeyObject;
}

/**
 * Undefined unless `certificate` (PEM, from anybody) was issued by `ca` (PEM) and covers `now`. The device is that of its key,
 * whatever else it says.
 */
export function holderOf(certificate: string, ca: string, now: number): Holder | undefined {
  try {
    const x509 = new X509Certificate(certificate);
    const { publicKey, subject } = x509;
    const covers = Date.parse(x509.validFrom) <= now && now < Date.parse(x509.validTo);
    if (x509.ca || !covers || !x509.verify(new X509Certificate(ca).publicKey)) return undefined;
    if (publicKey.asymmetricKeyType !== 'ed25519' || !subject.startsWith('CN=')) return undefined;
    const username = parseUsername(subject.slice('CN='.length));
    const device = deviceOf(publicKey);
    return username && device && { device, username, publicKey };
  } catch {
    return undefined;
  }
}

/** First 16 bytes of SHA-256 over the SPKI, base64url (SPEC.md section 1). */
function deviceOf(key: KeyObject): DeviceId | undefined {
  const digest = createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest();
  return parseDeviceId(digest.subarray(0, 16).toString('base64url'));
}
