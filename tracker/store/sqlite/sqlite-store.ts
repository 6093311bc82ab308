import type { Clock } from '../../clock.js';
import { MemoryPresence } from '../memory-presence.js';
import { alone, alwaysReady } from '../notes.js';
import type { TrackerStore } from '../tracker-store.js';
import { openDatabase, toPromise } from './database.js';
import { GroupedWrites } from './grouped-writes.js';
import { SqliteAccounts } from './sqlite-accounts.js';
import { SqliteArchive } from './sqlite-archive.js';
import { SqliteChannels } from './sqlite-channels.js';
import { SqliteDailyCounts } from './sqlite-daily-counts.js';
import { SqliteDevices } from './sqlite-devices.js';
import { SqliteMailboxes, SqlitePrekeys } from './sqlite-mailboxes.js';
import { SqliteRecords } from './sqlite-records.js';
import { SqliteSecrets } from './sqlite-secrets.js';
import { SqliteSessions } from './sqlite-sessions.js';

/** The store of a tracker that runs alone: one SQLite file, and presence in memory, since peers repeat it. */
export function openSqliteStore(file: string, clock: Clock): TrackerStore {
  const db = openDatabase(file);
  const writes = new GroupedWrites(db);
  const channels = new SqliteChannels(db);
  const records = new SqliteRecords(db);
  const accounts = new SqliteAccounts(db, records, () => {
    channels.accountsChanged();
  });
  const presence = new MemoryPresence(clock);
  return {
    accounts,
    channels,
    presence,
    sessions: new SqliteSessions(db, writes),
    devices: new SqliteDevices(db, writes),
    mailboxes: new SqliteMailboxes(db, writes),
    prekeys: new SqlitePrekeys(db, writes),
    dailyCounts: new SqliteDailyCounts(db, writes),
    secrets: new SqliteSecrets(db),
    records,
    notes: alone,
    states: alwaysReady,
    archive: new SqliteArchive(db),
    close: () =>
      toPromise(() => {
        presence.stop();
        writes.flush();
        // A statement that is still referenced keeps a closed connection half open, so its write-ahead log is emptied first.
        db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
        db.close();
      }),
  };
}
