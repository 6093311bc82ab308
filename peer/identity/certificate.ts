/**
 * Device certificates (SPEC.md section 3): X.509 text of a stranger → facts. A certificate proves that the tracker said:
 * this key is a device of this user, from then to then. Whether it covers a time is for the caller to judge, since
 * entries are judged at their own time.
 */
import { createHash, X509Certificate, type KeyObject } from 'node:crypto';
import { bug, ParleyError } from '../../protocol/errors.js';
import { parseDeviceId, parseUsername, type DeviceId, type Username } from '../../protocol/ids.js';

/** A certificate of ours has some 400 bytes (DER); more is not one. */
const CERTIFICATE_MAX = 8192;

export interface DeviceCertificate {
  readonly username: Username;
  readonly device: DeviceId;
  /** Imported once: importing costs as much as checking a signature. */
  readonly publicKey: KeyObject;
  /** Milliseconds since 1970, both inclusive. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** Canonical: equal certificates have equal text. */
  readonly pem: string;
}

/** The tracker's CA. */
export interface Authority {
  readonly certificate: X509Certificate;
  readonly publicKey: KeyObject;
}

/** Section 1: the first 16 bytes of SHA-256 over the key's SubjectPublicKeyInfo (DER), base64url. */
export function deviceIdOf(spkiDer: Uint8Array): DeviceId {
  const id = parseDeviceId(createHash('sha256').update(spkiDer).digest().subarray(0, 16).toString('base64url'));
  if (!id) throw bug('a hash is not a device id');
  return id;
}

export function deviceIdOfKey(publicKey: KeyObject): DeviceId {
  return deviceIdOf(publicKey.export({ type: 'spki', format: 'der' }));
}

/** Throws ParleyError `certificate_unknown` when the text is not a CA certificate. */
export function readAuthority(text: string | Uint8Array): Authority {
  const certificate = parse(text);
  if (!certificate.ca) throw refused('The certificate of the tracker is not that of a certificate authority.');
  return { certificate, publicKey: certificate.publicKey };
}

/**
 * The facts of a device certificate, PEM or DER. Throws ParleyError `certificate_unknown`, whose message says why, unless
 * the CA signed it, its CN is a username, its key is Ed25519, and its only SAN names the device id of that key.
 */
export function readDeviceCertificate(text: string | Uint8Array, authority: Authority): DeviceCertificate {
  const certificate = parse(text);
  if (!certificate.checkIssued(authority.certificate) || !certificate.verify(authority.publicKey)) {
    throw refused('The certificate is not from the tracker that this peer knows.');
  }
  if (certificate.ca) throw refused('A device does not certify others.');
  const { publicKey } = certificate;
  if (publicKey.asymmetricKeyType !== 'ed25519') throw refused('The key of the certificate is not Ed25519.');
  const device = deviceIdOfKey(publicKey);
  if (certificate.subjectAltName !== `URI:parley:device:${device}`) {
    throw refused('The certificate does not name the device of its key.');
  }
  const username = certificate.subject.startsWith('CN=') ? parseUsername(certificate.subject.slice(3)) : undefined;
  if (!username) throw refused('The certificate does not name a user.');
  const [notBefore, notAfter] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)];
  if (!(notBefore < notAfter)) throw refused('The certificate covers no time.');
  return { username, device, publicKey, notBefore, notAfter, pem: certificate.toString() };
}

export function coversTime({ notBefore, notAfter }: DeviceCertificate, at: number): boolean {
  return notBefore <= at && at <= notAfter;
}

/**
 * Whether a certificate is over at a time, which ends its use on links. One that has not begun is taken there: the CA has
 * signed it, so that only clocks differ, and it is on links that one learns whose clock is wrong.
 */
export function isOver({ notAfter }: DeviceCertificate, at: number): boolean {
  return at > notAfter;
}

function parse(text: string | Uint8Array): X509Certificate {
  if (text.length > CERTIFICATE_MAX) throw refused('The certificate is too large.');
  try {
    return new X509Certificate(text);
  } catch (cause) {
    throw new ParleyError('certificate_unknown', 'The certificate cannot be read.', { cause });
  }
}

function refused(message: string): ParleyError {
  return new ParleyError('certificate_unknown', message);
}
