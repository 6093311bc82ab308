/**
 * What a backup is: a tar archive in an age file (https://age-encryption.org/v1), sealed by a passphrase. Both are formats of their
 * own right, so that `age -d` and `tar` open it where there is no Parley. The key of the device is not in it
 * (docs/decisions/moving.md), nor what lets anybody sign in.
 */
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { ParleyError } from '../../protocol/errors.js';

export const BACKUP_VERSION = 1;
/** Its first file. */
export const MANIFEST = 'parley-backup.json';
export const HISTORY = 'history.db';
export const MANIFEST_MAX = 4096;

const Manifest = Type.Object({
  version: Type.Integer({ minimum: 1 }),
  username: Type.String({ pattern: '^[A-Za-z0-9_-]{1,32}$' }),
  /** ISO 8601. */
  created: Type.String({ maxLength: 32 }),
});
export type Manifest = Static<typeof Manifest>;
const manifest = Compile(Manifest);

/** Small files that go along where they are there. Of the identity only what others' certificates are checked by. */
export const SMALL = ['settings.json', 'identity/ca.pem', 'identity/former-authorities.json'] as const;

/** Complete files of messages, and the hashes of their chunks, by the names that the store of blobs gives them. */
const BLOB = /^blobs\/[0-9a-f]{2}\/[0-9a-f]{64}(?:\.[0-9a-f]{64})?$/;

export function isBlob(path: string): boolean {
  return BLOB.test(path);
}

/** Nothing else is ever written by a restore. */
export function belongs(path: string): boolean {
  return path === HISTORY || SMALL.some((each) => each === path) || isBlob(path);
}

/** @throws ParleyError bad_request */
export function readManifest(bytes: Buffer): Manifest {
  let found: unknown;
  try {
    found = JSON.parse(bytes.toString());
  } catch {
    throw damaged();
  }
  const { version } = (found ?? {}) as { version?: unknown };
  if (typeof version === 'number' && version > BACKUP_VERSION) {
    throw new ParleyError(
      'bad_request',
      'That backup is of a newer version of Parley. Install that version here first.',
    );
  }
  if (!manifest.Check(found)) throw damaged();
  return found;
}

export function damaged(cause?: unknown): ParleyError {
  const text =
    'That backup is damaged, or not all of it is there. Copy it again, or use another one. Nothing was restored.';
  return new ParleyError('bad_request', text, { cause });
}
