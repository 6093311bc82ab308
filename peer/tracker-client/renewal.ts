import { X509Certificate } from 'node:crypto';
import { CERTIFICATE_LIFE_MS } from '../../protocol/limits.js';
import type { DeviceId } from '../../protocol/ids.js';

/**
 * When a device certificate is due for renewal: at half of its life (SPEC.md section 3), by the issuer's clock, in
 * milliseconds since 1970. What is no certificate is due since ever.
 */
export function renewalTime(certificate: string | undefined): number {
  if (certificate === undefined) return 0;
  try {
    const ends = Date.parse(new X509Certificate(certificate).validTo);
    return Number.isNaN(ends) ? 0 : ends - CERTIFICATE_LIFE_MS / 2;
  } catch {
    return 0;
  }
}

/** Whether `certificate` is one for this device that `ca` issued. Both are PEM off the wire. */
export function isIssuedFor(certificate: string, ca: string, device: DeviceId): boolean {
  try {
    const leaf = new X509Certificate(certificate);
    const names = (leaf.subjectAltName ?? '').split(', ');
    return leaf.verify(new X509Certificate(ca).publicKey) && names.includes(`URI:parley:device:${device}`);
  } catch {
    return false;
  }
}
