import { join } from 'node:path';
import Type, { type Static } from 'typebox';
import {
  FilePreferences,
  NoticeView,
  Notify,
  NotifyRules,
  PreferencesView,
  Retention,
} from '../../protocol/local-api.js';
import { DEVICE_NAME_MAX } from '../../protocol/limits.js';
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

/** What the user has chosen for all of their windows; absent is as it comes. */
export const Preferences = Type.Partial(
  Type.Object({
    ...PreferencesView.properties,
    files: Type.Partial(FilePreferences),
    notify: Type.Partial(NotifyRules),
  }),
);

/** User key → what this user thinks of them. */
export const People = Type.Record(
  Type.String(),
  Type.Object({
    username: Type.String({ maxLength: 64 }),
    friend: Type.Optional(Type.Literal(true)),
    muted: Type.Optional(Type.Literal(true)),
    blocked: Type.Optional(Type.Literal(true)),
  }),
);

/** Conversation id → what is worth a notification there, and which files come by themselves, after how many days it forgets, where that is not as it comes. */
export const Conversations = Type.Record(
  Type.String(),
  Type.Object({
    notify: Type.Optional(Notify),
    autoFetch: Type.Optional(Type.Union([Type.Literal('all'), Type.Literal('none')])),
    retention: Type.Optional(Retention),
  }),
);

/** `settings.json`: what a person may open, read and edit while the peer is stopped. */
export const Settings = Type.Object({
  profile: Type.Object({
    displayName: Type.Optional(Type.String({ maxLength: 64 })),
    about: Type.Optional(Type.String({ maxLength: 2000 })),
    /** Of earlier versions: `preferences.sendReads`, where that is not set. */
    readReceipts: Type.Optional(Type.Boolean()),
  }),
  /** Whose data this is, so that the next start needs to be told nothing. */
  username: Type.Optional(Type.String({ maxLength: 64 })),
  /** Certificate to trust at an https tracker, PEM. */
  trackerCa: Type.Optional(Type.String({ maxLength: 65_536 })),
  /** Addresses of trackers that the user gave. */
  trackers: Type.Array(Type.String({ maxLength: 2048 }), { maxItems: 16 }),
  /** And of those that a tracker named besides: they stand for one another. */
  learnedTrackers: Type.Optional(Type.Array(Type.String({ maxLength: 2048 }), { maxItems: 16 })),
  /** What this device is called, where that was said when it was set up. The tracker has what its user has called it since. */
  deviceName: Type.Optional(Type.String({ maxLength: DEVICE_NAME_MAX })),
  /** When this device came beside others of the user, ms: what was written before is read. 0: it is the first one. See device-age.ts. */
  olderThan: Type.Optional(Type.Number()),
  pins: Pins,
  /** Notices that the user has not dismissed yet, oldest first. */
  notices: Type.Array(NoticeView),
  preferences: Preferences,
  people: People,
  conversations: Conversations,
});
export type Settings = Static<typeof Settings>;

/** @throws SettingsError */
export function openSettings(dataDir: string, log: Log): Promise<Document<Settings>> {
  const defaults: Settings = {
    profile: {},
    trackers: [],
    pins: { users: {} },
    notices: [],
    preferences: {},
    people: {},
    conversations: {},
  };
  return Document.open({ file: join(dataDir, 'settings.json'), schema: Settings, defaults, log });
}
