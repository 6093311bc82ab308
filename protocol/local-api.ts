/**
 * Browser ↔ peer (SPEC.md section 8): the snapshot, the events, the commands and the HTTP bodies. Types and schemas only;
 * the UI imports the types alone, so that no validator reaches the browser.
 */
import Type, { type Static } from 'typebox';
import { DEVICE_NAME_MAX, INVITE_MAX } from './limits.js';
import { TrackerView } from './local-views.js';

export type { MappingView } from './reach.js';
export type { DoctorCheck, DoctorProgress, DoctorReport } from './doctor.js';
export * from './local-commands.js';
export * from './local-file-views.js';
export * from './local-hooks.js';
export * from './local-invite.js';
export * from './local-notify.js';
export * from './local-own-devices.js';
export * from './local-profile.js';
export * from './local-retention.js';
export * from './local-views.js';

const Conversation = Type.String({ minLength: 1, maxLength: 80 });

/** `{"id":7,"command":"message.post",…arguments}`. */
export const CommandEnvelope = Type.Object({
  id: Type.Integer({ minimum: 0 }),
  command: Type.String({ maxLength: 64 }),
});

export type CommandResult =
  | ({ type: 'result'; id: number; ok: true } & Record<string, unknown>)
  | { type: 'result'; id: number; ok: false; code: string; message: string };

/**
 * The daemon does not know yet whose it is. `authorised`: this browser came by the one-time link, and may set it up.
 * `address`: what the daemon was started with, an address of a tracker or an invite.
 */
export const SetupView = Type.Object({
  authorised: Type.Boolean(),
  address: Type.Optional(Type.String()),
  /** What this device might be called. */
  device: Type.Optional(Type.String()),
});
export type SetupView = Static<typeof SetupView>;

/** `GET /api/session`, open to all on the local address: what the sign-in page needs. `username` is empty during a set-up. */
export const SessionView = Type.Object({
  username: Type.String(),
  signedIn: Type.Boolean(),
  tracker: TrackerView,
  setup: Type.Optional(SetupView),
  /** A gateway, with many users: one signs in on its own page, at `/sign-in`. */
  gateway: Type.Optional(Type.Literal(true)),
});
export type SessionView = Static<typeof SessionView>;

/** `POST /api/login`: 200 with the cookie. With `register`, the account is made at the tracker first. */
export const LocalLogin = Type.Object({
  password: Type.String({ maxLength: 1024 }),
  register: Type.Optional(Type.Boolean()),
  /** A code, where an account is made with an invite alone. */
  invite: Type.Optional(Type.String({ maxLength: INVITE_MAX })),
});
export type LocalLogin = Static<typeof LocalLogin>;

/** `POST /api/setup/check`: is there a tracker? → `SetupTracker`. `address`: of a tracker, or an invite. */
export const SetupCheck = Type.Object({ address: Type.String({ minLength: 1, maxLength: INVITE_MAX }) });
export type SetupCheck = Static<typeof SetupCheck>;

/** `ca`: the fingerprint that is pinned from now on. `local`: the tracker is on this machine, by an address of this machine alone. */
export interface SetupTracker {
  tracker: string;
  ca: string;
  invited: boolean;
  local: boolean;
}

/** `POST /api/setup`: 200 with the cookie; the daemon then goes on as this user. `ca`: as `SetupTracker` had it. */
export const SetupBody = Type.Object({
  address: Type.String({ minLength: 1, maxLength: INVITE_MAX }),
  ca: Type.String({ maxLength: 64 }),
  username: Type.String({ maxLength: 64 }),
  password: Type.String({ maxLength: 1024 }),
  register: Type.Optional(Type.Boolean()),
  /** What this device is to be called; what cannot be seen of it is left out. */
  device: Type.Optional(Type.String({ maxLength: DEVICE_NAME_MAX })),
  /** In place of the one in the invite link. */
  invite: Type.Optional(Type.String({ maxLength: INVITE_MAX })),
});
export type SetupBody = Static<typeof SetupBody>;

/** `GET /api/history`, `GET /api/search`. */
export const HistoryQuery = Type.Object({
  conversation: Conversation,
  before: Type.Optional(Type.String({ maxLength: 64 })),
  after: Type.Optional(Type.String({ maxLength: 64 })),
  around: Type.Optional(Type.String({ maxLength: 64 })),
  since: Type.Optional(Type.String({ maxLength: 64 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
});
export const SearchQuery = Type.Object({
  q: Type.String({ minLength: 1, maxLength: 256 }),
  after: Type.Optional(Type.String({ maxLength: 64 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
});
