import { describe, expect, test } from '@jest/globals';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeviceId, UserKey, Username } from '../../../protocol/ids.js';
import { TempDir } from '../../../test/support/temp-dir.js';
import { FakeClock } from '../../testing/fake-clock.js';
import { adminContract } from '../admin-contract.js';
import { archiveContract } from '../archive-contract.js';
import { channelContract } from '../channel-contract.js';
import { deviceContract } from '../device-contract.js';
import { epochContract } from '../epoch-contract.js';
import { mailboxContract } from '../mailbox-contract.js';
import { storeContract } from '../store-contract.js';
import { DatabaseSync } from '@photostructure/sqlite';
import { openDatabase } from './database.js';
import { GroupedWrites } from './grouped-writes.js';
import { migrations } from './migrations.js';
import { SqliteDevices } from './sqlite-devices.js';
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
  archiveContract(test, open);
  channelContract(test, open);
  adminContract(test, open);
  epochContract(test, open);
  deviceContract(test, open);
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

  test('is not written to by a device that says of itself what it said before', async () => {
    const db = openDatabase(':memory:');
    const [user, device] = ['alice' as UserKey, 'D'.repeat(22) as DeviceId];
    db.prepare('INSERT INTO accounts (key, username, password_hash, created) VALUES (?, ?, ?, 1)').run(
      user,
      'alice',
      '',
    );
    const devices = new SqliteDevices(db, new GroupedWrites(db));
    await devices.put({ device, user, username: 'alice' as Username, certificate: 'pem', created: 1 });
    const written = (): unknown => db.prepare('SELECT total_changes() AS n').get();
    await devices.describe(device, { name: 'laptop', platform: 'Linux' });
    const before = written();
    await devices.describe(device, { name: 'laptop', platform: 'Linux' });
    await devices.describe(device, { name: 'another' });
    expect(written()).toEqual(before);
    await devices.describe(device, { platform: 'macOS' });
    expect(await devices.find(device)).toMatchObject({ name: 'laptop', platform: 'macOS' });
    db.close();
  });

  test('of a version before sign-in by device keeps its sessions, and its devices need the password once more', async () => {
    const folder = new TempDir();
    try {
      const file = join(folder.path, 'tracker.db');
      const old = new DatabaseSync(file);
      for (const name of ['username_skeleton', 'channel_skeleton']) old.function(name, (text: unknown) => String(text));
      const before = migrations.findIndex((step) => step.includes('sessions ADD COLUMN epoch'));
      for (const step of migrations.slice(0, before)) old.exec(step);
      old.exec(`PRAGMA user_version=${before};
        INSERT INTO accounts (key, username, password_hash, created) VALUES ('alice', 'Alice', 'hash', 1);
        INSERT INTO devices (device, user, certificate, created) VALUES ('${'D'.repeat(22)}', 'alice', 'pem', 1);
        INSERT INTO sessions (hash, user, created, expires) VALUES ('one', 'alice', 1, 9);`);
      old.close();
      const store = openSqliteStore(file, new FakeClock());
      expect(await store.accounts.find('alice' as UserKey)).toMatchObject({ epoch: 0, state: undefined });
      // Who runs it is said with `parley tracker admin`.
      expect(await store.accounts.admins()).toEqual([]);
      expect(await store.accounts.list({ limit: 9, part: 'lic' })).toMatchObject([{ username: 'Alice' }]);
      expect(await store.sessions.find('one')).toMatchObject({ user: 'alice', epoch: 0, device: undefined });
      expect(await store.devices.find('D'.repeat(22) as DeviceId)).not.toHaveProperty('epoch');
      await store.close();
    } finally {
      await folder.remove();
    }
  });
});
