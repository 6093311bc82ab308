import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { DatabaseSync } from '@photostructure/sqlite';
import type { Entry } from '../../protocol/entry.js';
import type { ConversationId, UserKey } from '../../protocol/ids.js';
import { filesOfOldEntries } from './files.js';
import { Author } from './test-author.js';
import { general, TestStore, Writers } from './test-store.js';

const HASH = { a: 'a'.repeat(64), b: 'b'.repeat(64), c: 'c'.repeat(64) };
const dev = '#dev' as ConversationId;
const facts = (sha256 = HASH.a, more: object = {}): Record<string, unknown> => ({
  ...{ name: 'plan.pdf', size: 10, mime: 'application/pdf', sha256, chunks: HASH.c },
  ...more,
});

let history: TestStore;
let writers: Writers;
beforeEach(() => {
  history = new TestStore();
  writers = new Writers();
});
afterEach(() => history.close());

function file(from: string, message: string, data = facts(), more: object = {}): Entry {
  const entry = writers.say(from, message, { kind: 'file', data, ...more });
  history.write(entry);
  return entry;
}
interface Asked {
  conversations?: ConversationId[];
  kind?: 'image' | 'document';
  before?: Entry;
  limit?: number;
  but?: string[];
}
function list({ before, but, ...more }: Asked = {}): { texts: string; more: boolean } {
  const request = { conversations: [general], limit: 10, before: before?.id, but: but as UserKey[], ...more };
  const found = history.store.files.list(request);
  return { texts: found.entries.map(({ message }) => message).join(' '), more: found.more };
}

describe('the files of a conversation', () => {
  test('come newest first, in pages, by kind, and without those of whom the user blocks', () => {
    const entries = ['1', '2', '3', '4'].map((text) => file('alice', text));
    file('Bob', 'picture', facts(HASH.b, { mime: 'image/png' }));
    file('alice', 'elsewhere', facts(), { conversation: dev });
    file('alice', 'late', facts(), { at: 2.5 });
    expect(list()).toEqual({ texts: 'picture 4 3 late 2 1', more: false });
    expect(list({ limit: 2 })).toEqual({ texts: 'picture 4', more: true });
    expect(list({ limit: 3, before: entries[3] })).toEqual({ texts: '3 late 2', more: true });
    expect(list({ kind: 'image' })).toEqual({ texts: 'picture', more: false });
    expect(list({ but: ['bob'] })).toEqual({ texts: '4 3 late 2 1', more: false });
    expect(list({ conversations: [general, dev], limit: 2 }).texts).toBe('elsewhere picture');
    expect(list({ conversations: ['#nowhere' as ConversationId] })).toEqual({ texts: '', more: false });
  });

  test.each([
    ['no hash', facts('x')],
    ['a size beyond 64 GiB', facts(HASH.a, { size: 2 ** 53 })],
    ['a name that is too long', facts(HASH.a, { name: 'x'.repeat(256) })],
    ['nothing', {}],
  ])('are not entries with facts that nobody can use: %s', (_, data) => {
    file('alice', 'bad', data);
    writers.say('alice', 'no file', { data: facts() });
    expect(list().texts).toBe('');
    expect(history.store.entries.ends()).toHaveLength(1);
  });

  test('are not those that their authors took back, whatever came first', () => {
    const [kept, taken, late] = ['kept', 'taken', 'late'].map((text) =>
      writers.say('alice', text, { kind: 'file', data: facts() }),
    ) as [Entry, Entry, Entry];
    history.write(kept, taken, writers.remove('alice', late), writers.remove('bob', kept));
    history.write(late, writers.remove('alice', taken));
    expect(list().texts).toBe('kept');
    expect(history.store.files.entriesOf(HASH.a).map(({ id }) => id)).toEqual([kept.id]);
  });

  test('of a transaction that came to nothing are not there', () => {
    const entry = writers.say('alice', 'lost', { kind: 'file', data: facts() });
    expect(() =>
      history.store.entries.transaction(() => {
        history.store.entries.insert(entry);
        throw new Error('no');
      }),
    ).toThrow();
    expect(list().texts).toBe('');
    history.write(entry);
    expect(list().texts).toBe('lost');
  });
});

test('bytes are unneeded once all entries that show them were taken back, and were ever shown', () => {
  const { files } = history.store;
  const [first, second] = [file('alice', '1'), file('bob', '2')];
  for (const sha256 of [HASH.a, HASH.b]) files.blobs.add({ sha256, size: 10, chunks: HASH.c }, true, 0);
  history.write(writers.remove('alice', first));
  expect([files.unneeded(), files.unneeded([first.id]), files.isNeeded(HASH.a)]).toEqual([[], [], true]);
  history.write(writers.remove('bob', second));
  expect([files.unneeded(), files.unneeded([first.id]), files.isNeeded(HASH.a)]).toEqual([[HASH.a], [HASH.a], false]);
  expect(files.unneeded([writers.say('alice', 'not here').id])).toEqual([]);
  files.blobs.remove(HASH.a);
  expect(files.unneeded([first.id])).toEqual([]);
  files.transfers.put({ sha256: HASH.a, entry: first.id, state: 'wanted', added: 0 });
  expect(files.unneeded()).toEqual([HASH.a]);
});

