/** A history whose file was spoilt: found, mended from what is sound, and never an excuse to write one place twice. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Entry } from '../../protocol/entry.js';
import { Store } from './store.js';
import { Author, general } from './test-author.js';

const PAGE = 4096;
const timers = { setTimeout, clearTimeout: (timer: unknown) => clearTimeout(timer as NodeJS.Timeout) };

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
  directory = mkdtempSync(join(tmpdir(), 'parley-damage-'));
  damages = [];
  told = () => undefined;
});
afterEach(() => rmSync(directory, { recursive: true }));

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
  test('is met by whoever reads it, told once, and mended at the next opening', async () => {
    const { me, other, mine, theirs } = await filled();
    const [page = 0] = pagesWith('bob 200 ');
    spoil(page);
    const store = open();
    expect(() => readAll(store)).toThrow(expect.objectContaining({ code: 'storage_damaged' }));
    expect(() => readAll(store)).toThrow(expect.objectContaining({ code: 'storage_damaged' }));
    expect(damages).toHaveLength(1);
    store.close();

    const mended = open();
    try {
      const [kept = 0, keptOfOther = 0] = lengths(mended, me, other);
      expect(mended.mended).toMatchObject({
        aside: expect.stringMatching(/^history\.db\.damaged-2026-/),
        entries: kept + keptOfOther,
      });
      expect(readdirSync(directory)).toContain(mended.mended?.aside);
      // Up to the page that is gone, as it was; each log ends where its first entry is missing.
      expect(mended.entries.range(general, me.device, 1, 1_000).map(({ id }) => id)).toEqual(
        mine.slice(0, kept).map(({ id }) => id),
      );
      expect(keptOfOther).toBeGreaterThan(150);
      expect(keptOfOther).toBeLessThan(200);
      expect(mended.entries.range(general, other.device, 1, 1_000).at(-1)?.sig).toBe(theirs[keptOfOther - 1]?.sig);
      expect(() => readAll(mended)).not.toThrow();
      // What others hold from there on follows on what is here.
      insert(mended, theirs.slice(keptOfOther));
      expect(lengths(mended, other)).toEqual([400]);
    } finally {
      mended.mended?.done();
      mended.close();
    }
    const again = open();
    expect(again.mended).toBeUndefined();
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
      const mended = open();
      const lost = lengths(mended, me, other);
      // Inner pages of the table lead to many others; without the tables of names nothing can be told apart.
      if (lost.join() === '400,400') expect(mended.mended?.ownLogsWhole(me.device)).toBe(true);
      else expect(mended.mended?.ownLogsWhole(me.device)).toBe(lost[0] === 400);
      mended.mended?.done();
      mended.close();
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
    const mended = open();
    const answer = {
      whole: mended.mended?.ownLogsWhole(me.device) ?? true,
      other: mended.mended?.ownLogsWhole(other.device) ?? true,
    };
    mended.close();
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
    expect(store.mended).toMatchObject({ aside: undefined, entries: 0 });
    expect(store.mended?.ownLogsWhole(me.device)).toBe(false);
    store.close();
  });

  test('not where nothing can be read at all', async () => {
    const { me } = await filled();
    spoil(0);
    expect(open).toThrow(expect.objectContaining({ code: 'storage_damaged' }));
    const store = open();
    expect(store.mended?.entries).toBe(0);
    expect(store.mended?.ownLogsWhole(me.device)).toBe(false);
    store.close();
  });

  test('the answer stands until somebody has acted on it, whatever dies', async () => {
    const { me } = await filled();
    for (const page of pagesWith('alice 200 ')) spoil(page);
    const store = open();
    expect(() => readAll(store)).toThrow();
    store.close();
    for (let i = 0; i < 2; i++) {
      const mended = open();
      expect(mended.mended?.ownLogsWhole(me.device)).toBe(false);
      mended.close(); // Without `done`: as if the process had died here.
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
    const mended = open();
    expect(lengths(mended, me, other)).toEqual([400, 196]);
    // The index says whose row it was.
    expect(mended.mended?.ownLogsWhole(me.device)).toBe(true);
    expect(mended.mended?.ownLogsWhole(other.device)).toBe(false);
    mended.close();
  });

  test('a signature that changed is dropped where a later one proves the same', async () => {
    const { other, theirs } = await filled();
    const { sig = '' } = theirs[199] ?? {};
    change(sig, `${sig.startsWith('A') ? 'B' : 'A'}${sig.slice(1)}`);
    const store = open();
    store.suspect();
    await found();
    store.close();
    const mended = open();
    expect(lengths(mended, other)).toEqual([400]);
    expect(mended.entries.range(general, other.device, 200, 1)[0]?.sig).toBeUndefined();
    mended.close();
  });
});
