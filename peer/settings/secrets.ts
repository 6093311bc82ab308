import { join } from 'node:path';
import Type, { type Static } from 'typebox';
import type { Log } from '../services.js';
import { Document } from './document.js';

/** `secrets.json`: what lets somebody in. Kept apart, so that `settings.json` can be shown to others. */
export const Secrets = Type.Object({
  /** The session at the tracker. */
  trackerToken: Type.Optional(Type.String({ maxLength: 512 })),
  /** Argon2id of the account's password, for signing in to the browser UI while the tracker is away. */
  passwordHash: Type.Optional(Type.String({ maxLength: 512 })),
  /** Sessions of the browser UI: hash of the token, and when it ends, in milliseconds since 1970. */
  uiSessions: Type.Array(Type.Object({ hash: Type.String({ maxLength: 128 }), expires: Type.Integer() })),
});
export type Secrets = Static<typeof Secrets>;

/** @throws SettingsError */
export function openSecrets(dataDir: string, log: Log): Promise<Document<Secrets>> {
  return Document.open({ file: join(dataDir, 'secrets.json'), schema: Secrets, defaults: { uiSessions: [] }, log });
}
