/**
 * The certificate that a gateway makes for itself where it is given none: P-256, since browsers take no Ed25519 (Chromium). Nobody
 * vouches for it, so that people compare its fingerprint; it is kept, or they would have to compare it again.
 */
import 'reflect-metadata';
import { randomBytes, webcrypto, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { join } from 'node:path';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { readIfThere, replaceFile } from '../identity/files.js';

/** PEM. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

const LIFE_MS = 397 * 24 * 3600_000; // As long as browsers take.
const RENEW_BEFORE_MS = 30 * 24 * 3600_000;
const BACKDATE_MS = 24 * 3600_000;

/** @param names host names and IP addresses */
export async function makeCertificate(names: readonly string[], now: number): Promise<TlsFiles> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: randomBytes(16).toString('hex'),
    name: 'CN=Parley gateway',
    notBefore: new Date(now - BACKDATE_MS),
    notAfter: new Date(now - BACKDATE_MS + LIFE_MS),
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(
        names.map((value) => ({ type: isIP(value) ? ('ip' as const) : ('dns' as const), value })),
      ),
    ],
  });
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  const body = der.toString('base64').replace(/.{64}/g, '$&\n');
  return {
    cert: `${certificate.toString('pem')}\n`,
    key: `-----BEGIN PRIVATE KEY-----\n${body.trimEnd()}\n-----END PRIVATE KEY-----\n`,
  };
}

/** The one that was made before in this folder; another one where it is about to end, or where a name has come. */
export async function ownCertificate(folder: string, names: readonly string[], now: number): Promise<TlsFiles> {
  const [certFile, keyFile] = [certificateFile(folder), join(folder, 'tls-key.pem')];
  const [cert, key] = await Promise.all([readIfThere(certFile), readIfThere(keyFile)]);
  if (cert !== undefined && key !== undefined && serves(cert, names, now)) return { cert, key };
  const made = await makeCertificate(names, now);
  await replaceFile(keyFile, made.key);
  await replaceFile(certFile, made.cert);
  return made;
}

export function certificateFile(folder: string): string {
  return join(folder, 'tls-cert.pem');
}

function serves(pem: string, names: readonly string[], now: number): boolean {
  try {
    const certificate = new X509Certificate(pem);
    const isFresh = Date.parse(certificate.validTo) > now + RENEW_BEFORE_MS;
    return isFresh && names.every((name) => (isIP(name) ? certificate.checkIP(name) : certificate.checkHost(name)));
  } catch {
    return false; // Whatever lies there, another one is made.
  }
}

/** SHA-256 of the certificate, as browsers and `openssl x509 -fingerprint -sha256` show it. */
export function fingerprint(cert: string): string {
  return new X509Certificate(cert).fingerprint256;
}
