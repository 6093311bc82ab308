/** A history whose file was damaged: found, repaired from what is sound, and never an excuse to write one place twice. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Entry } from '../../protocol/entry.js';
import { TempDir } from '../../test/support/temp-dir.js';
import { Store } from './store.js';
import { Author, general } from './test-author.js';

const PAGE = 4096;
const timers = { setTimeout, clearTimeout: (timer: unknown) => clearTimeout(timer as NodeJS.Timeout) };

let folder: TempDir;
let directory: string;
let damages: string[];
let told: () => void;
/** Resolves once damage was told. */
const found = (): Promise<void> => new Promise((resolve) => (told = resolve));
const open = (keyed = true): Store =>
  new Store({
    ...{ directory, keyed, now: Date.UTC(2026, 0, 2), timers },
    failed: (error) => {
      throw error;
    },
    damaged: (error) => {
      damages.push(String(error));
      told();
    },
  });

beforeEach(() => {
  folder = new TempDir();
  directory = folder.path;
  damages = [];
  told = () => undefined;
});
afterEach(() => folder.remove());

function insert(store: Store, entries: readonly Entry[]): void {
  store.entries.transaction(() => entries.forEach((entry) => store.entries.insert(entry)));
  store.committed();
}

/** Two authors who took turns, 400 entries each. */
async function filled(): Promise<{ me: Author; other: Author; mine: Entry[]; theirs: Entry[] }> {
  const [me, other] = [new Author('alice'), new Author('bob')];
  const store = open(false);
  const [mine, theirs]: [Entry[], Entry[]] = [[], []];
  await me.introduce(store);
  await other.introduce(store);
  for (let i = 0; i < 100; i++) {
    for (const [author, log] of [
      [me, mine],
      [other, theirs],
    ] as const) {
      const entries = author.write(4);
      insert(store, entries);
      log.push(...entries);
    }
  }
  store.close();
  return { me, other, mine, theirs };
}

const file = (): string => join(directory, 'history.db');

/** Pages (numbered from 0) that hold this text. */
function pagesWith(text: string): number[] {
  const bytes = readFileSync(file());
  const found: number[] = [];
  for (let page = 0; page * PAGE < bytes.length; page++) {
    if (bytes.subarray(page * PAGE, (page + 1) * PAGE).includes(text)) found.push(page);
  }
  return found;
}

function spoil(page: number): void {
  const bytes = readFileSync(file());
  bytes.fill(0xa5, page * PAGE, (page + 1) * PAGE);
  writeFileSync(file(), bytes);
}

function readAll(store: Store): Entry[] {
  const entries: Entry[] = [];
  for (;;) {
    const page = store.page(general, { before: entries[0]?.id }, 200);
    entries.unshift(...page.entries);
    if (!page.more) return entries;
  }
}

/** What is left of each author's log: always its beginning. */
function lengths(store: Store, ...authors: Author[]): number[] {
  return authors.map(({ device }) => store.entries.range(general, device, 1, 10_000).length);
}

test('a proper end leaves no log; what is found after another one is looked through', async () => {
  await filled();
  expect(statSync(`${file()}-wal`).size).toBe(0);
});

describe('a page that was overwritten', () => {
  test('is met by whoever reads it, told once, and repaired at the next opening', async () => {
    const { me, other, mine, theirs } = await filled();
    const [page = 0] = pagesWith('bob 200 ');
    spoil(page);
    const store = open();
    expect(() => readAll(store)).toThrow(expect.objectContaining({ code: 'storage_damaged' }));
    expect(() => readAll(store)).toThrow(expect.objectContaining({ code: 'storage_damaged' }));
    expect(damages).toHaveLength(1);
    store.close();

    const repaired = open();
    try {
      const [kept = 0, keptOfOther = 0] = lengths(repaired, me, other);
      expect(repaired.repaired).toMatchObject({
        aside: expect.stringMatching(/^history\.db\.damaged-2026-/),
        entries: kept + keptOfOther,
      });
      expect(readdirSync(directory)).toContain(repaired.repaired?.aside);
      // Up to the page that is gone, as it was; each log ends where its first entry is missing.
      expect(repaired.entries.range(general, me.device, 1, 1_000).map(({ id }) => id)).toEqual(
        mine.slice(0, kept).map(({ id }) => id),
      );
      expect(keptOfOther).toBeGreaterThan(150);
      expect(keptOfOther).toBeLessThan(200);
      expect(repaired.entries.range(general, other.device, 1, 1_000).at(-1)?.sig).toBe(theirs[keptOfOther - 1]?.sig);
      expect(() => readAll(repaired)).not.toThrow();
      // What others hold from there on follows on what is here.
      insert(repaired, theirs.slice(keptOfOther));
      expect(lengths(repaired, other)).toEqual([400]);
    } finally {
      repaired.repaired?.done();
      repaired.close();
    }
    const again = open();
    expect(again.repaired).toBeUndefined();
    again.close();
  });

  test('of an index costs no entry, whichever it is', async () => {
    const { me, other } = await filled();
    // Texts stand in entries alone; among the other pages are those of the indexes.
    const texts = new Set(pagesWith('....'));
    const whole = readFileSync(file());
    let met = 0;
    for (let page = 1; page < whole.length / PAGE; page++) {
      if (texts.has(page)) continue;
      writeFileSync(file(), whole);
      spoil(page);
      damages = [];
      try {
        const store = open();
        try {
          readAll(store);
          store.entries.ends();
          lengths(store, me, other);
        } finally {
          store.close();
        }
      } catch (error) {
        expect(error).toMatchObject({ code: 'storage_damaged' });
      }
      if (damages.length === 0) continue;
      met++;
      const repaired = open();
      const lost = lengths(repaired, me, other);
      // Inner pages of the table lead to many others; without the tables of names nothing can be told apart.
      if (lost.join() === '400,400') expect(repaired.repaired?.ownLogsWhole(me.device)).toBe(true);
      else expect(repaired.repaired?.ownLogsWhole(me.device)).toBe(lost[0] === 400);
      repaired.repaired?.done();
      repaired.close();
      for (const name of readdirSync(directory)) if (name.startsWith('history.')) rmSync(join(directory, name));
    }
    expect(met).toBeGreaterThan(5);
  }, 60_000);
});

