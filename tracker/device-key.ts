import { createPublicKey, hash, X509Certificate, type KeyObject } from 'node:crypto';
import type { DeviceId } from '../protocol/ids.js';

/** What stands before the 32 bytes of an Ed25519 key (RFC 8410, section 10.1). */
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');
const KEY_BYTES = 32;
/** Of the hash of its key, which a device is named by (SPEC.md section 1). */
const ID_BYTES = 16;

/**
 * The key of a device, out of the certificate (PEM) that was issued for it: the bytes whose hash is its id. To read all of a certificate takes fifteen times
 * as long, and thousands sign in at once. Errors: what is no certificate.
 */
export function keyOfDevice(certificate: string, device: DeviceId): KeyObject {
  const der = Buffer.from(certificate.replace(/-----[^-]+-----/g, ''), 'base64');
  for (let at = der.indexOf(SPKI); at >= 0; at = der.indexOf(SPKI, at + 1)) {
    const end = at + SPKI.length + KEY_BYTES;
    const digest = hash('sha256', der.subarray(at, end), 'buffer');
    if (digest.toString('base64url', 0, ID_BYTES) !== device) continue;
    const x = der.toString('base64url', at + SPKI.length, end);
    return createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x } });
  }
  return new X509Certificate(certificate).publicKey;
}
