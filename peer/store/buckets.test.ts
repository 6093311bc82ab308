/** Buckets on the disk: with the entries that filled them, and for as long as they matter. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { UserKey } from '../../protocol/ids.js';
import { logStorage } from '../log/storage.js';
import { general, TestStore, Writers } from './test-store.js';

const NOW = Date.UTC(2026, 0, 2);
const HOUR = 3600_000;
let store: TestStore;
beforeEach(() => {
  store = new TestStore();
});
afterEach(() => store.close());

const storage = (now = NOW) => logStorage(store.store, () => now);
const written = (drained: number, user = 'alice') => {
  const entry = new Writers().say(user, 'hello');
  const log = { conversation: general, device: entry.device, clock: NOW, drained, seq: 1 };
  return { entry, rows: { logs: [log], users: [{ user: user as UserKey, drained: drained + 0.25 }] } };
};

test('outlast a restart while they are not drained, and no longer', () => {
  const { entry, rows } = written(NOW + HOUR);
  storage().write([entry], new Map(), rows);
  store.reopen();
  expect(storage().buckets?.()).toEqual(rows);
  expect(storage(NOW + HOUR).buckets?.()).toEqual({ logs: [], users: [{ user: 'alice', drained: NOW + HOUR + 0.25 }] });
  expect(storage(NOW + 2 * HOUR).buckets?.()).toEqual({ logs: [], users: [] });
});

test('are written with the entries that filled them, or not at all', () => {
  const { entry, rows } = written(NOW + HOUR);
  expect(() => storage().write([entry, entry], new Map(), rows)).toThrow();
  expect(storage().buckets?.()).toEqual({ logs: [], users: [] });
});

test('take no room once they are drained', () => {
  const count = (): number => {
    const { logs, users } = store.store.buckets.load(0);
    return logs.length + users.length;
  };
  const { entry, rows } = written(NOW + HOUR);
  storage().write([entry], new Map(), rows);
  expect(count()).toBe(2);
  store.reopen();
  const later = written(NOW + 9 * HOUR, 'bob');
  storage(NOW + 8 * HOUR).write([later.entry], new Map(), later.rows);
  expect(count()).toBe(2);
});
