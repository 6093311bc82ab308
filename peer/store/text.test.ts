/** Whatever text others fill in comes back as it was; what would not is refused, and what an earlier version cut is no damage. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { DatabaseSync } from '@photostructure/sqlite';
import fc from 'fast-check';
import { join } from 'node:path';
import { readdirSync } from 'node:fs';
import { entryId, fromWire, toWire, type Entry, type EntryFields } from '../../protocol/entry.js';
import { ENTRY_KINDS } from '../../protocol/entry-kinds.js';
import { isParleyError } from '../../protocol/errors.js';
import { parseLinkMessage, type WireEntry } from '../../protocol/link-messages.js';
import { isStorable } from '../../protocol/text.js';
import type { EntryId, UserKey } from '../../protocol/ids.js';
import { TempDir } from '../../test/support/temp-dir.js';
import { general, TestStore, texts, Writers } from './test-store.js';
import { Author } from './test-author.js';
import { findCutRows, findRefusedRows } from './cut-rows.js';
import { Store } from './store.js';

/** Every code unit, halves of characters and NUL among them, as often as letters. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 12 }).map((units) => String.fromCharCode(...units)),
  fc.constantFrom('x\0y', '\0', 'y\0', '\ud800', 'a\udc00b', '\ufeffx', '\ufffe\uffff', '\u{10ffff}', '\r\n', ' '),
);
const anyJson = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    anyText,
    fc.double(),
    fc.constantFrom(-0, 1e21, 1e308, 5e-324, 2 ** 53 + 2, null, true),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.oneof(anyText, fc.constantFrom('__proto__', 'toJSON', 'mentions', 'target')), tie('value'), {
      maxKeys: 3,
    }),
  ),
})).value;
const anyData = fc.dictionary(
  fc.oneof(
    anyText,
    fc.constantFrom('name', 'about', 'status', 'mentions', 'reply_to', 'target', 'emoji', '__proto__', 'length'),
  ),
  anyJson,
  { maxKeys: 4 },
);
const anyEntry = fc.record({
  kind: fc.oneof(fc.constantFrom<string>(...ENTRY_KINDS), fc.constant('later_kind'), anyText),
  message: anyText,
  data: anyData,
});

let place: TestStore;
let people: Writers;
beforeEach(() => {
  place = new TestStore();
  people = new Writers();
});
afterEach(() => place.close());

/** As it comes over a link: through its line; undefined where the line is refused. */
function received(entry: Entry): Entry | undefined {
  try {
    return fromWire(parseLinkMessage(JSON.stringify(toWire(entry))) as WireEntry);
  } catch (error) {
    if (isParleyError(error)) return undefined;
    throw error;
  }
}

test('an entry of any kind and text that a link gives is read as it was written, everywhere', async () => {
  let kept = 0;
  const stored: Entry[] = [];
  fc.assert(
    fc.property(anyEntry, ({ kind, message, data }) => {
      const fields = { ...people.say('bob', ''), conversation: general, kind, message, data } satisfies EntryFields;
      let entry: Entry;
      try {
        entry = { ...fields, seq: stored.length + 1, prev: stored.at(-1)?.id ?? '' };
        entry = { ...entry, id: entryId(entry) };
      } catch (error) {
        // No canonical JSON: nobody can write it either.
        expect(isParleyError(error)).toBe(true);
        return;
      }
      const taken = received(entry);
      if (!taken) return;
      expect(isStorable(taken.message)).toBe(true);
      place.write(taken);
      stored.push(taken);
      kept++;
      expect(place.store.entry(taken.id)).toEqual(taken);
      expect(place.store.entries.range(general, taken.device, taken.seq, 1)).toEqual([taken]);
    }),
    { numRuns: 1500 },
  );
  expect(kept).toBeGreaterThan(100);
  while (place.store.indexSlice());
  place.reopen();
  const [first] = stored;
  if (!first) throw new Error('nothing was kept');
  expect(place.store.entries.range(general, first.device, 1, stored.length)).toEqual(stored);
  // What else looks into the columns finds nothing there that breaks it.
  const counting = place.store.unread.counting(general, 'alice' as UserKey, []);
  while (counting?.step(100).isMore);
  expect(counting?.count.unread).toBeGreaterThan(0);
  for (const entry of place.store.page(general, undefined, 200).entries) place.store.related(entry);
  await place.store.search({
    ...{
      words: [{ text: 'x', prefix: true }],
      conversations: [general],
      limit: 10,
      users: undefined,
      file: false,
      link: false,
    },
    ...{ from: undefined, to: undefined, after: undefined },
  });
});

test('what the store is given otherwise comes back, or is refused with a word: no text is cut', () => {
  const host = fc.oneof(anyText, fc.string());
  fc.assert(
    fc.property(host, fc.nat(), (text, n) => {
      const client = `${text}${String(n)}`;
      const id = people.say('bob', String(n)).id;
      const { idempotencyKeys } = place.store;
      if (!isStorable(text)) {
        expect(() => idempotencyKeys.save(client, id, 1)).toThrow(expect.objectContaining({ code: 'bad_text' }));
        return;
      }
      idempotencyKeys.save(client, id, 1);
      expect(idempotencyKeys.find(client)).toBeDefined();
      expect(idempotencyKeys.find(`${client}.`)).toBeUndefined();
    }),
  );
});

