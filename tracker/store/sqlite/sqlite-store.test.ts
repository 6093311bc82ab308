import { describe, expect, test } from '@jest/globals';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
    const directory = await mkdtemp(join(tmpdir(), 'parley-store-'));
    try {
      const file = join(directory, 'tracker.db');
      openDatabase(file).close();
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      const again = openDatabase(file);
      expect(again.prepare('PRAGMA journal_mode').get()).toMatchObject({ journal_mode: 'wal' });
      again.exec('PRAGMA user_version=999');
      again.close();
      expect(() => openDatabase(file)).toThrow(/newer version of Parley/);
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
