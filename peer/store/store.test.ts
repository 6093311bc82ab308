import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { compareEntries, entryId, type Entry, type EntryFields } from '../../protocol/entry.js';
import type { ConversationId, DeviceId, Username } from '../../protocol/ids.js';
import { TempDir } from '../../test/support/temp-dir.js';
import { Store } from './store.js';
import { TestStore, Writers } from './test-store.js';

const general = '#general' as ConversationId;
let folder: TempDir;
let directory: string;
let store: Store;
const open = (): Store =>
  new Store({
    directory,
    now: 0,
    timers: { setTimeout, clearTimeout: (t) => clearTimeout(t as NodeJS.Timeout) },
    failed: fail,
  });
const fail = (error: unknown): void => {
  throw error;
};

beforeEach(() => {
  folder = new TempDir();
  directory = folder.path;
  store = open();
});
afterEach(async () => {
  store.close();
  await folder.remove();
});

const device = (letter: string): DeviceId => letter.repeat(22) as DeviceId;

/** A log of one device: `texts` one second apart from `start` on. */
function chain(from: string, letter: string, texts: string[], start = 0, conversation = general): Entry[] {
  let prev: EntryFields['prev'] = '';
  return texts.map((message, i) => {
    const time = new Date(Date.UTC(2026, 0, 1) + (start + i) * 1000).toISOString();
    const fields: EntryFields = {
      conversation,
      from: from as Username,
      device: device(letter),
      seq: i + 1,
      prev,
      time,
      kind: 'text',
      message,
      data: {},
    };
    prev = entryId(fields);
    return { ...fields, id: prev, ...(i === texts.length - 1 ? { sig: 'S'.repeat(86) } : {}) };
  });
}

function write(...entries: Entry[]): void {
  store.entries.transaction(() => {
    for (const entry of entries) store.entries.insert(entry);
  });
  store.committed();
}

const texts = (entries: readonly Entry[]): string[] => entries.map(({ message }) => message);

describe('entries', () => {
  test('are read up to a number of bytes, one at least, and in the same order as without', () => {
    const long = chain(
      'alice',
      'A',
      Array.from({ length: 150 }, (_, i) => String(i).padEnd(10_000, '.')),
    );
    write(...long);
    const read = (from: number, limit: number, bytes?: number) =>
      store.entries.range(general, device('A'), from, limit, bytes);
    expect(read(1, 150)).toEqual(long);
    expect(read(1, 150, 1e9)).toEqual(long);
    expect(read(3, 150, 1)).toEqual(long.slice(2, 3));
    expect(read(3, 150, 1_000_000)).toEqual(long.slice(2, 2 + Math.ceil(1_000_000 / (10_000 + 512 + 2))));
    expect(read(3, 4, 1_000_000)).toEqual(long.slice(2, 6));
    expect([read(151, 10, 1_000), read(1, 0, 1_000)]).toEqual([[], []]);
  });

  test('come back exactly as they were written, also after closing', () => {
    const [first, second] = chain('alice', 'A', ['one', 'two']);
    const withData = { ...chain('bob', 'B', ['three'])[0], data: { reply_to: 'x', nested: [1, { a: null }] } } as Entry;
    if (first && second) write(first, second, withData);
    store.close();
    store = open();
    expect(store.entries.range(general, device('A'), 1, 10)).toEqual([first, second]);
    expect(store.entries.range(general, device('A'), 2, 10)).toEqual([second]);
    expect(store.entries.range(general, device('B'), 1, 10)).toEqual([withData]);
    const ends = store.entries
      .ends()
      .map(({ conversation, device: of, seq, id }) => ({ conversation, device: of, seq, id }));
    expect(ends).toEqual([
      { conversation: general, device: device('A'), seq: 2, id: second?.id },
      { conversation: general, device: device('B'), seq: 1, id: withData.id },
    ]);
  });

  test('stand in the order of the protocol, also where times are equal', () => {
    // The device that sorts last is stored first: its number must not decide.
    const all = [
      ...chain('carol', 'z', ['c1', 'c2']),
      ...chain('alice', 'A', ['a1', 'a2']),
      ...chain('bob', '-', ['b1', 'b2']),
    ];
    write(...all);
    expect(texts(store.page(general, undefined, 10).entries)).toEqual(texts([...all].sort(compareEntries)));
    expect(texts(store.page(general, undefined, 10).entries)).toEqual(['b1', 'a1', 'c1', 'b2', 'a2', 'c2']);
  });

  test('are paged backwards without a gap or a double', () => {
    write(
      ...chain(
        'alice',
        'A',
        Array.from({ length: 120 }, (_, i) => `m${i}`),
      ),
    );
    const seen: string[] = [];
    let page = store.page(general, undefined, 50);
    for (;;) {
      seen.unshift(...texts(page.entries));
      if (!page.more) break;
      page = store.page(general, { before: page.entries[0]?.id }, 50);
    }
    expect(seen).toEqual(Array.from({ length: 120 }, (_, i) => `m${i}`));
    expect(() => store.page('#other' as ConversationId, { before: page.entries[0]?.id }, 50)).toThrow(
      expect.objectContaining({ code: 'not_found' }),
    );
  });

  test('a transaction that fails keeps nothing and can be tried again', () => {
    const [first, second] = chain('alice', 'A', ['one', 'two']);
    if (!first || !second) throw new Error('bug');
    expect(() => {
      store.entries.transaction(() => {
        store.entries.insert(first);
        store.entries.insert(first);
      });
    }).toThrow(expect.objectContaining({ code: 'storage_failed' }));
    expect(store.entries.ends()).toEqual([]);
    write(first, second);
    expect(texts(store.entries.range(general, device('A'), 1, 10))).toEqual(['one', 'two']);
  });
});

