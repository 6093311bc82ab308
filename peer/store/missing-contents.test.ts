/** Entries that came without their content, in a real database: what comes later is as if it had come at once. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { pruned, type Entry } from '../../protocol/entry.js';
import type { DeviceId } from '../../protocol/ids.js';
import { dayStartUtc, parseSearch } from '../../protocol/search-query.js';
import { noteDamage } from './repair.js';
import { general, TestStore, texts, Writers } from './test-store.js';

const alice = 'alice'.padEnd(22, '0') as DeviceId;
const START = Date.UTC(2026, 0, 1);
const DAY_MS = 24 * 3600_000;
const facts = { name: 'a.txt', mime: 'text/plain', size: 3, sha256: 'a'.repeat(64), chunks: 'b'.repeat(64) };

let at: TestStore;
let writers: Writers;
beforeEach(() => {
  at = new TestStore();
  writers = new Writers();
});
afterEach(() => at.close());

const indexed = (): void => {
  while (at.store.indexSlice());
};
const shown = (): string[] => texts(at.store.page(general, undefined, 500).entries);
async function found(query: string): Promise<string[]> {
  const none = { from: undefined, to: undefined, after: undefined, users: undefined };
  const { words } = parseSearch(query, dayStartUtc);
  const request = { ...none, words, file: false, link: false, limit: 10, conversations: [general] };
  return texts((await at.store.search(request)).entries);
}

/** A log of all kinds of which all is old, and what was said of it. */
function log(): Entry[] {
  const [one, two, gone] = ['first', 'second', 'taken back'].map((text) => writers.say('alice', text));
  if (!one || !two || !gone) throw new Error('bug');
  return [
    ...[one, two, gone],
    writers.edit('alice', two, 'second, edited'),
    writers.remove('alice', gone),
    writers.reply('alice', one, 'an answer'),
    writers.say('alice', 'caption', { kind: 'file', data: facts }),
    writers.pin('bob', one),
  ];
}

const isForgettable = ({ kind }: Entry): boolean => ['text', 'file', 'edit'].includes(kind);
const hollow = (entries: readonly Entry[]): Entry[] =>
  entries.map((each) => (isForgettable(each) ? pruned(each) : each));

