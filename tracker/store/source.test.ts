/** What is given to be read stays as it is: a backup, a directory that cannot be written, a tracker that runs. Real files. */
import { afterEach, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { cp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { TempDir } from '../../test/support/temp-dir.js';
import type { UserKey, Username } from '../../protocol/ids.js';
import { FakeClock } from '../testing/fake-clock.js';
import { openSource } from './source.js';
import { migrations } from './sqlite/migrations.js';
import { openSqliteStore } from './sqlite/sqlite-store.js';
import { addAccount } from './store-contract.js';

const folder = new TempDir();
afterEach(() => folder.remove());
const clock = new FakeClock();

/** Each file of a directory, and what is in it. */
async function contents(directory: string): Promise<Record<string, string>> {
  const names = (await readdir(directory)).sort();
  const all = names.map(async (name) => {
    const { mtimeMs, mode } = await stat(join(directory, name));
    const bytes = await readFile(join(directory, name));
    return [name, `${createHash('sha256').update(bytes).digest('hex')} ${mtimeMs} ${mode}`] as const;
  });
  return Object.fromEntries(await Promise.all(all));
}

async function places() {
  return { from: await folder.sub('from'), copy: join(await folder.sub('to'), 'copy.db') };
}

test('a database of an earlier version is read, and is still one of that version', async () => {
  const { from, copy } = await places();
  const file = join(from, 'tracker.db');
  const old = new DatabaseSync(file);
  for (const name of ['username_skeleton', 'channel_skeleton']) old.function(name, (text: unknown) => String(text));
  old.exec(`PRAGMA journal_mode=WAL; ${migrations[0] ?? ''} PRAGMA user_version=1;
    INSERT INTO accounts (key, username, password_hash, created) VALUES ('alice', 'Alice', 'hash', 1);`);
  old.close();
  const before = await contents(from);
  const store = openSource(file, copy, clock);
  expect(await store.accounts.find('alice' as UserKey)).toMatchObject({ username: 'Alice', epoch: 0 });
  expect((await stat(copy)).mode & 0o777).toBe(0o600);
  await store.close();
  expect(await contents(from)).toEqual(before);
  expect(await readdir(join(copy, '..'))).toEqual([]);
});

test('that of a tracker that runs is read with what is only in its log yet, and that tracker goes on', async () => {
  const { from, copy } = await places();
  const file = join(from, 'tracker.db');
  const running = openSqliteStore(file, clock);
  await addAccount(running, 'Alice' as Username);
  const before = await contents(from);
  const store = openSource(file, copy, clock);
  await addAccount(running, 'bob' as Username);
  expect(await store.accounts.count()).toBe(1);
  await store.close();
  expect(await running.accounts.count()).toBe(2);
  expect(Object.keys(before)).toContain('tracker.db-wal');
  await running.close();
});

test('that of a tracker that was killed is read with its log, and both stay for it', async () => {
  const { from, copy } = await places();
  const running = openSqliteStore(join(from, 'tracker.db'), clock);
  await addAccount(running, 'Alice' as Username);
  const killed = await folder.sub('killed');
  for (const name of ['tracker.db', 'tracker.db-wal']) await cp(join(from, name), join(killed, name));
  await running.close();
  const { 'tracker.db': database, 'tracker.db-wal': log } = await contents(killed);
  const store = openSource(join(killed, 'tracker.db'), copy, clock);
  expect(await store.accounts.count()).toBe(1);
  await store.close();
  expect(await contents(killed)).toMatchObject({ 'tracker.db': database, 'tracker.db-wal': log });
});

test('what cannot be read leaves nothing behind, and is named', async () => {
  const { from, copy } = await places();
  const [noise, newer] = [join(from, 'noise.db'), join(from, 'newer.db')];
  await writeFile(noise, Buffer.alloc(10_000, 7));
  await openSqliteStore(newer, clock).close();
  const db = new DatabaseSync(newer);
  db.exec('PRAGMA user_version=999');
  db.close();
  // A try that was cut short has left something in its place.
  await writeFile(copy, 'a half');
  expect(() => openSource(noise, copy, clock)).toThrow(
    /noise\.db is no copy of what a tracker stores.*Name another one/,
  );
  expect(() => openSource(newer, copy, clock)).toThrow(/newer\.db was written by a newer version of Parley/);
  expect(() => openSource(join(from, 'gone.db'), copy, clock)).toThrow(/gone\.db is no copy/);
  expect(await readdir(join(copy, '..'))).toEqual([]);
});