test('what is written together is there as if it had been written one by one', () => {
  const by = new Writers();
  const said: Entry[] = [];
  for (let i = 0; i < 100; i++) {
    // A clock that falls now and then moves what stands before it in its log.
    const message = by.say(i % 3 === 0 ? 'alice' : 'bob', `m${i}`, { at: (i * 97) % 64 });
    const before = said[(i * 31) % (said.length + 1)] ?? message;
    said.push(message, by.reply('bob', before, 'answer'), by.react('carol', message, '👍'), by.pin('alice', before));
    if (i % 4 === 0) said.push(by.edit(before.from, before, 'edited'), by.remove(message.from, message));
  }
  // Some is said before what it is said of has come.
  const order = [...said.filter(({ from }) => from === 'carol'), ...said.filter(({ from }) => from !== 'carol')];
  const dumps = [(entries: Entry[]) => [entries], (entries: Entry[]) => entries.map((entry) => [entry])].map((cut) => {
    const held = new TestStore();
    held.busy = true;
    held.reopen();
    try {
      held.store.entries.transaction(() => cut(order).forEach((some) => held.store.entries.insert(...some)));
      const looks = said.map((entry) => held.store.related(entry) ?? {});
      const db = new DatabaseSync(join(held.directory, 'history.db'), { readOnly: true });
      const tables = ['entries', 'relations', 'replies', 'awaited', 'deleted', 'conversations', 'devices'];
      const rows = tables.map((table): unknown[] => db.prepare(`SELECT * FROM ${table}`).all());
      db.close();
      return { looks, rows: structuredClone(rows) };
    } finally {
      held.close();
    }
  });
  expect(dumps[0]?.rows[0]).toHaveLength(said.length);
  expect(dumps[0]?.rows.every((rows, i) => rows.length > 0 || i === 3)).toBe(true);
  expect(dumps[0]).toEqual(dumps[1]);
});

test('an entry is found by its id, indexed or not yet, also after closing', () => {
  const entries = chain(
    'alice',
    'A',
    Array.from({ length: 700 }, (_, i) => `m${i}`),
  );
  write(...entries);
  expect(store.entry(entries[650]?.id ?? entryId({} as never))?.message).toBe('m650');
  store.close();
  store = open();
  expect(store.entry(entries[3]?.id ?? entryId({} as never))?.message).toBe('m3');
});

test('a receipt is the latest word of its device', () => {
  const receipt = { device: device('B'), username: 'bob' as Username, seq: 3, lacks: true, epoch: 'second' };
  store.conversations.saveReceipt(general, { ...receipt, seq: 5, lacks: false, epoch: 'first' });
  store.conversations.saveReceipt(general, receipt);
  expect(store.conversations.receipts(general)).toEqual([receipt]);
});

test('a second process on the same directory is refused', () => {
  expect(open).toThrow(expect.objectContaining({ code: 'unavailable' }));
});

test('the history is for its owner alone', () => {
  expect(statSync(join(directory, 'history.db')).mode & 0o077).toBe(0);
});

test('sync calls back after a commit', async () => {
  write(...chain('alice', 'A', ['one']));
  await new Promise<void>((resolve, reject) => store.durability.sync((error) => (error ? reject(error) : resolve())));
});