test('usage counts what is here, once a conversation', () => {
  const { files } = history.store;
  for (const text of ['1', 'again']) file('alice', text);
  file('alice', 'shared', facts(), { conversation: dev });
  file('alice', 'more', facts(HASH.b), { conversation: dev });
  file('alice', 'not here', facts(HASH.c));
  files.blobs.add({ sha256: HASH.a, size: 10, chunks: HASH.c }, true, 0);
  files.blobs.add({ sha256: HASH.b, size: 5, chunks: HASH.c }, false, 0);
  const scope = { conversations: [general, dev] };
  expect(files.usage(scope)).toEqual([
    { conversation: dev, files: 2, bytes: 15 },
    { conversation: general, files: 1, bytes: 10 },
  ]);
  expect(files.usage({ conversations: [general] })).toEqual([{ conversation: general, files: 1, bytes: 10 }]);
  expect(files.usage({ ...scope, but: ['alice' as UserKey] })).toEqual([]);
  const unseen = (conversations: ConversationId[]): string[] =>
    files.unseen({ conversations }).map(({ sha256 }) => sha256);
  expect([unseen([general, dev]), unseen([general]), unseen([])]).toEqual([[], [HASH.b], [HASH.a, HASH.b]]);
});

test('what is known of bytes, and what was asked for, outlives a restart', () => {
  const entry = file('alice', '1');
  const { blobs, transfers } = history.store.files;
  blobs.add({ sha256: HASH.a, size: 10, chunks: HASH.c }, false, 1);
  blobs.opened(HASH.a, 7);
  blobs.opened(HASH.a, 6); // A clock that was set back.
  blobs.pin(HASH.a, true);
  blobs.add({ sha256: HASH.a, size: 10, chunks: HASH.c }, true, 9);
  transfers.put({ sha256: HASH.b, entry: entry.id, state: 'wanted', added: 2 });
  transfers.put({ sha256: HASH.b, entry: entry.id, state: 'paused', added: 3 });
  history.reopen();
  const { files } = history.store;
  expect(files.blobs.all()).toEqual([
    { ...{ sha256: HASH.a, size: 10, chunks: HASH.c }, added: 1, opened: 7, pinned: true, own: true },
  ]);
  expect(files.transfers.all()).toEqual([{ sha256: HASH.b, entry: entry.id, state: 'paused', added: 2 }]);
});

/** Takes a database back to a version without files, then through the step that brought them. */
function migrate(directory: string): void {
  const db = new DatabaseSync(join(directory, 'history.db'));
  db.exec('DROP TABLE file_entries; DROP TABLE blobs; DROP TABLE transfers');
  filesOfOldEntries(db);
  db.close();
}

test('a history of an earlier version knows its files, those that can be used', () => {
  const [kept, taken] = [file('alice', 'kept'), file('alice', 'taken')];
  file('bob', 'bad', facts('x'));
  history.write(writers.remove('alice', taken));
  const many = Array.from({ length: 1_100 }, () =>
    writers.say('carol', 'many', { kind: 'file', data: facts(HASH.b), conversation: dev }),
  );
  history.write(...many);
  history.reopen(() => migrate(history.directory));
  expect(list().texts).toBe(kept.message);
  expect(history.store.files.entriesOf(HASH.b)).toHaveLength(1_000);
  expect(history.store.files.isNeeded(HASH.b)).toBe(true);
});

test('a history that was made anew knows its files, what is here of them, and what was asked for', async () => {
  const author = new Author('alice');
  await author.introduce(history.store);
  const entries = author.say([{ kind: 'file', message: 'plan', data: facts() }]);
  history.write(...entries);
  history.store.files.blobs.add({ sha256: HASH.a, size: 10, chunks: HASH.c }, true, 1);
  history.store.files.transfers.put({ sha256: HASH.b, entry: entries[0]?.id ?? kept(), state: 'paused', added: 2 });
  history.store.noteFork({ conversation: dev, device: author.device, seq: 1 });
  history.reopen();
  expect(history.store.repaired).toMatchObject({ entries: 1 });
  expect(list().texts).toBe('plan');
  expect(history.store.files.blobs.get(HASH.a)).toMatchObject({ own: true, added: 1 });
  expect(history.store.files.transfers.all()).toHaveLength(1);
});

function kept(): never {
  throw new Error('nothing was written');
}
