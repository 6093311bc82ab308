/** The CA of a cluster: in the store, sealed with the cluster's secret, so that all trackers have it and no disk shows it. */
import { createPrivateKey, generateKeyPair, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { ParleyError } from '../../protocol/errors.js';
import { selfSign, type AuthoritySecrets } from '../authority.js';
import type { Clock } from '../clock.js';
import { StartError } from '../start-error.js';
import type { SecretStore } from '../store/tracker-store.js';
import type { ClusterSecret } from './cluster-secret.js';

/** Of the secret in a store, and in a copy of one. */
export const AUTHORITY = 'authority';
const LOOK_MS = 500;
/** Enough for a first tracker that is started together with the others. */
const WAIT_MS = 60_000;
const sealed = Compile(Type.Object({ key: Type.String(), certificate: Type.String() }));

export interface AuthorityParts {
  store: SecretStore;
  secret: ClusterSecret;
  clock: Clock;
  /** Of a tracker alone, which the cluster goes on as. */
  imported?: AuthoritySecrets | undefined;
  /** Ends the waiting. */
  signal?: AbortSignal | undefined;
}

/**
 * Made by the founder, or imported, if it is not there; the others wait for it, since one that they made meanwhile would be in
 * the place of the imported one. Errors: StartError, unavailable.
 */
export async function clusterAuthority(parts: AuthorityParts): Promise<AuthoritySecrets> {
  const { store, secret, imported } = parts;
  const known = await store.get(AUTHORITY);
  const own = known === undefined && (imported ?? (secret.isFounder ? await newAuthority() : undefined));
  const made = own ? await store.create(AUTHORITY, secret.seal(JSON.stringify(own))) : undefined;
  const authority = opened(known ?? made ?? (await waited(parts)), secret);
  if (imported && !createPrivateKey(imported.key).equals(createPrivateKey(authority.key))) {
    throw new StartError(
      'This cluster has an authority already, which is another one than that of --import. Leave --import out, or begin a new cluster with it: start its first tracker with --import and without --join.',
    );
  }
  return authority;
}

async function waited({ store, clock, signal }: AuthorityParts): Promise<Uint8Array> {
  for (const end = clock.steady() + WAIT_MS; clock.steady() < end && signal?.aborted !== true;) {
    await new Promise<void>((resolve) => void clock.after(LOOK_MS, resolve));
    const found = await store.get(AUTHORITY).catch(ifUnavailable);
    if (found) return found;
  }
  throw new StartError(
    'This cluster has no authority yet. Start its first tracker, which was started without --join and makes it, then this one again.',
  );
}

/** The servers may be choosing a leader. */
function ifUnavailable(error: unknown): undefined {
  if (!(error instanceof ParleyError && error.code === 'unavailable')) throw error;
}

function opened(kept: Uint8Array, secret: ClusterSecret): AuthoritySecrets {
  const authority = unsealed(kept, secret);
  if (authority) return authority;
  throw new StartError(
    'The authority of this cluster was sealed with another secret. Start with the data directory, or with --join and the secret, that it was made with.',
  );
}

/** Undefined for one that was sealed with another secret, or changed. */
export function unsealed(kept: Uint8Array, secret: ClusterSecret): AuthoritySecrets | undefined {
  const text = secret.open(kept);
  const authority: unknown = text === undefined ? undefined : JSON.parse(text);
  return sealed.Check(authority) ? authority : undefined;
}

async function newAuthority(): Promise<AuthoritySecrets> {
  const { privateKey } = await promisify(generateKeyPair)('ed25519');
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { key, certificate: await selfSign(createPrivateKey(key), { randomBytes }) };
}
