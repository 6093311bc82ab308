import { describe, expect, test } from '@jest/globals';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { TempDir } from '../../../test/support/temp-dir.js';
import { FakeClock } from '../../testing/fake-clock.js';
import { mailboxContract } from '../mailbox-contract.js';
import { storeContract } from '../store-contract.js';
import { openDatabase } from './database.js';
import { openSqliteStore } from './sqlite-store.js';

describe('the SQLite store', () => {
  const open = async () => {
    const clock = new FakeClock();
    return {
      store: openSqliteStore(':memory:', clock),
      pass: async (ms: number) => clock.advance(ms),
    };
  };
  storeContract(test, open);
  mailboxContract(test, open);
});

describe('the database file', () => {
  test('is private, migrated once, and not opened when a newer version wrote it', async () => {
    const folder = new TempDir();
    try {
      const file = join(folder.path, 'tracker.db');
      openDatabase(file).close();
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      const again = openDatabase(file);
      expect(again.prepare('PRAGMA journal_mode').get()).toMatchObject({ journal_mode: 'wal' });
      again.exec('PRAGMA user_version=999');
      again.close();
      expect(() => openDatabase(file)).toThrow(/newer version of Parley/);
    } finally {
      await folder.remove();
    }
  });
});
