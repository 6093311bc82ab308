/** A process that is killed again and again while it forgets, and while it gives the room back: nothing is ever half forgotten. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { collected, content, factsOf, quiet, TestBlobs } from '../../peer/files/test-blobs.js';
import { tidy } from '../../peer/files/tidy.js';
import type { Database } from '../../peer/store/sqlite.js';
import { Author } from '../../peer/store/test-author.js';
import { general, TestStore } from '../../peer/store/test-store.js';
import { entryId, type Entry } from '../../protocol/entry.js';
import type { Username } from '../../protocol/ids.js';
import { dayStartUtc, parseSearch } from '../../protocol/search-query.js';
import { projectRoot } from '../support/project.js';

const PROGRAM = join(projectRoot, 'dist/scripts/fault/forgetting.js');
const WRITTEN = Date.UTC(2026, 0, 15);
const NOW = Date.UTC(2026, 5, 1);
/** Of several pages each: what is forgotten of a short one leaves a gap within its page, which is not given back. */
const COUNT = 3_000;
/** Of Alice's own log others lack what is behind it. */
const HELD = COUNT - 100;
const FILES = 40;
const KILLS_MAX = 60;

let at: TestStore;
let blobs: TestBlobs;
let alice: Author;
let bob: Author;
const bytesOf = (n: number): Buffer => content(2_000, `file ${n}`);

beforeEach(async () => {
  at = new TestStore();
  blobs = await TestBlobs.open({}, at.directory);
  [alice, bob] = [new Author('alice'), new Author('bob')];
  for (const author of [alice, bob]) await author.introduce(at.store);
});
afterEach(async () => {
  await blobs.store.close();
  at.close();
});

/** Two logs that are long enough to be met in the middle, with files, and with an edit and a pin of what stands in both halves. */
async function write(): Promise<void> {
  for (let n = 0; n < FILES; n++) await blobs.store.take(Readable.from([bytesOf(n)]), {});
  const word = (who: string, n: number): string => `${who}word${String(n).padStart(5, '0')} ${'said '.repeat(1_100)}`;
  const texts = (who: string): Pick<Entry, 'kind' | 'message' | 'data'>[] =>
    Array.from({ length: COUNT }, (_, n) => ({ kind: 'text', message: word(who, n), data: {} }));
  const files = Array.from({ length: FILES }, (_, n) => {
    const { sha256, size, chunks } = factsOf(bytesOf(n));
    const data = { name: `${n}.bin`, mime: 'application/octet-stream', size, sha256, chunks };
    return { kind: 'file', message: `bobfile${String(n).padStart(5, '0')}`, data };
  });
  const said = texts('bob').flatMap((text, n) => {
    const file = n % (COUNT / FILES) === 0 ? files[n / (COUNT / FILES)] : undefined;
    return file ? [file, text] : [text];
  });
  const ofBob = bob.say(said, 64);
  const ofAlice = alice.say(texts('alice'), 64);
  const about = [100, COUNT - 100].flatMap((n) => ofBob[n] ?? []);
  const pins = alice.say(about.map(({ id }) => ({ kind: 'pin', message: '', data: { target: id } })));
  const edits = bob.say(
    about.map(({ id, message }) => ({ kind: 'edit', message: `${message} edited`, data: { target: id } })),
  );
  at.write(...ofBob, ...ofAlice, ...pins, ...edits);
  while (at.store.indexSlice());
  await tidy(blobs.store, at.store.files, { self: 'alice' as Username, now: NOW, log: quiet });
  at.store.pruning.came(WRITTEN + 1, 1);
}

interface Life {
  readonly said: readonly string[];
  readonly isKilled: boolean;
}

/** Lets a process forget for so long, from its first step on. */
async function live(ms: number): Promise<Life> {
  const args = [PROGRAM, at.directory, alice.device, String(NOW), String(HELD)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (part) => (text += String(part)));
  const over = once(child, 'close');
  await Promise.race([once(child.stdout, 'data'), over]);
  await Promise.race([pause(ms), over]);
  child.kill('SIGKILL');
  const [code] = (await over) as [number | null];
  return { said: text.split('\n').filter(Boolean), isKilled: code === null };
}

