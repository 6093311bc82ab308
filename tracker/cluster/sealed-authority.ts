/** The CA of a cluster: in the store, sealed with the cluster's secret, so that all trackers have it and no disk shows it. */
import { createPrivateKey, generateKeyPair, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { selfSign, type AuthoritySecrets } from '../authority.js';
import { StartError } from '../start-error.js';
import type { SecretStore } from '../store/tracker-store.js';
import type { ClusterSecret } from './cluster-secret.js';

const NAME = 'authority';
const sealed = Compile(Type.Object({ key: Type.String(), certificate: Type.String() }));

/** Made by the first tracker that needs it, if it is not there. Errors: StartError, unavailable. */
export async function clusterAuthority(
  store: SecretStore,
  secret: ClusterSecret,
  imported?: AuthoritySecrets,
): Promise<AuthoritySecrets> {
  const known = await store.get(NAME);
  const kept = known ?? (await store.create(NAME, secret.seal(JSON.stringify(imported ?? (await newAuthority())))));
  const text = secret.open(kept);
  const opened: unknown = text === undefined ? undefined : JSON.parse(text);
  if (!sealed.Check(opened)) {
    throw new StartError(
      'The authority of this cluster was sealed with another secret. Start with the data directory, or with --join and the secret, that it was made with.',
    );
  }
  return opened;
}

async function newAuthority(): Promise<AuthoritySecrets> {
  const { privateKey } = await promisify(generateKeyPair)('ed25519');
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { key, certificate: await selfSign(createPrivateKey(key), { randomBytes }) };
}
