/**
 * Browser ↔ peer (SPEC.md section 8): the snapshot, the events, the commands and the HTTP bodies. Types and schemas only;
 * the UI imports the types alone, so that no validator reaches the browser.
 */
import Type, { type Static } from 'typebox';
import { TrackerView } from './local-views.js';

export * from './local-commands.js';
export * from './local-views.js';

const Conversation = Type.String({ minLength: 1, maxLength: 80 });

/** `GET /api/session`, open to all on the local address: what the sign-in page needs. */
export const SessionView = Type.Object({
  username: Type.String(),
  signedIn: Type.Boolean(),
  tracker: TrackerView,
});
export type SessionView = Static<typeof SessionView>;

/** `POST /api/login`: 200 with the cookie. With `register`, the account is made at the tracker first. */
export const LocalLogin = Type.Object({
  password: Type.String({ maxLength: 1024 }),
  register: Type.Optional(Type.Boolean()),
});
export type LocalLogin = Static<typeof LocalLogin>;

/** `GET /api/history`, `GET /api/search`. */
export const HistoryQuery = Type.Object({
  conversation: Conversation,
  before: Type.Optional(Type.String({ maxLength: 64 })),
  after: Type.Optional(Type.String({ maxLength: 64 })),
  around: Type.Optional(Type.String({ maxLength: 64 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
});
export const SearchQuery = Type.Object({
  q: Type.String({ minLength: 1, maxLength: 256 }),
  after: Type.Optional(Type.String({ maxLength: 64 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
});
