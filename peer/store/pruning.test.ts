import { copyFileSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { entryId } from '../../protocol/entry.js';
import type { DeviceId } from '../../protocol/ids.js';
import { dayStartUtc, parseSearch } from '../../protocol/search-query.js';
import type { PruneCursor, PruneStep, PruneTarget } from './pruning.js';
import { general, TestStore, texts, Writers } from './test-store.js';

const DAY_MS = 24 * 3600_000;
const START = Date.UTC(2026, 0, 1);
const alice = 'alice'.padEnd(22, '0') as DeviceId;

let at: TestStore;
let writers: Writers;
const target: PruneTarget = {
  conversation: general,
  before: START + DAY_MS,
  arrivedBy: Infinity,
  self: alice,
  ownUpTo: Infinity,
};

beforeEach(() => {
  at = new TestStore();
  writers = new Writers();
});
afterEach(() => at.close());

function indexed(): void {
  while (at.store.indexSlice());
}

/** All steps of one walk. */
function prune(more: Partial<PruneTarget> = {}): PruneStep[] {
  indexed();
  const steps: PruneStep[] = [];
  let cursor: PruneCursor | undefined;
  do {
    const step = at.store.pruning.step({ ...target, ...more }, cursor);
    steps.push(step);
    cursor = step.next;
  } while (cursor);
  return steps;
}

const shown = (): string[] => texts(at.store.page(general, undefined, 500).entries);
async function found(query: string): Promise<number> {
  const { words } = parseSearch(query, dayStartUtc);
  const request = {
    words,
    file: false,
    link: false,
    from: undefined,
    to: undefined,
    after: undefined,
    users: undefined,
  };
  return (await at.store.search({ ...request, limit: 10, conversations: [general] })).entries.length;
}

describe('a conversation that forgets', () => {
  test('loses what its old messages say, and nothing of its logs', async () => {
    const old = writers.say('alice', 'the old secret', { at: 1 });
    const fresh = writers.say('alice', 'the fresh one', { at: 2 * 24 * 3600 });
    at.write(old, fresh);
    prune();
    expect(shown()).toEqual(['the fresh one']);
    const log = at.store.entries.range(general, alice, 1, 10);
    expect(log.map(({ id, seq }) => [id, seq])).toEqual([old, fresh].map(({ id, seq }) => [id, seq]));
    expect(log.map((entry) => entryId(entry))).toEqual([old.id, fresh.id]);
    expect(at.store.pruning.upTo(general, alice)).toBe(1);
    expect(await found('secret')).toBe(0);
    expect(await found('fresh')).toBe(1);
  });

  test('the text is in no file afterwards', () => {
    at.write(
      writers.say('alice', 'zugzwang '.repeat(50), { at: 1 }),
      writers.say('bob', 'kept', { at: 2 * 24 * 3600 }),
    );
    prune();
    at.reopen();
    expect(readFileSync(join(at.directory, 'history.db')).includes('zugzwang zugzwang')).toBe(false);
  });

  test('keeps what is pinned, and what an edit of it says', () => {
    const [pinned, gone] = [writers.say('alice', 'pinned', { at: 1 }), writers.say('alice', 'gone', { at: 2 })];
    const edits = [
      writers.edit('alice', pinned, 'pinned, edited', { at: 3 }),
      writers.edit('alice', gone, 'gone too', { at: 4 }),
    ];
    at.write(pinned, gone, ...edits, writers.pin('bob', pinned, false, { at: 5 }));
    prune();
    const [first] = at.store.page(general, undefined, 10).entries;
    expect(first?.id).toBe(pinned.id);
    expect(first && at.store.related(first)?.edited?.message).toBe('pinned, edited');
    const kinds = at.store.entries.range(general, alice, 1, 10).map(({ pruned, kind }) => pruned?.kind ?? kind);
    expect(kinds).toEqual(['text', 'text', 'edit', 'edit']);
    expect(at.store.entries.range(general, alice, 1, 10).map((entry) => entry.pruned !== undefined)).toEqual([
      ...[false, true],
      ...[false, true],
    ]);
    expect(at.store.pins(general, 10).map(({ id }) => id)).toEqual([pinned.id]);
  });

  test('keeps topics, profiles and who came', () => {
    at.write(
      writers.say('alice', 'what we talk of', { kind: 'topic', at: 1 }),
      writers.say('alice', '', { kind: 'join', at: 2 }),
    );
    prune();
    expect(at.store.entries.range(general, alice, 1, 10).every((entry) => entry.pruned === undefined)).toBe(true);
  });

  test('keeps of its own device what others still lack', () => {
    at.write(...['one', 'two', 'three'].map((text, i) => writers.say('alice', text, { at: i + 1 })));
    at.write(writers.say('bob', 'of another', { at: 10 }));
    prune({ ownUpTo: 2 });
    expect(shown()).toEqual(['three']);
  });

  test('keeps what came lately, however old it says it is', () => {
    at.write(writers.say('alice', 'here before', { at: 1 }));
    const { pruning } = at.store;
    pruning.came(START + 10 * DAY_MS, 400 * DAY_MS);
    at.write(writers.say('bob', 'an old one that came now', { at: 2 }));
    prune({ arrivedBy: pruning.arrivedBy(START + 10 * DAY_MS) });
    expect(shown()).toEqual(['an old one that came now']);
    pruning.came(START + 11 * DAY_MS, 400 * DAY_MS);
    prune({ arrivedBy: pruning.arrivedBy(START + 12 * DAY_MS) });
    expect(shown()).toEqual([]);
  });

  test('what came while a clock was ahead counts as having come no later than it is known to be here', () => {
    const { pruning } = at.store;
    at.write(writers.say('bob', 'one', { at: 1 }));
    pruning.came(START + 400 * DAY_MS, 400 * DAY_MS);
    expect(pruning.arrivedBy(START + 30 * DAY_MS)).toBe(0);
    pruning.came(START + 10 * DAY_MS, 400 * DAY_MS);
    at.write(writers.say('bob', 'two', { at: 2 }));
    pruning.came(START + 12 * DAY_MS, 400 * DAY_MS);
    expect([9, 10, 11, 12, 500].map((day) => pruning.arrivedBy(START + day * DAY_MS))).toEqual([0, 1, 1, 2, 2]);
  });

  test('a reply to what is gone stands, and a quote of it is empty', () => {
    const old = writers.say('bob', 'the question', { at: 1 });
    const reply = writers.reply('alice', old, 'the answer', { at: 2 * 24 * 3600 });
    at.write(old, reply);
    prune();
    expect(shown()).toEqual(['the answer']);
    expect(at.store.related(reply)?.reply).toEqual({ id: old.id });
  });

  test('goes on where it was after any step, and a second walk finds nothing', () => {
    at.write(...Array.from({ length: 230 }, (_, i) => writers.say(i % 2 ? 'alice' : 'bob', `message ${i}`, { at: i })));
    indexed();
    at.store.pruning.step(target);
    at.reopen();
    expect(shown()).toHaveLength(180);
    expect(prune().reduce((sum, { pruned }) => sum + pruned, 0)).toBe(180);
    expect(prune().reduce((sum, { pruned }) => sum + pruned, 0)).toBe(0);
    expect(at.store.entries.range(general, alice, 1, 500)).toHaveLength(115);
  });

  test('what a process leaves that dies in the middle of it is whole, and the rest is forgotten later', () => {
    at.write(...Array.from({ length: 300 }, (_, i) => writers.say('alice', `message ${i}`, { at: i })));
    indexed();
    let cursor: PruneCursor | undefined;
    for (let step = 0; step < 3; step++) cursor = at.store.pruning.step(target, cursor).next;
    const dead = new TestStore();
    try {
      // Nothing is moved or emptied first, as it is where a store is closed.
      dead.reopen(() => {
        for (const name of ['history.db', 'history.db-wal', 'history.db-shm'])
          rmSync(join(dead.directory, name), { force: true });
        for (const name of ['history.db', 'history.db-wal'])
          copyFileSync(join(at.directory, name), join(dead.directory, name));
      });
      const log = dead.store.entries.range(general, alice, 1, 500);
      expect(log.map(({ seq }) => seq)).toEqual(Array.from({ length: 300 }, (_, i) => i + 1));
      expect(log.every((entry) => entryId(entry) === entry.id)).toBe(true);
      expect(log.filter((entry) => entry.pruned)).toHaveLength(150);
      expect(dead.store.pruning.upTo(general, alice)).toBe(150);
      expect(dead.store.pruning.step(target).pruned).toBe(50);
    } finally {
      dead.close();
    }
  });

  test('takes what comes without its content, and knows that it cannot give it away', () => {
    const [first, second] = [writers.say('bob', 'one', { at: 1 }), writers.say('bob', 'two', { at: 2 })];
    at.write(first, second);
    prune();
    const other = new TestStore();
    try {
      const log = at.store.entries.range(general, first.device, 1, 10);
      other.write(...log);
      expect(other.store.entries.range(general, first.device, 1, 10)).toEqual(log);
      expect(other.store.pruning.upTo(general, first.device)).toBe(2);
      expect(other.store.page(general, undefined, 10).entries).toEqual([]);
      while (other.store.indexSlice());
    } finally {
      other.close();
    }
  });

  test('a file that it no longer shows is needed no longer', () => {
    const data = { name: 'a.txt', mime: 'text/plain', size: 3, sha256: 'a'.repeat(64), chunks: 'b'.repeat(64) };
    const file = writers.say('bob', '', { kind: 'file', data, at: 1 });
    at.write(file);
    const shows = at.store.files.isNeeded('a'.repeat(64));
    const steps = prune();
    expect(steps.flatMap(({ files }) => files)).toEqual([file.id]);
    expect([shows, at.store.files.isNeeded('a'.repeat(64))]).toEqual([true, false]);
  });

  test('its file does not grow by it', () => {
    at.write(...Array.from({ length: 500 }, (_, i) => writers.say('bob', 'x'.repeat(2000), { at: i })));
    at.reopen();
    const before = statSync(join(at.directory, 'history.db')).size;
    prune();
    at.reopen();
    expect(statSync(join(at.directory, 'history.db')).size).toBeLessThan(before * 1.1);
  });
});