describe('whether the device may keep its key', () => {
  const mendedAfterSpoiling = async (text: string): Promise<{ whole: boolean; other: boolean }> => {
    const { me, other } = await filled();
    for (const page of pagesWith(text)) spoil(page);
    const store = open();
    expect(() => readAll(store)).toThrow();
    store.close();
    const repaired = open();
    const answer = {
      whole: repaired.repaired?.ownLogsWhole(me.device) ?? true,
      other: repaired.repaired?.ownLogsWhole(other.device) ?? true,
    };
    repaired.close();
    return answer;
  };

  test('not where something that it wrote is missing', async () => {
    expect(await mendedAfterSpoiling('alice 200 ')).toMatchObject({ whole: false });
  });

  test('not where the last thing that it wrote is missing', async () => {
    expect(await mendedAfterSpoiling('alice 400 ')).toMatchObject({ whole: false });
  });

  test('not where the history is gone altogether', async () => {
    const { me } = await filled();
    rmSync(file());
    rmSync(`${file()}-wal`, { force: true });
    const store = open();
    expect(store.repaired).toMatchObject({ aside: undefined, entries: 0 });
    expect(store.repaired?.ownLogsWhole(me.device)).toBe(false);
    store.close();
  });

  test('not where nothing can be read at all', async () => {
    const { me } = await filled();
    spoil(0);
    expect(open).toThrow(expect.objectContaining({ code: 'storage_damaged' }));
    const store = open();
    expect(store.repaired?.entries).toBe(0);
    expect(store.repaired?.ownLogsWhole(me.device)).toBe(false);
    store.close();
  });

  test('the answer stands until somebody has acted on it, whatever dies', async () => {
    const { me } = await filled();
    for (const page of pagesWith('alice 200 ')) spoil(page);
    const store = open();
    expect(() => readAll(store)).toThrow();
    store.close();
    for (let i = 0; i < 2; i++) {
      const repaired = open();
      expect(repaired.repaired?.ownLogsWhole(me.device)).toBe(false);
      repaired.close(); // Without `done`: as if the process had died here.
    }
    // Not one more copy each time.
    expect(readdirSync(directory).filter((name) => /damaged-[^-]*-..-..T[\d-.]*Z$/.test(name))).toHaveLength(1);
  });
});

describe('a byte that changed within a text', () => {
  const change = (text: string, to: string): void => {
    const bytes = readFileSync(file());
    const at = bytes.indexOf(text);
    expect(at).toBeGreaterThan(0);
    bytes.write(to, at);
    writeFileSync(file(), bytes);
  };

  test('is not shown to anybody', async () => {
    await filled();
    change('bob 200 ', 'bob 999 ');
    const store = open();
    expect(() => readAll(store)).toThrow(expect.objectContaining({ code: 'storage_damaged' }));
    expect(damages).toEqual([expect.stringMatching(/not what was written/)]);
    store.close();
  });

  test('is found by looking through everything, and what was sound before it is kept', async () => {
    const { me, other } = await filled();
    change('bob 200 ', 'bob 999 ');
    const store = open();
    store.suspect();
    await found();
    store.close();
    const repaired = open();
    expect(lengths(repaired, me, other)).toEqual([400, 196]);
    // The index says whose row it was.
    expect(repaired.repaired?.ownLogsWhole(me.device)).toBe(true);
    expect(repaired.repaired?.ownLogsWhole(other.device)).toBe(false);
    repaired.close();
  });

  test('a signature that changed is dropped where a later one proves the same', async () => {
    const { other, theirs } = await filled();
    const { sig = '' } = theirs[199] ?? {};
    change(sig, `${sig.startsWith('A') ? 'B' : 'A'}${sig.slice(1)}`);
    const store = open();
    store.suspect();
    await found();
    store.close();
    const repaired = open();
    expect(lengths(repaired, other)).toEqual([400]);
    expect(repaired.entries.range(general, other.device, 200, 1)[0]?.sig).toBeUndefined();
    repaired.close();
  });
});