describe('content that comes later', () => {
  for (const when of ['before', 'after'] as const) {
    test(`is shown, found, answered and counted as if it had come at once; ${when} the rest is indexed`, async () => {
      const entries = log();
      const other = new TestStore();
      try {
        other.write(...entries);
        while (other.store.indexSlice());
        at.write(...hollow(entries));
        if (when === 'after') indexed();
        expect(shown()).toEqual(['']);
        // As pieces come: what edits is first.
        const { missing: contents } = at.store.pruning;
        for (let left = 20; contents.size > 0 && left > 0; left--)
          contents.fill(entries.filter((entry) => contents.takes(entry)));
        expect(contents.size).toBe(0);
        if (when === 'before') indexed();
        for (const store of [at.store, other.store]) {
          const page = store.page(general, undefined, 100).entries;
          expect(page.map(({ id }) => id)).toEqual(
            other.store.page(general, undefined, 100).entries.map(({ id }) => id),
          );
          expect(page.map((entry) => store.related(entry))).toEqual(page.map((entry) => other.store.related(entry)));
        }
        expect(at.store.entries.range(general, alice, 1, 100)).toEqual(
          other.store.entries.range(general, alice, 1, 100),
        );
        expect(await found('edited')).toEqual(['second']);
        expect(await found('taken')).toEqual([]);
        expect(await found('caption')).toEqual(['caption']);
        expect(at.store.pins(general, 10).map(({ message }) => message)).toEqual(['first']);
        expect(at.store.files.isNeeded(facts.sha256)).toBe(true);
        expect(at.store.pruning.upTo(general, alice)).toBe(0);
        at.reopen();
        expect(at.store.pruning.missing.size).toBe(0);
        expect(at.store.page(general, undefined, 100).entries).toHaveLength(6);
      } finally {
        other.close();
      }
    });
  }

  test('is put into no other place, and never where something was forgotten here', () => {
    const [mine, theirs] = [writers.say('alice', 'mine', { at: 1 }), writers.say('bob', 'theirs', { at: 2 })];
    at.write(mine, pruned(theirs));
    indexed();
    const target = { conversation: general, before: START + DAY_MS, arrivedBy: 1, self: alice, ownUpTo: Infinity };
    at.store.pruning.step(target);
    expect(shown()).toEqual([]);
    const { missing: contents } = at.store.pruning;
    expect([mine, theirs].map((entry) => contents.takes(entry))).toEqual([false, true]);
    contents.fill([mine, { ...theirs, id: mine.id }]);
    expect(shown()).toEqual([]);
    contents.fill([theirs, theirs]);
    expect(shown()).toEqual(['theirs']);
  });

  test('no text is taken while an edit after it in its log is missing', () => {
    const text = writers.say('bob', 'as it was');
    const edit = writers.edit('bob', text, 'as it is');
    at.write(pruned(text), pruned(edit));
    const { missing: contents } = at.store.pruning;
    expect([text, edit].map((entry) => contents.takes(entry))).toEqual([false, true]);
    expect(contents.next(general, text.device, 1)).toBe(2);
    contents.fill([edit]);
    expect(contents.takes(text)).toBe(true);
    expect(contents.next(general, text.device, 1)).toBe(1);
  });

  test('of many edits the last is what is to be asked for, and then the one before it', () => {
    const text = writers.say('bob', 'one');
    const edits = ['two', 'three'].map((message) => writers.edit('bob', text, message));
    at.write(...[text, ...edits].map(pruned));
    const { missing: contents } = at.store.pruning;
    const nexts = [3, 2, 1].map(() => {
      const seq = contents.next(general, text.device, 1);
      contents.fill([text, ...edits].filter((entry) => entry.seq === seq && contents.takes(entry)));
      return seq;
    });
    expect(nexts).toEqual([3, 2, 1]);
    expect([contents.size, contents.edit(general, text.device)]).toEqual([0, 0]);
  });

  test('the signature that was checked is the one that stays', () => {
    const said = writers.say('bob', 'theirs');
    at.write(pruned(said));
    at.store.pruning.missing.fill([{ ...said, sig: 'X'.repeat(86) }]);
    expect(at.store.entries.range(general, said.device, 1, 1)).toEqual([said]);
  });

  test('is not waited for once it would be forgotten, and is not given away', () => {
    const entries = Array.from({ length: 1_200 }, (_, i) => writers.say('bob', `${i}`, { at: i }));
    at.write(...entries.map(pruned));
    indexed();
    const { pruning } = at.store;
    const target = { conversation: general, self: alice, ownUpTo: Infinity, arrivedBy: Infinity };
    let cursor;
    do cursor = pruning.step({ ...target, before: START + 700_000 }, cursor).next;
    while (cursor);
    const [first] = entries;
    expect(first && pruning.missing.next(general, first.device, 1)).toBe(701);
    expect(first && pruning.upTo(general, first.device)).toBe(1_200);
    do cursor = pruning.step({ ...target, before: START + DAY_MS }, cursor).next;
    while (cursor);
    expect(pruning.missing.size).toBe(0);
    expect(first && pruning.upTo(general, first.device)).toBe(1_200);
  });

  test('a transaction that comes to nothing leaves it missing', () => {
    const said = writers.say('bob', 'theirs');
    expect(() =>
      at.store.entries.transaction(() => {
        at.store.entries.insert(pruned(said));
        throw new Error('no');
      }),
    ).toThrow();
    expect(at.store.pruning.missing.size).toBe(0);
    at.write(pruned(said));
    expect(at.store.pruning.missing.next(general, said.device, 1)).toBe(1);
  });

  test('what a damaged history has lost of it comes anew, and is not taken for missing', () => {
    const said = writers.say('bob', 'theirs');
    at.write(pruned(said));
    const { directory } = at;
    // Nothing there is proven, so that nothing is kept.
    at.reopen(() => noteDamage(directory, 'a test', 0));
    expect(at.store.repaired?.entries).toBe(0);
    expect(at.store.pruning.missing.size).toBe(0);
    expect(at.store.pruning.upTo(general, said.device)).toBe(0);
    at.write(said);
    expect(shown()).toEqual(['theirs']);
  });
});
