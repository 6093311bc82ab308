import 'reflect-metadata'; // Needed by @peculiar/x509, before it.
import { createHash, generateKeyPairSync, webcrypto, type KeyObject } from 'node:crypto';
import * as x509 from '@peculiar/x509';

/** A peer's key, as a peer makes it. */
export interface TestDevice {
  device: string;
  privateKey: KeyObject;
  /** A certificate request for this name. */
  csr(name: string): Promise<string>;
}

const ED25519 = { name: 'Ed25519' };

export function makeDevice(): TestDevice {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  return {
    device: createHash('sha256').update(spki).digest().subarray(0, 16).toString('base64url'),
    privateKey,
    csr: async (name) => {
      const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'der' });
      const keys = {
        publicKey: await webcrypto.subtle.importKey('spki', spki, ED25519, true, ['verify']),
        privateKey: await webcrypto.subtle.importKey('pkcs8', pkcs8, ED25519, false, ['sign']),
      };
      const request = await x509.Pkcs10CertificateRequestGenerator.create({
        name: [{ CN: [name] }],
        keys,
        signingAlgorithm: ED25519,
      });
      return request.toString('pem');
    },
  };
}
