/** The programs in limits/, which daemons are compared with: where they are, and the certificate that they use. */
import 'reflect-metadata'; // @peculiar/x509 resolves its parts with tsyringe, which needs this first.
import { webcrypto } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as x509 from '@peculiar/x509';

export const limitProgram = (name: string): string => fileURLToPath(new URL(`limits/${name}.js`, import.meta.url));

export interface CertificateFiles {
  readonly key: string;
  readonly certificate: string;
}

/** One Ed25519 key, signed by itself, that both ends trust. */
export async function makeCertificate(folder: string): Promise<CertificateFiles> {
  const keys = (await webcrypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=limit',
    keys,
    signingAlgorithm: { name: 'Ed25519' },
    notAfter: new Date(Date.now() + 86_400_000),
  });
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  const files = { key: join(folder, 'limit.key'), certificate: join(folder, 'limit.pem') };
  await writeFile(files.key, `-----BEGIN PRIVATE KEY-----\n${pkcs8}\n-----END PRIVATE KEY-----\n`, { mode: 0o600 });
  await writeFile(files.certificate, certificate.toString('pem'));
  return files;
}