describe('a database in which an earlier version cut texts at a NUL', () => {
  let folder: TempDir;
  let directory: string;
  const damages: unknown[] = [];
  const open = (): Store =>
    new Store({
      ...{ directory, keyed: true, now: 0 },
      timers: { setTimeout, clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout) },
      failed: (error) => {
        throw error;
      },
      damaged: (error) => damages.push(error),
    });
  beforeEach(() => {
    folder = new TempDir();
    directory = folder.path;
    damages.length = 0;
  });
  afterEach(() => folder.remove());

  /** As the version before this one left it. */
  async function written(
    logs: readonly (readonly [Author, readonly string[]])[],
    meanwhile: (db: InstanceType<typeof DatabaseSync>, all: Entry[][]) => void = () => undefined,
  ): Promise<Entry[][]> {
    const store = new Store({
      ...{ directory, now: 0, failed: () => undefined },
      timers: { setTimeout, clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout) },
    });
    const all: Entry[][] = [];
    const cut: [string, string][] = [];
    for (const [author, said] of logs) {
      await author.introduce(store);
      const entries = author.say(said.map((message) => ({ kind: 'text', message, data: {} })));
      all.push(entries);
      store.entries.transaction(() => {
        for (const entry of entries) {
          const [kept = ''] = entry.message.split('\0');
          store.entries.insert({ ...entry, message: kept });
          if (kept !== entry.message) cut.push([entry.id, kept]);
        }
      });
    }
    expect(cut.length).toBeGreaterThan(0);
    store.close();
    const db = new DatabaseSync(join(directory, 'history.db'));
    // As the step of the migrations finds it, whatever steps come after it.
    db.exec('DROP TABLE cut_rows');
    meanwhile(db, all);
    findCutRows(db);
    db.close();
    return all;
  }

  test('heals at the next opening: all is read, nothing set aside, nobody served what no hash fits', async () => {
    const [alice, bob] = [new Author('alice'), new Author('bob')];
    const [, theirs = []] = await written([
      [alice, ['one', 'two']],
      [bob, ['a', 'x\0y', 'b', '\0', 'c']],
    ]);
    const store = open();
    try {
      expect(texts(store.page(general, undefined, 50).entries).sort()).toEqual(['', 'a', 'b', 'c', 'one', 'two', 'x']);
      expect(store.entries.range(general, bob.device, 1, 50)).toEqual([theirs[0]]);
      expect(store.entries.range(general, alice.device, 1, 50)).toHaveLength(2);
      expect([store.hasCut(alice.device), store.hasCut(bob.device)]).toEqual([false, true]);
      expect(store.repaired).toBeUndefined();
      expect(damages).toEqual([]);
      expect(readdirSync(directory).filter((name) => name.includes('damaged'))).toEqual([]);
    } finally {
      store.close();
    }
  });

  test.each([
    ['nested too deeply', { x: [[[[[[[['deep']]]]]]]] }],
    ['with a key that is none', JSON.parse('{"x":{"__proto__":{"y":1}}}') as object],
  ])('entries %s, which it wrote and others refuse, stay as they are and are served to nobody', async (_what, data) => {
    const bob = new Author('bob');
    const plain = { x: [[[[[[['{[{[{[']]]]]]] };
    const said = [{}, plain, data as EntryFields['data'], {}].map((one, at) => ({ message: String(at), data: one }));
    const before = open();
    await bob.introduce(before);
    const entries = bob.say(said.map((one) => ({ kind: 'text', ...one })));
    before.entries.transaction(() => entries.forEach((entry) => before.entries.insert(entry)));
    before.close();
    const db = new DatabaseSync(join(directory, 'history.db'));
    findRefusedRows(db);
    db.close();
    const store = open();
    try {
      expect(texts(store.page(general, undefined, 50).entries)).toEqual(['0', '1', '2', '3']);
      expect(store.entries.range(general, bob.device, 1, 50)).toEqual(entries.slice(0, 2));
      expect(store.hasCut(bob.device)).toBe(true);
      expect(damages).toEqual([]);
    } finally {
      store.close();
    }
  });

  test('what a signature does not prove is left to the mending of damage', async () => {
    const bob = new Author('bob');
    await written([[bob, ['a', 'x\0y']]], (db, [theirs]) => {
      db.prepare('UPDATE entries SET sig = ? WHERE id = ?').run('S'.repeat(86), theirs?.at(-1)?.id ?? '');
    });
    const store = open();
    expect(() => store.page(general, undefined, 50)).toThrow(expect.objectContaining({ code: 'storage_damaged' }));
    expect(damages).toHaveLength(1);
    store.close();
  });

  test('stays healed when the history is damaged later', async () => {
    const bob = new Author('bob');
    const [theirs = []] = await written([[bob, ['a', 'x\0y', 'b']]]);
    open().close();
    const { noteDamage } = await import('./repair.js');
    noteDamage(directory, 'by the test', 0);
    const store = open();
    try {
      expect(store.repaired?.entries).toBe(3);
      expect(texts(store.page(general, undefined, 50).entries)).toEqual(['a', 'x', 'b']);
      expect(store.entry(theirs.map(({ id }) => id)[1] ?? ('' as EntryId))?.message).toBe('x');
      expect(damages).toEqual([]);
    } finally {
      store.close();
    }
  });
});
