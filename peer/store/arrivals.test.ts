/** The order of arrival, as far as it is durable: gone on from any place, nothing is missed and nothing comes twice. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { logStorage } from '../log/storage.js';
import type { LogStorage } from '../log/ports.js';
import { TestStore, Writers } from './test-store.js';

let held: TestStore;
let by: Writers;
let storage: LogStorage;

const page = (after: string | undefined, limit = 100) => held.store.arrivals.page(after, limit);
const said = (after: string | undefined, limit?: number): string[] =>
  page(after, limit).arrivals.map(({ entry }) => entry.message);
const synced = (): Promise<void> =>
  new Promise((resolve, reject) => storage.sync((error) => (error ? reject(error) : resolve()), false));

beforeEach(() => {
  held = new TestStore();
  by = new Writers();
  storage = logStorage(held.store, () => Date.now());
});
afterEach(() => held.close());

test('is read from the beginning, from the end, and on from any entry, page by page', async () => {
  storage.write([by.say('alice', 'one'), by.say('bob', 'two')], new Map());
  await synced();
  const end = page(undefined);
  expect(end).toMatchObject({ arrivals: [], more: false });
  const before = by.say('carol', 'three, of an earlier time', { at: -1000 });
  storage.write([before, by.react('bob', before, '👍')], new Map());
  await synced();
  expect(said('0')).toEqual(['one', 'two', 'three, of an earlier time', '']);
  expect(said(end.place)).toEqual(['three, of an earlier time', '']);
  const first = page('0', 1);
  expect(first).toMatchObject({ more: true });
  expect(first.place).toBe(first.arrivals[0]?.place);
  for (const { place } of page('0').arrivals)
    expect([...said('0', Number(place.split('.')[0])), ...said(place)]).toEqual(said('0'));
  expect(page(page('0').place)).toMatchObject({ arrivals: [], more: false, place: page('0').place });
});

test('has nothing that is not durable yet', async () => {
  storage.write([by.say('alice', 'durable')], new Map());
  await synced();
  storage.write([by.say('alice', 'written')], new Map());
  expect(said('0')).toEqual(['durable']);
  const syncing = synced();
  storage.write([by.say('alice', 'written after the sync began')], new Map());
  await syncing;
  expect(said('0')).toEqual(['durable', 'written']);
});

test('goes on from a place of an earlier process, and refuses one that is none of this history', async () => {
  expect(page(undefined)).toMatchObject({ place: '0' });
  storage.write([by.say('alice', 'one'), by.say('alice', 'two')], new Map());
  await synced();
  const { arrivals } = page('0');
  held.reopen();
  expect(said(arrivals[0]?.place)).toEqual(['two']);
  const other = `2.${String(arrivals[0]?.place.split('.')[1])}`;
  for (const bad of [other, '3.AAAAAAAAAA', '2', '-1.A', '1e9.A', 'x', '', '0.'.padEnd(70_000, 'A')])
    expect(() => page(bad)).toThrow('That cursor is none of this history.');
});

test('is as it was where a transaction came to nothing, though its rows give their numbers to others', async () => {
  storage.write([by.say('alice', 'one')], new Map());
  const lost = by.say('bob', 'lost');
  const full = (): void =>
    held.store.entries.transaction(() => {
      held.store.entries.insert(lost);
      throw new Error('the disk is full');
    });
  expect(full).toThrow();
  await synced();
  storage.write([by.say('alice', 'two')], new Map());
  expect(said('0')).toEqual(['one']);
  await synced();
  expect(said('0')).toEqual(['one', 'two']);
});
