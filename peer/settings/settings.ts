import { join } from 'node:path';
import Type, { type Static } from 'typebox';
import { NoticeView } from '../../protocol/local-api.js';
import type { Log } from '../services.js';
import { Document } from './document.js';

/** First-seen keys (SPEC.md section 3). */
export const Pins = Type.Object({
  /** Fingerprint of the tracker's CA: see `caFingerprint`. */
  ca: Type.Optional(Type.String({ maxLength: 128 })),
  /** User key → device ids. */
  users: Type.Record(Type.String(), Type.Array(Type.String({ maxLength: 64 }))),
  /** User key → the devices for which the user has compared the safety number. */
  verified: Type.Optional(Type.Record(Type.String(), Type.Array(Type.String({ maxLength: 64 })))),
});
export type Pins = Static<typeof Pins>;

/** `settings.json`: what a person may open, read and edit while the peer is stopped. */
export const Settings = Type.Object({
  profile: Type.Object({
    displayName: Type.Optional(Type.String({ maxLength: 64 })),
    about: Type.Optional(Type.String({ maxLength: 2000 })),
    /** Whether others are told what the user has read; true unless it is set to false. */
    readReceipts: Type.Optional(Type.Boolean()),
  }),
  /** Whose data this is, so that the next start needs to be told nothing. */
  username: Type.Optional(Type.String({ maxLength: 64 })),
  /** Certificate to trust at an https tracker, PEM. */
  trackerCa: Type.Optional(Type.String({ maxLength: 65_536 })),
  /** Addresses of trackers, tried in this order. */
  trackers: Type.Array(Type.String({ maxLength: 2048 }), { maxItems: 16 }),
  pins: Pins,
  /** Notices that the user has not dismissed yet, oldest first. */
  notices: Type.Array(NoticeView),
});
export type Settings = Static<typeof Settings>;

/** @throws SettingsError */
export function openSettings(dataDir: string, log: Log): Promise<Document<Settings>> {
  const defaults: Settings = { profile: {}, trackers: [], pins: { users: {} }, notices: [] };
  return Document.open({ file: join(dataDir, 'settings.json'), schema: Settings, defaults, log });
}
