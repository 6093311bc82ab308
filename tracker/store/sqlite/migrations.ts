/**
 * One step a version: `user_version` counts those that ran. A step that was ever released is never changed; a new one is
 * added at the end. `WITHOUT ROWID`: every table is found by its key alone.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE accounts (
    key TEXT PRIMARY KEY,
    username TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    created INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE sessions (
    hash TEXT PRIMARY KEY,
    user TEXT NOT NULL REFERENCES accounts (key),
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX sessions_by_user ON sessions (user, created);
  CREATE INDEX sessions_by_expiry ON sessions (expires);

  CREATE TABLE channels (
    name TEXT PRIMARY KEY,
    topic TEXT NOT NULL DEFAULT '',
    permanent INTEGER NOT NULL,
    creator TEXT,
    created INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX channels_by_creator ON channels (creator);

  CREATE TABLE members (
    channel TEXT NOT NULL REFERENCES channels (name),
    user TEXT NOT NULL REFERENCES accounts (key),
    PRIMARY KEY (channel, user)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX members_by_user ON members (user);

  CREATE TABLE devices (
    device TEXT PRIMARY KEY,
    user TEXT NOT NULL REFERENCES accounts (key),
    certificate TEXT NOT NULL,
    created INTEGER NOT NULL,
    revoked INTEGER NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX devices_by_user ON devices (user, created);
  `,
  `
  ALTER TABLE devices ADD COLUMN revoked_at INTEGER;
  -- when is not known of those revoked before: what they did until now stands
  UPDATE devices SET revoked_at = CAST(strftime('%s', 'now') AS INTEGER) * 1000 WHERE revoked = 1;
  CREATE INDEX devices_by_revocation ON devices (revoked_at) WHERE revoked = 1;
  `,
  `
  CREATE TABLE prekeys (
    device TEXT PRIMARY KEY,
    user TEXT NOT NULL REFERENCES accounts (key),
    username TEXT NOT NULL,
    id TEXT NOT NULL,
    key TEXT NOT NULL,
    time TEXT NOT NULL,
    sig TEXT NOT NULL,
    published INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX prekeys_by_user ON prekeys (user, published);
  CREATE INDEX prekeys_by_time ON prekeys (published);

  -- AUTOINCREMENT: a number is never given twice, so that a late acknowledgement removes what it means
  CREATE TABLE mails (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    user TEXT NOT NULL REFERENCES accounts (key),
    device TEXT NOT NULL,
    prekey TEXT NOT NULL,
    blob BLOB NOT NULL,
    created INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX mails_by_device ON mails (device, n);
  CREATE INDEX mails_by_age ON mails (created);
  CREATE TABLE mailbox_bytes (user TEXT PRIMARY KEY, bytes INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TRIGGER mail_put AFTER INSERT ON mails BEGIN
    INSERT INTO mailbox_bytes (user, bytes) VALUES (NEW.user, length(NEW.blob))
      ON CONFLICT DO UPDATE SET bytes = bytes + excluded.bytes;
  END;
  CREATE TRIGGER mail_removed AFTER DELETE ON mails BEGIN
    UPDATE mailbox_bytes SET bytes = bytes - length(OLD.blob) WHERE user = OLD.user;
  END;
  `,
  `
  -- where the device stood last, and whether a copy of it was met since
  ALTER TABLE devices ADD COLUMN mark TEXT;
  ALTER TABLE devices ADD COLUMN copied INTEGER NOT NULL DEFAULT 0;
  `,
  `
  -- not unique: names from before that look alike stay; only new ones are refused
  ALTER TABLE accounts ADD COLUMN skeleton TEXT NOT NULL DEFAULT '';
  UPDATE accounts SET skeleton = username_skeleton(username);
  CREATE INDEX accounts_by_skeleton ON accounts (skeleton);
  ALTER TABLE channels ADD COLUMN skeleton TEXT NOT NULL DEFAULT '';
  UPDATE channels SET skeleton = channel_skeleton(name);
  CREATE INDEX channels_by_skeleton ON channels (skeleton);
  `,
  `
  ALTER TABLE accounts ADD COLUMN last_seen INTEGER;
  -- each key from its second letter on, from its third …: so that any part of a name is the beginning of a row here
  CREATE TABLE account_parts (
    part TEXT NOT NULL,
    key TEXT NOT NULL REFERENCES accounts (key),
    PRIMARY KEY (part, key)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE account_offsets (n INTEGER PRIMARY KEY) STRICT;
  WITH RECURSIVE up (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM up WHERE n < 32)
    INSERT INTO account_offsets SELECT n FROM up;
  INSERT INTO account_parts SELECT substr(key, n), key FROM accounts, account_offsets WHERE n <= length(key);
  CREATE TRIGGER account_added AFTER INSERT ON accounts BEGIN
    INSERT INTO account_parts SELECT substr(NEW.key, n), NEW.key FROM account_offsets WHERE n <= length(NEW.key);
  END;
  `,
  `
  -- one row for each account and kind: the next day begins it anew
  CREATE TABLE daily_counts (
    user TEXT NOT NULL REFERENCES accounts (key),
    what TEXT NOT NULL,
    day INTEGER NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (user, what)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- 1: a guest; 2: one who is gone, whom no list shows, so that lists cost as much as they show
  ALTER TABLE accounts ADD COLUMN guest INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX accounts_here ON accounts (key) WHERE guest < 2;
  CREATE INDEX accounts_of_guests ON accounts (created) WHERE guest > 0;
  CREATE INDEX accounts_of_guests_here ON accounts (key) WHERE guest = 1;
  CREATE TRIGGER guest_left AFTER UPDATE OF guest ON accounts WHEN NEW.guest = 2 BEGIN
    DELETE FROM account_parts WHERE (part, key) IN
      (SELECT substr(NEW.key, n), NEW.key FROM account_offsets WHERE n <= length(NEW.key));
  END;
  `,
  `
  -- no epoch for the devices of before: which of them a password let in, and which password, is not known. Sessions end with
  -- the password that opened them, so that those of before are of the present one
  ALTER TABLE accounts ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE devices ADD COLUMN epoch INTEGER;
  ALTER TABLE sessions ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE sessions ADD COLUMN device TEXT;
  CREATE INDEX sessions_by_device ON sessions (device) WHERE device IS NOT NULL;
  `,
  `
  CREATE TABLE secrets (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
  `,
  `
  -- 1: pending, 2: disabled, 3: removed. No list shows them but that of admins. Of the accounts of before none is an admin
  ALTER TABLE accounts ADD COLUMN state INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE accounts ADD COLUMN admin INTEGER NOT NULL DEFAULT 0;
  DROP INDEX accounts_here;
  CREATE INDEX accounts_here ON accounts (key) WHERE guest < 2 AND state = 0;
  CREATE INDEX accounts_of_admins ON accounts (key) WHERE admin = 1;
  CREATE INDEX accounts_of_members ON accounts (key) WHERE guest = 0;
  CREATE INDEX accounts_by_age ON accounts (created) WHERE guest = 0;
  CREATE INDEX accounts_by_state ON accounts (state, key) WHERE state > 0;
  DROP TRIGGER account_added;
  CREATE TRIGGER account_added AFTER INSERT ON accounts WHEN NEW.state = 0 BEGIN
    INSERT INTO account_parts SELECT substr(NEW.key, n), NEW.key FROM account_offsets WHERE n <= length(NEW.key);
  END;
  CREATE TRIGGER account_hidden AFTER UPDATE OF state ON accounts WHEN OLD.state = 0 AND NEW.state > 0 BEGIN
    DELETE FROM account_parts WHERE (part, key) IN
      (SELECT substr(NEW.key, n), NEW.key FROM account_offsets WHERE n <= length(NEW.key));
  END;
  CREATE TRIGGER account_shown AFTER UPDATE OF state ON accounts
  WHEN OLD.state > 0 AND NEW.state = 0 AND NEW.guest < 2 BEGIN
    INSERT INTO account_parts SELECT substr(NEW.key, n), NEW.key FROM account_offsets WHERE n <= length(NEW.key);
  END;
  CREATE TABLE records (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (kind, id)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- the epoch since which devices are let in: a new password may leave them as they are
  ALTER TABLE accounts ADD COLUMN devices_since INTEGER NOT NULL DEFAULT 0;
  UPDATE accounts SET devices_since = epoch;
  `,
  `
  -- when an account was last disabled, removed or enabled again
  ALTER TABLE accounts ADD COLUMN state_since INTEGER;
  UPDATE accounts SET state_since = created WHERE state > 1;
  CREATE INDEX accounts_by_change ON accounts (state_since) WHERE state_since IS NOT NULL;
  `,
  `
  ALTER TABLE devices ADD COLUMN name TEXT;
  ALTER TABLE devices ADD COLUMN platform TEXT;
  ALTER TABLE devices ADD COLUMN last_seen INTEGER;
  `,
  `
  -- what admins made of channels. 1: archived, 2: deleted. The time is that of the last change of any of it
  ALTER TABLE channels ADD COLUMN title TEXT;
  ALTER TABLE channels ADD COLUMN title_skeleton TEXT;
  ALTER TABLE channels ADD COLUMN state INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE channels ADD COLUMN since INTEGER;
  CREATE INDEX channels_by_title ON channels (title_skeleton) WHERE title_skeleton IS NOT NULL;
  `,
];
