import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Entry } from '../../protocol/entry.js';
import type { Username } from '../../protocol/ids.js';
import { TestStore, Writers } from '../store/test-store.js';
import { fits, toClean, type Cleanable } from './quota.js';
import { chunkOf, content, factsOf, manifestOf, quiet, TestBlobs } from './test-blobs.js';
import { dropUnneeded, tidy } from './tidy.js';

const DAY = 24 * 3600_000;
const [plan, photo] = [content(2 * 1024 * 1024, 'plan'), content(100, 'photo')];

let history: TestStore;
let blobs: TestBlobs;
let writers: Writers;
beforeEach(async () => {
  history = new TestStore();
  blobs = await TestBlobs.open();
  writers = new Writers();
});
afterEach(async () => {
  history.close();
  await blobs.remove();
});

function file(from: string, bytes: Buffer): Entry {
  return writers.say(from, '', { kind: 'file', data: { name: 'a.bin', mime: 'text/plain', ...factsOf(bytes) } });
}
async function take(bytes: Buffer, now = 0): Promise<void> {
  const taken = await blobs.store.take(Readable.from([bytes]), {});
  history.store.files.blobs.add(taken, true, now);
}
const run = (now = 0): Promise<void> =>
  tidy(blobs.store, history.store.files, { self: 'alice' as Username, now, log: quiet });
const known = (): string[] => history.store.files.blobs.all().map(({ sha256 }) => sha256);

describe('at a start', () => {
  test('a history that was made anew finds what lies on the disk, and knows what is the own', async () => {
    history.write(file('alice', plan), file('bob', photo));
    for (const bytes of [plan, photo]) await blobs.store.take(Readable.from([bytes]), {});
    await run(5);
    expect(history.store.files.blobs.get(factsOf(plan).sha256)).toMatchObject({ own: true, added: 5, opened: 5 });
    expect(history.store.files.blobs.get(factsOf(photo).sha256)).toMatchObject({ own: false, size: 100 });
  });

  test('what the disk has lost is not said to be here', async () => {
    history.write(file('alice', plan));
    await take(plan);
    await blobs.store.remove(factsOf(plan).sha256);
    await run();
    expect(known()).toEqual([]);
  });

  test('bytes that were taken in and never posted go after a day', async () => {
    await take(plan, 0);
    await run(DAY);
    expect(known()).toHaveLength(1);
    await run(DAY + 1);
    expect([known(), blobs.store.all()]).toEqual([[], []]);
  });

  test('what was begun goes on where it was asked for, waits where an entry shows it, and else goes', async () => {
    const [wanted, shown, unknown] = [plan, photo, content(7, 'unknown')];
    const entry = file('bob', wanted);
    history.write(entry, file('bob', shown));
    history.store.files.transfers.put({ sha256: factsOf(wanted).sha256, entry: entry.id, state: 'wanted', added: 1 });
    for (const bytes of [wanted, shown, unknown]) await blobs.store.partial(factsOf(bytes));
    await blobs.reopen();
    await run(9);
    expect(history.store.files.transfers.all()).toMatchObject([
      { sha256: factsOf(wanted).sha256, state: 'wanted', added: 1 },
      { sha256: factsOf(shown).sha256, state: 'paused', added: 9 },
    ]);
    expect(await blobs.store.begun()).toHaveLength(2);
  });

  test('what is here is not fetched', async () => {
    const entry = file('bob', photo);
    history.write(entry);
    await take(photo);
    history.store.files.transfers.put({ sha256: factsOf(photo).sha256, entry: entry.id, state: 'wanted', added: 1 });
    const partial = join(blobs.directory, 'partial', 'upload-00');
    writeFileSync(partial, '');
    await run();
    expect(history.store.files.transfers.all()).toEqual([]);
  });
});

describe('what was taken back', () => {
  test('goes with its last entry, complete or begun, and only that', async () => {
    const [first, second, other] = [file('alice', plan), file('bob', plan), file('bob', photo)];
    history.write(first, second, other);
    await take(plan);
    const partial = await blobs.store.partial(factsOf(photo));
    await partial.setManifest(manifestOf(photo));
    await partial.write(0, chunkOf(photo, 0));
    history.store.files.transfers.put({ sha256: factsOf(photo).sha256, entry: other.id, state: 'wanted', added: 1 });

    const drop = async (entry: Entry): Promise<string[]> => {
      history.write(writers.remove(entry.from, entry));
      return dropUnneeded(blobs.store, history.store.files, [entry.id]);
    };
    expect(await drop(first)).toEqual([]);
    history.write(writers.remove('carol', second)); // Not hers to take back.
    expect(await dropUnneeded(blobs.store, history.store.files, [second.id])).toEqual([]);
    expect(await drop(second)).toEqual([factsOf(plan).sha256]);
    expect([known(), blobs.store.all()]).toEqual([[], []]);
    expect(history.store.files.transfers.all()).toHaveLength(1);
    expect(await drop(other)).toEqual([factsOf(photo).sha256]);
    expect([history.store.files.transfers.all(), blobs.paths()]).toEqual([[], []]);
  });
});

describe('cleaning', () => {
  const blob = (sha256: string, size: number, opened: number, more: Partial<Cleanable> = {}): Cleanable => {
    return { ...{ sha256, size, opened, pinned: false, own: false }, ...more };
  };
  const all = [
    blob('d', 40, 4),
    blob('a', 10, 1, { own: true }),
    blob('b', 20, 2, { pinned: true }),
    blob('c', 30, 3),
    blob('e', 50, 3),
  ];
  const names = (cleaned: readonly Cleanable[]): string => cleaned.map(({ sha256 }) => sha256).join('');

  test('begins with what was not opened for the longest, and ends as soon as there is room', () => {
    expect(names(toClean(all, { used: 150, quota: 150 }))).toBe('');
    expect(names(toClean(all, { used: 150, quota: 149 }))).toBe('c');
    expect(names(toClean(all, { used: 150, quota: 150, needed: 31 }))).toBe('ce');
    expect(names(toClean(all, { used: 150, quota: 149 }, (sha256) => sha256 === 'c'))).toBe('e');
  });

  test('leaves what is pinned or own, also where there is no other way', () => {
    expect(names(toClean(all, { used: 150, quota: 0 }))).toBe('ced');
    expect(fits(all, { used: 150, quota: 100, needed: 70 })).toBe(true);
    expect(fits(all, { used: 150, quota: 100, needed: 71 })).toBe(false);
  });
});
