/** What nats-server is started with: its configuration, and the certificate that the others know it by. */
import 'reflect-metadata'; // @peculiar/x509 needs it first.
import { createPublicKey, generateKeyPairSync, randomBytes, webcrypto, type KeyObject } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';
import { DIRECTORY_MODE, writeSecret } from '../data-dir.js';
import { selfSign } from '../authority.js';
import type { ClusterSecret } from './cluster-secret.js';
import type { Member } from './members.js';
import { NATS_USER } from './servers.js';

const ED25519 = { name: 'Ed25519' };
const DAY_MS = 24 * 3600_000;
/** A new one is made at each start, so that it is never over before the server is. */
const LIFE_MS = 20 * 365 * DAY_MS;

export interface NatsFiles {
  config: string;
  pid: string;
  /** PEM, of the authority for TLS. */
  authority: string;
}

/**
 * Writes all of it into the folder, for its owner alone.
 * @param syncs the server can be told to write each record to the disk before it acknowledges it
 */
export async function writeNatsFiles(
  folder: string,
  secret: ClusterSecret,
  { own, members, syncs }: { own: Member; members: readonly Member[]; syncs: boolean },
): Promise<NatsFiles> {
  await mkdir(folder, { recursive: true, mode: DIRECTORY_MODE });
  const file = (name: string) => join(folder, name);
  const authority = await selfSign(secret.authorityKey, { randomBytes });
  const { certificate, key } = await serverCertificate(secret.authorityKey, authority, own.host);
  await writeSecret(file('authority.pem'), authority);
  await writeSecret(file('server.pem'), certificate);
  await writeSecret(file('server-key.pem'), key);
  const tls = `cert_file: ${quoted(file('server.pem'))}, key_file: ${quoted(file('server-key.pem'))}, ca_file: ${quoted(file('authority.pem'))}, timeout: 5`;
  const routes = members
    .filter(({ name }) => name !== own.name)
    .map((one) => quoted(`nats://${bracketed(one.host)}:${one.routePort}`));
  const config = `# Written at each start of the tracker.
server_name: ${quoted(own.name.replace(/[^A-Za-z0-9.-]/g, '_'))}
listen: ${quoted(`${bracketed(own.host)}:${own.clientPort}`)}
pid_file: ${quoted(file('nats.pid'))}
tls { ${tls} }
authorization { user: ${quoted(NATS_USER)}, password: ${quoted(secret.password)} }
jetstream {
  store_dir: ${quoted(file('streams'))}
  ${syncs ? 'sync_interval: always' : ''}
}
cluster {
  name: parley
  listen: ${quoted(`${bracketed(own.host)}:${own.routePort}`)}
  tls { ${tls}, verify: true }
  routes: [${routes.join(', ')}]
}
`;
  await writeSecret(file('nats.conf'), config);
  return { config: file('nats.conf'), pid: file('nats.pid'), authority };
}

/** Strings of its configuration are JSON's. */
function quoted(text: string): string {
  return JSON.stringify(text);
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** For both directions: servers are clients of each other. */
async function serverCertificate(authorityKey: KeyObject, authority: string, host: string) {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const pkcs8 = authorityKey.export({ type: 'pkcs8', format: 'der' });
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: randomBytes(15).toString('hex'),
    subject: [{ CN: ['Parley cluster'] }],
    issuer: new x509.X509Certificate(authority).subjectName,
    notBefore: new Date(Date.now() - DAY_MS),
    notAfter: new Date(Date.now() + LIFE_MS),
    signingAlgorithm: ED25519,
    publicKey: await webcrypto.subtle.importKey(
      'spki',
      createPublicKey(publicKey.export({ type: 'spki', format: 'pem' })).export({ type: 'spki', format: 'der' }),
      ED25519,
      true,
      ['verify'],
    ),
    signingKey: await webcrypto.subtle.importKey('pkcs8', pkcs8, ED25519, false, ['sign']),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth, x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        { type: isIP(host) === 0 ? 'dns' : 'ip', value: host },
        // What a client looks for that was given an address and no name.
        { type: 'dns', value: 'localhost' },
      ]),
    ],
  });
  return {
    certificate: certificate.toString('pem'),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}
