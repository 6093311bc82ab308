/** What the UI itself has to know of protocol/limits.ts; `limits.test.ts` holds the two together. */

/** A message, in bytes of UTF-8 (SPEC.md section 5). */
export const MESSAGE_MAX = 16 * 1024;
/** Passwords of new accounts, in bytes (section 2). */
export const PASSWORD_MIN = 8;
export const PASSWORD_MAX = 256;
/** Channels that everyone is in and nobody leaves (section 1). */
export const PERMANENT_CHANNELS: readonly string[] = ['general', 'broadcast'];
/** After how many days messages are forgotten here: what people choose from; 0: never (section 8). */
export const RETENTION_DAYS = [0, 7, 30, 90, 365] as const;
/** One page of history over HTTP (section 8). */
export const HISTORY_PAGE_MAX = 200;

/** Entries of the first page of a conversation, which is to be there at once, and of those that scrolling asks for. */
export const PAGE = 50;
export const SCROLL_PAGE = 100;
/** Entries of one conversation that are loaded at once; beyond it those farthest from the reader are dropped, so many together. */
export const LOADED_MAX = 2_000;
export const LOADED_SLACK = 200;
/** How many of the newest are kept of a conversation that was left. */
export const KEPT_AFTER_LEAVING = 200;
/** Messages that may wait here unsent, and how many of them are under way at once. */
export const OUTBOX_MAX = 500;
export const OUTBOX_WINDOW = 16;

/** What the composer holds: a text with more UTF-16 code units or more lines is never laid out, it becomes a snippet. */
export const COMPOSER_MAX = 32 * 1024;
export const COMPOSER_LINES_MAX = 1_000;
/** The longest snippet that is sent, in bytes of UTF-8: what is longer is a file. Far below what a log may write at once. */
export const SNIPPET_MAX = 1024 * 1024;
/** Snippets that wait in one composer. */
export const SNIPPETS_MAX = 10;

/** How long it shows that somebody types, and how often it is told (section 8). */
export const TYPING_SHOWN_MS = 6_000;
export const TYPING_TOLD_MS = 3_000;

/** A picture of a profile, in bytes (section 5). */
export const PICTURE_MAX = 12 * 1024;

/** Pixels of a picture that is decoded here: 200 MB of memory. The sensors of phones have up to 48 million. */
export const PIXELS_MAX = 50_000_000;

/** Files that wait in one composer. */
export const TRAY_FILES_MAX = 50;
/** How long a voice message can be. */
export const VOICE_MAX_MS = 30 * 60_000;

export const BROADCAST = '#broadcast';
export const HOME_CHANNEL = 'general';
