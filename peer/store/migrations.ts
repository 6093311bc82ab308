/**
 * The schema, one step a version (`user_version`). A released step is never edited: later versions must open every
 * earlier database.
 */
import { addEra, addPlace, relationsOfOldEntries } from './old-relations.js';
import { findCutRows, findRefusedRows } from './cut-rows.js';
import { filesOfOldEntries } from './files.js';
import { MISSING_CONTENTS_STEP } from './missing-contents.js';
import { ORIGINS_STEP } from './origins.js';
import { PRUNING_STEP } from './pruning.js';
import type { Database } from './sqlite.js';

export const migrations: readonly (string | ((db: Database) => void))[] = [
  `
  CREATE TABLE conversations (
    n INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    -- the row number of the newest entry that was here when the user last read
    read_n INTEGER NOT NULL DEFAULT 0,
    read_id TEXT,
    -- joined channels, and direct conversations that are to be shown
    open INTEGER NOT NULL DEFAULT 0
  );
  CREATE TABLE devices (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, username TEXT NOT NULL);
  CREATE TABLE certificates (
    device INTEGER NOT NULL, not_after INTEGER NOT NULL, pem TEXT NOT NULL, PRIMARY KEY (device, not_after)
  ) WITHOUT ROWID;
  -- rows are numbered in order of arrival; prev is the id of the row before in the same log
  CREATE TABLE entries (
    n INTEGER PRIMARY KEY,
    conversation INTEGER NOT NULL,
    device INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    time INTEGER NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    message TEXT NOT NULL,
    data TEXT NOT NULL,
    sig TEXT
  );
  CREATE UNIQUE INDEX entries_log ON entries (conversation, device, seq);
  CREATE INDEX entries_timeline ON entries (conversation, time, device, seq);
  CREATE INDEX entries_arrival ON entries (conversation);
  -- filled behind, in the order of n, up to index_state.upto: see indexer.ts
  CREATE TABLE entry_ids (prefix INTEGER NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (prefix, n)) WITHOUT ROWID;
  CREATE VIRTUAL TABLE entry_words USING fts5 (
    message, content = 'entries', content_rowid = 'n', tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
  );
  CREATE TABLE index_state (upto INTEGER NOT NULL);
  INSERT INTO index_state VALUES (0);
  -- what other users' devices hold of this device's own log
  CREATE TABLE receipts (
    conversation INTEGER NOT NULL, device INTEGER NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (conversation, device)
  ) WITHOUT ROWID;
  -- the caller's mark of a post, so that a repeated one is not written twice
  CREATE TABLE posted (client TEXT PRIMARY KEY, id TEXT NOT NULL, time INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE contacts (
    device TEXT PRIMARY KEY, username TEXT NOT NULL, host TEXT NOT NULL, port INTEGER NOT NULL, last_seen INTEGER NOT NULL
  ) WITHOUT ROWID;
  `,
  `
  -- how much of this device's own logs lies sealed in the mailbox of which device: see mailbox-marks.ts
  CREATE TABLE mailed (
    conversation TEXT NOT NULL, device TEXT NOT NULL, seq INTEGER NOT NULL, time INTEGER NOT NULL, wanted INTEGER NOT NULL,
    PRIMARY KEY (conversation, device)
  ) WITHOUT ROWID;
  -- devices whose sealed entries came, and which are still to be told what is durable here
  CREATE TABLE mail_owed (
    device TEXT NOT NULL, conversation TEXT NOT NULL, username TEXT NOT NULL, seen INTEGER NOT NULL,
    PRIMARY KEY (device, conversation)
  ) WITHOUT ROWID;
  `,
  `
  -- how far other users hold and have read this device's own log: delivered is true of all their devices, and only rises
  CREATE TABLE marks (
    conversation INTEGER NOT NULL, user TEXT NOT NULL, delivered INTEGER NOT NULL, read INTEGER NOT NULL,
    PRIMARY KEY (conversation, user)
  ) WITHOUT ROWID;
  -- devices that their users took back, with the signature of the tracker's CA
  CREATE TABLE revocations (device TEXT PRIMARY KEY, time INTEGER NOT NULL, sig TEXT NOT NULL) WITHOUT ROWID;
  `,
  `
  -- what users say of themselves and of channels: see profiles.ts
  CREATE INDEX entries_profiles ON entries (conversation, device, time, seq) WHERE kind = 'profile';
  CREATE INDEX entries_topics ON entries (conversation, time, device, seq) WHERE kind = 'topic';
  CREATE INDEX entries_comings ON entries (conversation, device, seq) WHERE kind IN ('join', 'leave');
  `,
  `
  -- what later entries say of an earlier one, for each author the last word: see relations.ts
  CREATE TABLE relations (
    target TEXT NOT NULL, conversation INTEGER NOT NULL, kind TEXT NOT NULL, user TEXT NOT NULL, emoji TEXT NOT NULL,
    time INTEGER NOT NULL, device INTEGER NOT NULL, seq INTEGER NOT NULL, n INTEGER NOT NULL, remove INTEGER NOT NULL,
    PRIMARY KEY (target, conversation, kind, user, emoji)
  ) WITHOUT ROWID;
  CREATE INDEX relations_pins ON relations (conversation, time, device, seq) WHERE kind = 'pin';
  CREATE TABLE replies (target TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (target, n)) WITHOUT ROWID;
  -- ids that relations or replies name, of entries that are not here
  CREATE TABLE awaited (target TEXT PRIMARY KEY) WITHOUT ROWID;
  -- rows of entries that their authors took back
  CREATE TABLE deleted (n INTEGER PRIMARY KEY);
  -- rows of the timeline lie apart from what only shows in them, so that a page costs its rows; an entry is in one of both
  DROP INDEX entries_timeline;
  CREATE INDEX entries_rows ON entries (conversation, time, device, seq)
    WHERE kind <> 'edit' AND kind <> 'delete' AND kind <> 'reaction' AND kind <> 'profile';
  CREATE INDEX entries_hidden ON entries (conversation, time, device, seq)
    WHERE kind = 'edit' OR kind = 'delete' OR kind = 'reaction' OR kind = 'profile';
  -- from this place on the user wants it unread again
  ALTER TABLE conversations ADD COLUMN unread_time INTEGER;
  ALTER TABLE conversations ADD COLUMN unread_device INTEGER;
  ALTER TABLE conversations ADD COLUMN unread_seq INTEGER;
  -- the words of what is to be found, by hour and row: see words.ts. Filled behind, up to index_state.words
  DROP TABLE entry_words;
  CREATE VIRTUAL TABLE entry_words USING fts5 (
    message, place, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
  );
  ALTER TABLE index_state ADD COLUMN words INTEGER NOT NULL DEFAULT 0;
  `,
  relationsOfOldEntries,
  addEra,
  findCutRows,
  `
  -- the latest mark of this device's lineage, and the one before it: see run-mark.ts
  CREATE TABLE run_mark (one INTEGER PRIMARY KEY CHECK (one = 1), mark TEXT NOT NULL, before TEXT);
  `,
  `
  -- own entries whose places others hold otherwise: to be written again under another key. See rewrites.ts
  CREATE TABLE rewrites (
    n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, conversation TEXT NOT NULL, kind TEXT NOT NULL, message TEXT NOT NULL,
    data TEXT NOT NULL, client TEXT, became TEXT
  );
  `,
  `
  -- the words folded (protocol/folding.ts), by which folding; 0: none yet. Words makes the index anew when it is another one
  ALTER TABLE index_state ADD COLUMN folding INTEGER NOT NULL DEFAULT 0;
  `,
  `
  -- accounts that the tracker told of: see accounts.ts
  CREATE TABLE known_accounts (n INTEGER PRIMARY KEY, user TEXT NOT NULL UNIQUE, username TEXT NOT NULL, last_seen INTEGER);
  `,
  `
  -- how far what was taken of logs and users is ahead of its rate: see buckets.ts. Milliseconds since 1970
  CREATE TABLE log_buckets (
    conversation INTEGER NOT NULL, device INTEGER NOT NULL, clock INTEGER NOT NULL, drained REAL NOT NULL,
    seq INTEGER NOT NULL, PRIMARY KEY (conversation, device)
  ) WITHOUT ROWID;
  CREATE TABLE user_buckets (user TEXT PRIMARY KEY, drained REAL NOT NULL) WITHOUT ROWID;
  `,
  findRefusedRows,
  `
  -- from where on logs of this device were taken out, to be written again: see rewrites.ts
  CREATE TABLE healed (conversation TEXT NOT NULL, device TEXT NOT NULL, seq INTEGER NOT NULL, UNIQUE (conversation, device));
  `,
  addPlace,
  `
  -- as people see it: see protocol/order.ts
  DROP INDEX entries_rows;
  DROP INDEX entries_hidden;
  CREATE INDEX entries_rows ON entries (conversation, place, device, seq)
    WHERE kind <> 'edit' AND kind <> 'delete' AND kind <> 'reaction' AND kind <> 'profile';
  CREATE INDEX entries_hidden ON entries (conversation, place, device, seq)
    WHERE kind = 'edit' OR kind = 'delete' OR kind = 'reaction' OR kind = 'profile';
  `,
  filesOfOldEntries,
  ORIGINS_STEP,
  `
  -- of the holder, when it said so: see peer/core/receipts.ts
  ALTER TABLE receipts ADD COLUMN epoch TEXT;
  `,
  `
  -- whether the holder lacks anything else of a direct conversation: see peer/core/receipts.ts
  ALTER TABLE receipts ADD COLUMN lacks INTEGER NOT NULL DEFAULT 0;
  `,
  `
  -- what the CA last said of accounts that were disabled: see account-words.ts
  CREATE TABLE account_words (
    user TEXT PRIMARY KEY, username TEXT NOT NULL, used INTEGER NOT NULL, time INTEGER NOT NULL, sig TEXT NOT NULL
  ) WITHOUT ROWID;
  `,
  `
  -- what the user has read at their other devices: see elsewhere.ts. told_read: a device that knows has told of the conversation;
  -- skip_n: up to this row nothing is unread for that, see unread.ts
  CREATE TABLE read_elsewhere (
    conversation INTEGER NOT NULL, device TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (conversation, device)
  ) WITHOUT ROWID;
  ALTER TABLE conversations ADD COLUMN told_read INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE conversations ADD COLUMN skip_n INTEGER NOT NULL DEFAULT 0;
  `,
  `
  -- what the CA last said of channels that admins have changed: see channel-words.ts
  CREATE TABLE channel_words (
    channel TEXT PRIMARY KEY, title TEXT NOT NULL, state TEXT NOT NULL, time INTEGER NOT NULL, sig TEXT NOT NULL
  ) WITHOUT ROWID;
  `,
  PRUNING_STEP,
  MISSING_CONTENTS_STEP,
];
