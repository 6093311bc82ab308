import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BasicConstraintsExtension, SubjectAlternativeNameExtension, X509CertificateGenerator } from '@peculiar/x509';

/** Test support: a certificate of one's own making for 127.0.0.1, as files in `dir`. */
export async function selfMadeTls(dir: string): Promise<{ pem: string; tls: { certFile: string; keyFile: string } }> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const extensions = [
    new SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }]),
    new BasicConstraintsExtension(true, undefined, true),
  ];
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=tracker',
    keys,
    signingAlgorithm: algorithm,
    extensions,
  });
  const key = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  const tls = { certFile: join(dir, 'cert.pem'), keyFile: join(dir, 'key.pem') };
  await writeFile(tls.certFile, certificate.toString('pem'));
  await writeFile(tls.keyFile, `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----\n`);
  return { pem: certificate.toString('pem'), tls };
}
