/** Constants of the protocol. Each cites the section of SPEC.md that it belongs to. Sizes are bytes of UTF-8. */

/** Section 1: names. */
export const USERNAME_PATTERN = '^[A-Za-z0-9_-]{1,32}$';
/** Section 2: how the names of guests begin, and how long the rest may be, so that both are a username. */
export const GUEST_PREFIX = 'guest-';
export const GUEST_NAME_MAX = 26;
export const CHANNEL_PATTERN = '^[a-z0-9_-]{1,32}$';
export const DEVICE_ID_LENGTH = 22;
export const ENTRY_ID_LENGTH = 43;
/** Section 1: channels that everyone is in and nobody leaves. */
export const PERMANENT_CHANNELS = ['general', 'broadcast'] as const;
/** Section 2: channels of a new tracker. */
export const INITIAL_CHANNELS = ['general', 'broadcast', 'tech', 'game'] as const;

/** Section 2: passwords, in bytes. */
export const PASSWORD_MIN = 8;
export const PASSWORD_MAX = 256;
/** Section 2: sliding life of a session. */
export const SESSION_LIFE_MS = 30 * 24 * 3600_000;
/** Section 2: how long a challenge for a device to sign is good. */
export const CHALLENGE_LIFE_MS = 60_000;
/** Section 2: trackers that stand for one another, as one of them names them. */
export const TRACKERS_MAX = 8;
/** Section 2: a JSON body to the tracker. */
export const TRACKER_BODY_MAX = 64 * 1024;
/** Section 2: names in the answer of /add-list; `member_count` beside them counts all. */
export const ADD_LIST_MEMBERS_MAX = 1000;
/** Section 2: how often a peer repeats /submit-info, and after what silence it leaves the list. */
export const HEARTBEAT_MS = 15_000;
export const PRESENCE_EXPIRY_MS = 45_000;
/** Section 2: how long a peer stays listed after its events socket closed, so that a reconnection is not visible. */
export const EVENTS_CLOSE_GRACE_MS = 3_000;
/** Section 2: up to so many peers online, and in a channel, a socket that asks for a part of presence is told of all of them. */
export const PRESENCE_WHOLE_MAX = 500;
export const CHANNEL_WHOLE_MAX = 200;
/** Section 2: users that such a socket may follow, and that one message may name. */
export const PRESENCE_FOLLOW_MAX = 500;
export const FOLLOW_AT_ONCE_MAX = 100;

/** Section 2: how often a peer asks its tracker for a sign of life over the events socket, and after what silence it is given up. */
export const TRACKER_BEAT_MS = 5_000;
export const TRACKER_SILENT_MS = 10_000;

/** Section 2: how many marks of a device's lineage are sent to the tracker. */
export const LINEAGE_MAX = 32;

/** Section 3: a device certificate's life; it is renewed at half of it. */
export const CERTIFICATE_LIFE_MS = 30 * 24 * 3600_000;
/** Section 3: certificates are valid from a little before they are issued, since clocks differ. */
export const CERTIFICATE_BACKDATE_MS = 24 * 3600_000;

/** Section 3: clocks that differ by more are reported, with whose clock is wrong. */
export const CLOCKS_AGREE_MS = 60_000;
/** Section 3: a clock with an earlier time is wrong, whatever others say: no version is so old. */
export const NO_CLOCK_BEFORE_MS = Date.UTC(2026, 0, 1);

/** Section 4: one NDJSON line on a link. */
export const LINE_MAX = 256 * 1024;
export const HANDSHAKE_TIMEOUT_MS = 10_000;
export const PING_AFTER_MS = 15_000;
export const DEAD_AFTER_MS = 45_000;
/** Section 4: handshake lists; more are refused. */
export const HANDSHAKE_CHANNELS_MAX = 512;
export const PROTOCOL_VERSION = 1;
export const ALPN = 'parley/1';

