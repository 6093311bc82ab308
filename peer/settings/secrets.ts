import { createHash, timingSafeEqual } from 'node:crypto';
import { join } from 'node:path';
import Type, { type Static } from 'typebox';
import type { Log } from '../services.js';
import { Document } from './document.js';

export const HOOKS_MAX = 32;

/** A webhook: one that lets programs post has the hash of its secret, one that tells them the key with which it signs. */
const StoredHook = Type.Object({
  id: Type.String({ maxLength: 64 }),
  name: Type.String({ maxLength: 64 }),
  direction: Type.Union([Type.Literal('in'), Type.Literal('out')]),
  conversation: Type.Optional(Type.String({ maxLength: 80 })),
  hash: Type.Optional(Type.String({ maxLength: 128 })),
  key: Type.Optional(Type.String({ maxLength: 128 })),
  url: Type.Optional(Type.String({ maxLength: 2048 })),
  mentions: Type.Optional(Type.Literal(true)),
  local: Type.Optional(Type.Literal(true)),
  /** The place in the order of arrival up to which it has told. */
  after: Type.Optional(Type.String({ maxLength: 256 })),
  created: Type.Integer(),
});
export type StoredHook = Static<typeof StoredHook>;

/** `secrets.json`: what lets somebody in. Kept apart, so that `settings.json` can be shown to others. */
export const Secrets = Type.Object({
  /** The session at the tracker. */
  trackerToken: Type.Optional(Type.String({ maxLength: 512 })),
  /** The CA has signed that this device is to be let in by a password only: also the next tracker is not offered its key. */
  signedOut: Type.Optional(Type.Literal(true)),
  /** Argon2id of the account's password, for signing in to the browser UI while the tracker is away. */
  passwordHash: Type.Optional(Type.String({ maxLength: 512 })),
  /** Sessions of the browser UI: hash of the token, and when it ends, in milliseconds since 1970. */
  uiSessions: Type.Array(Type.Object({ hash: Type.String({ maxLength: 128 }), expires: Type.Integer() })),
  hooks: Type.Optional(Type.Array(StoredHook, { maxItems: HOOKS_MAX })),
});
export type Secrets = Static<typeof Secrets>;

/** @throws SettingsError */
export function openSecrets(dataDir: string, log: Log): Promise<Document<Secrets>> {
  return Document.open({ file: join(dataDir, 'secrets.json'), schema: Secrets, defaults: { uiSessions: [] }, log });
}

/** Of a secret that somebody shows only this is kept. */
export function secretHash(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

/** In constant time. */
export function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
