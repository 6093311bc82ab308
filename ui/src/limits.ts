/** What the UI itself has to know of protocol/limits.ts; `limits.test.ts` holds the two together. */

/** A message, in bytes of UTF-8 (SPEC.md section 5). */
export const MESSAGE_MAX = 16 * 1024;
/** Passwords of new accounts, in bytes (section 2). */
export const PASSWORD_MIN = 8;
export const PASSWORD_MAX = 256;
/** Channels that everyone is in and nobody leaves (section 1). */
export const PERMANENT_CHANNELS: readonly string[] = ['general', 'broadcast'];
/** One page of history over HTTP (section 8). */
export const HISTORY_PAGE_MAX = 200;

/** Entries of one page when scrolling up. */
export const PAGE = 50;
/** How far back a timeline is read again after a reconnect; what lies deeper is loaded anew on scrolling. */
export const REFRESH_MAX = 5_000;
/** Messages that may wait here unsent, and how many of them are under way at once. */
export const OUTBOX_MAX = 500;
export const OUTBOX_WINDOW = 16;

/** How long it shows that somebody types, and how often it is told (section 8). */
export const TYPING_SHOWN_MS = 6_000;
export const TYPING_TOLD_MS = 3_000;

export const BROADCAST = '#broadcast';
export const HOME_CHANNEL = 'general';
