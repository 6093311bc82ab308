/** The certificate request of a device (SPEC.md section 3): PKCS#10, CN = username, signed by the device's key. */
import { createPublicKey, webcrypto, type KeyObject } from 'node:crypto';
import type { Username } from '../../protocol/ids.js';

/** PEM. The library is loaded here and not before: it takes longer than the rest of the start, once in fifteen days. */
export async function certificateRequest(username: Username, privateKey: KeyObject): Promise<string> {
  await import('reflect-metadata');
  const { Pkcs10CertificateRequestGenerator } = await import('@peculiar/x509');
  const { subtle } = webcrypto;
  const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'der' });
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  const keys = {
    privateKey: await subtle.importKey('pkcs8', pkcs8, 'Ed25519', false, ['sign']),
    publicKey: await subtle.importKey('spki', spki, 'Ed25519', true, ['verify']),
  };
  const request = await Pkcs10CertificateRequestGenerator.create({
    name: [{ CN: [username] }],
    keys,
    signingAlgorithm: { name: 'Ed25519' },
  });
  return request.toString('pem');
}
