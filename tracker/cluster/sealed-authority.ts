/** The CA of a cluster: in the store, sealed with the cluster's secret, so that all trackers have it and no disk shows it. */
import { createPrivateKey, generateKeyPair, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { selfSign, type AuthoritySecrets } from '../authority.js';
import type { Clock } from '../clock.js';
import type { Log } from '../log.js';
import { StartError } from '../start-error.js';
import type { SecretStore } from '../store/tracker-store.js';
import type { ClusterSecret } from './cluster-secret.js';

/** Of the secret in a store, and in a copy of one. */
export const AUTHORITY = 'authority';
const LOOK_MS = 500;
const SAY_EVERY_MS = 10_000;
const sealed = Compile(Type.Object({ key: Type.String(), certificate: Type.String() }));

export interface AuthorityParts {
  store: SecretStore;
  secret: ClusterSecret;
  clock: Clock;
  log: Log;
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

/** Until it is there: a tracker that ended instead would be missing where the others choose a leader. Errors: StartError, unavailable. */
async function waited({ store, clock, log, signal }: AuthorityParts): Promise<Uint8Array> {
  const next = 'start its first tracker, which was started without --join and makes it';
  // The first one may be started together with this one.
  let sayAt = clock.steady() + SAY_EVERY_MS;
  while (signal?.aborted !== true) {
    await new Promise<void>((resolve) => void clock.after(LOOK_MS, resolve));
    const found = await store.get(AUTHORITY);
    if (found) return found;
    if (clock.steady() < sayAt) continue;
    log.warn({}, `this cluster has no authority yet: ${next}`);
    sayAt = clock.steady() + SAY_EVERY_MS;
  }
  throw new StartError(`Stopped while this cluster had no authority yet: ${next}.`);
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