/** Section 5: a device's log never grows beyond this, so that a `seq` is a small integer everywhere. */
export const SEQ_MAX = 2 ** 31 - 1;
/** Section 5: so many logs of a conversation, or of a range of one, are told one by one; of more a digest is. */
export const LISTED_MAX = 32;
/** Section 5: parts of one line of `ranges`. */
export const RANGE_PARTS_MAX = 1024;
/** Section 5: a message, and the canonical JSON of an entry's `data`. */
export const MESSAGE_MAX = 16 * 1024;
export const DATA_MAX = 32 * 1024;
/** Section 5: at least every so many entries of a log one is signed. */
export const UNSIGNED_RUN_MAX = 256;
/** Section 5: and at least every so many bytes, counted as for the rates, unless one entry alone has more. */
export const UNSIGNED_BYTES_MAX = 1024 * 1024;
/** Section 5: entries of one link that wait for a signed one to come: so many, and so many bytes. */
export const UNPROVEN_MAX = 16 * UNSIGNED_RUN_MAX;
export const UNPROVEN_BYTES_MAX = 16 * 1024 * 1024;
/** Section 5: how far ahead of our clock a seen time is still followed, so that replies sort after what they answer. */
export const CLOCK_LEAD_MS = 15 * 60_000;
/** Section 5: full mesh up to this many members online; beyond, a bounded choice. */
export const FULL_MESH_MAX = 16;
export const LINKS_MAX = 24;

/** Section 6: what is sealed is padded to one of these sizes; more is split. */
export const SEALED_CLASSES = [1, 4, 16, 64, 256].map((kib) => kib * 1024);
/** Section 6: how long a mailbox keeps what nobody fetched. */
export const MAILBOX_LIFE_MS = 30 * 24 * 3600_000;
/** Section 6: sealed bytes that wait for one user. */
export const MAILBOX_MAX = 64 * 1024 * 1024;
/** Section 6: one page of a mailbox: so many bytes, but at least one; and so many blobs. */
export const MAILBOX_PAGE_BYTES = 2 * 1024 * 1024;
export const MAILBOX_PAGE_MAX = 64;
/** Section 6: a prekey is replaced after so long; the private part of the old one goes when nothing sealed to it can come. */
export const PREKEY_LIFE_MS = 7 * 24 * 3600_000;
export const PREKEY_KEPT_MS = MAILBOX_LIFE_MS + 24 * 3600_000;

/** Section 8: an invite's link, in characters; the trackers that it names. */
export const INVITE_MAX = 4096;
/** The code of one as it is typed, with spaces and hyphens: longer is no code. */
export const INVITE_CODE_MAX = 64;
export const INVITE_TRACKERS_MAX = 8;
/** Section 8: a command over the UI's WebSocket; the local HTTP bodies. */
export const COMMAND_MAX = 64 * 1024;
export const HISTORY_PAGE_MAX = 200;
/** Section 8: how long somebody who typed is shown as typing; told again after half of it. */
export const TYPING_SHOWN_MS = 6_000;
/** Section 5: emoji on one entry; names in one; the part of a message that stands in a reply to it. */
export const REACTIONS_MAX = 50;
export const MENTIONS_MAX = 64;
/** Section 8: in channels with more members `@here` and `@all` call nobody unless the user has said so of this message. */
export const CALL_UNASKED = 20;
export const QUOTE_MAX = 280;
/** Section 5: a picture of a profile, in bytes. */
export const PICTURE_MAX = 12 * 1024;

/** Section 2: accounts in one answer of `GET /users`. */
export const USERS_PAGE_MAX = 500;
/** Section 2: the name of a device, and of what it runs on, in UTF-16 units. */
export const DEVICE_NAME_MAX = 64;
/** Section 2: the steps in which others see when a user was last seen, and a user when their devices were. */
export const LAST_SEEN_STEP_MS = 5 * 60_000;

/** The shortest time after which anybody forgets what a message says. Days. */
export const RETENTION_MIN_DAYS = 7;
/** What people choose from; 0: for ever. */
export const RETENTION_DAYS = [0, RETENTION_MIN_DAYS, 30, 90, 365] as const;