/** What a dead process has left, by SQLite's own word, before anything repairs it. @returns pages of the file, and those of them that are free */
function intact(): { readonly pages: number; readonly free: number } {
  const db: Database = new DatabaseSync(join(at.directory, 'history.db'));
  try {
    expect(db.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
    const count = (pragma: string): number => Number(db.prepare(`PRAGMA ${pragma}`).get()?.[pragma]);
    return { pages: count('page_count'), free: count('freelist_count') };
  } finally {
    db.close();
  }
}

async function found(query: string): Promise<number> {
  const none = { from: undefined, to: undefined, after: undefined, users: undefined };
  const { words } = parseSearch(query, dayStartUtc);
  const request = { ...none, words, file: false, link: false, limit: 10, conversations: [general] };
  return (await at.store.search(request)).entries.length;
}

/** Each entry is here whole, with all that belongs to it, or forgotten with all that does. @returns how many are forgotten */
async function whole(): Promise<number> {
  const { store } = at;
  const logs = [alice.device, bob.device].map((device) => store.entries.range(general, device, 1, 2 * COUNT));
  const all = logs.flat();
  expect(all).toHaveLength(2 * COUNT + FILES + 4);
  expect(all.every((entry) => entryId(entry) === entry.id)).toBe(true);
  const rows = all.filter(({ kind, pruned }) => !pruned && kind !== 'edit');
  let page = store.page(general, undefined, 1_000);
  const shown = [...page.entries];
  while (page.more) {
    page = store.page(general, { before: page.entries[0]?.id }, 1_000);
    shown.unshift(...page.entries);
  }
  expect(new Set(shown.map(({ id }) => id))).toEqual(new Set(rows.map(({ id }) => id)));
  for (const log of logs) {
    const last = log.findLast(({ pruned }) => pruned);
    if (last) expect(store.pruning.upTo(general, last.device)).toBe(last.seq);
    // Around where it died, and where it began: each is found by its own word, or by none.
    const end = log.findIndex(({ pruned }) => !pruned);
    for (const entry of [
      ...log.slice(0, 20),
      ...log.slice(Math.max(0, end - 60), end + 60),
      ...log.slice(-110, -100),
    ]) {
      const word = /^\w+/.exec(entry.message)?.[0] ?? wordOf(entry);
      if (word !== undefined) expect([word, await found(word)]).toEqual([word, entry.pruned ? 0 : 1]);
    }
  }
  await tidy(blobs.store, store.files, { self: 'alice' as Username, now: NOW, log: quiet });
  const files = logs[1]?.filter(({ kind, pruned }) => (pruned?.kind ?? kind) === 'file') ?? [];
  for (const [n, { pruned }] of files.entries()) {
    const { sha256, size } = factsOf(bytesOf(n));
    expect([n, blobs.store.has(sha256), store.files.isNeeded(sha256)]).toEqual([n, !pruned, !pruned]);
    if (!pruned) expect((await collected(blobs.store.read(sha256, 0, size))).equals(bytesOf(n))).toBe(true);
  }
  return all.filter(({ pruned }) => pruned).length;
}

/** Of a text that is gone: the word that it had. */
const words = new Map<string, string>();
const wordOf = ({ id }: Entry): string | undefined => words.get(id);

test('killed at any moment: the database is sound, each entry is here whole or forgotten whole, and the rest goes on', async () => {
  await write();
  for (const device of [alice.device, bob.device])
    for (const { id, message, kind } of at.store.entries.range(general, device, 1, 2 * COUNT))
      if (kind === 'text' || kind === 'file') words.set(id, /^\w+/.exec(message)?.[0] ?? '');
  at.store.close();
  // What is looked at between deaths gives nothing back by itself.
  at.busy = true;
  const before = statSync(join(at.directory, 'history.db')).size;
  let { pages } = intact();
  const died = { forgetting: 0, givingBack: 0 };
  let forgotten = 0;
  for (let kill = 0; ; kill++) {
    expect(kill).toBeLessThan(KILLS_MAX);
    const { said, isKilled } = await live(20 + ((kill * 37) % 130));
    expect(said.filter((line) => line.startsWith('failed'))).toEqual([]);
    const left = intact();
    if (isKilled && said.some((line) => line.startsWith('step'))) died.forgetting++;
    if (isKilled && left.pages < pages) died.givingBack++;
    ({ pages } = left);
    at.openAgain();
    await blobs.reopen();
    const now = await whole();
    expect(now).toBeGreaterThanOrEqual(forgotten);
    forgotten = now;
    at.store.close();
    if (!isKilled) break;
  }
  expect(died.forgetting).toBeGreaterThan(2);
  expect(died.givingBack).toBeGreaterThan(0);
  // All but what is pinned, with its edit, and what others lack of Alice's.
  expect(forgotten).toBe(COUNT + FILES - 2 + HELD);
  expect(intact().free).toBeLessThan(2_000);
  expect(statSync(join(at.directory, 'history.db')).size).toBeLessThan(before);
  at.openAgain();
}, 300_000);
