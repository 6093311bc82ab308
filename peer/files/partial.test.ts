import { closeSync, openSync, readFileSync, rmSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { FILE_CHUNK, FILE_CHUNKS_MAX } from '../../protocol/files.js';
import type { ConversationId } from '../../protocol/ids.js';
import type { BlobFacts } from './blob-store.js';
import type { PartialFile } from './partial.js';
import { chunkOf, collected, content, factsOf, hex, manifestOf, TestBlobs } from './test-blobs.js';

const SIZE = 4 * FILE_CHUNK + 100;
const bytes = content(SIZE);
const facts = factsOf(bytes);

let blobs: TestBlobs;
beforeEach(async () => {
  blobs = await TestBlobs.open();
});
afterEach(() => blobs.remove());

async function begun(of: BlobFacts = facts, manifest = manifestOf(bytes)): Promise<PartialFile> {
  const partial = await blobs.store.partial(of);
  expect(await partial.setManifest(manifest)).toBe(true);
  return partial;
}
const folder = (of: BlobFacts = facts): string =>
  join(blobs.directory, 'partial', `${of.sha256}.${of.chunks}.${String(of.size)}`);
const held = (partial: PartialFile): number[] => [0, 1, 2, 3, 4].filter((n) => partial.has(n));

test('chunks come in any order, twice, and at once; then the whole is here', async () => {
  const partial = await begun();
  const order = [4, 0, 3, 3, 1];
  expect(await Promise.all(order.map((n) => partial.write(n, chunkOf(bytes, n))))).toEqual(order.map(() => 'ok'));
  expect([partial.missing, partial.done, held(partial)]).toEqual([1, SIZE - FILE_CHUNK, [0, 1, 3, 4]]);
  expect(blobs.store.used()).toBe(SIZE - FILE_CHUNK);
  expect(blobs.store.has(facts.sha256)).toBe(false);
  await expect(partial.complete()).rejects.toThrow();
  const into = Buffer.alloc(FILE_CHUNK);
  expect(await partial.readChunk(4, into)).toBe(100);
  expect(into.subarray(0, 100).equals(chunkOf(bytes, 4))).toBe(true);
  expect(await partial.readChunk(2, into)).toBe(0);
  await partial.write(2, chunkOf(bytes, 2));
  expect(await partial.complete()).toBe('complete');
  expect((await collected(blobs.store.read(facts.sha256, 0, SIZE))).equals(bytes)).toBe(true);
  expect(blobs.store.used()).toBe(SIZE);
  expect(await blobs.store.begun()).toEqual([]);
  expect(partial.has(0)).toBe(false);
  await expect(partial.write(0, chunkOf(bytes, 0))).rejects.toMatchObject({ code: 'not_found' });
});

describe('through which conversations it came', () => {
  const [a, b] = ['#a', '@alice+bob'] as ConversationId[] as [ConversationId, ConversationId];
  const through = (partial: PartialFile, conversation: ConversationId): number[] =>
    [0, 1, 2, 3, 4].filter((n) => partial.cameThrough(n, conversation));

  test('is known of each chunk, also after a restart, and of what is unknown nothing is said', async () => {
    const before = await begun();
    await Promise.all([
      before.write(0, chunkOf(bytes, 0), a),
      before.write(1, chunkOf(bytes, 1), b),
      before.write(2, chunkOf(bytes, 2), b),
      before.write(3, chunkOf(bytes, 3)),
    ]);
    expect(await before.write(2, chunkOf(bytes, 2), a)).toBe('ok');
    const look = (partial: PartialFile): unknown[] => [through(partial, a), through(partial, b), held(partial)];
    expect(look(before)).toEqual([[0], [1, 2], [0, 1, 2, 3]]);
    await blobs.reopen();
    const partial = await blobs.store.partial(facts);
    expect(look(partial)).toEqual([[0], [1, 2], [0, 1, 2, 3]]);
    expect([partial.isFrom(b), partial.isFrom('#c' as ConversationId)]).toEqual([true, false]);
    const told = new Map(partial.origins());
    expect(told).toEqual(
      new Map([
        [a, Uint8Array.of(1)],
        [b, Uint8Array.of(6)],
      ]),
    );
  });

  test('is told before it counts, and not of what lies', async () => {
    const lie = { ...facts, sha256: hex(Buffer.from('something else')) };
    const said: unknown[] = [];
    for (const partial of [await begun(lie), await begun()]) {
      for (let n = 0; n < 5; n++) await partial.write(n, chunkOf(bytes, n), a);
      await partial.complete(() => said.push([[...partial.origins()], blobs.store.has(facts.sha256)]));
    }
    expect(said).toEqual([[[[a, undefined]], false]]);
  });

  test('is not guessed where the list of conversations was lost', async () => {
    const before = await begun();
    await before.write(0, chunkOf(bytes, 0), a);
    await blobs.reopen(() => rmSync(join(folder(), 'through')));
    const partial = await blobs.store.partial(facts);
    await partial.write(1, chunkOf(bytes, 1), b);
    expect([held(partial), through(partial, a), through(partial, b)]).toEqual([[0, 1], [], [1]]);
  });
});

test('an empty file needs its empty list, and nothing else', async () => {
  const empty = factsOf(Buffer.alloc(0));
  const partial = await begun(empty, Buffer.alloc(0));
  expect(partial.missing).toBe(0);
  expect(await partial.complete()).toBe('complete');
  expect(blobs.store.facts(empty.sha256)).toEqual(empty);
});

test('a list that is not the one which the entry names is refused, whatever its length', async () => {
  const partial = await blobs.store.partial(facts);
  const good = manifestOf(bytes);
  const changed = Buffer.from(good);
  changed[0] = (changed[0] ?? 0) ^ 1;
  const wrong = [changed, good.subarray(32), Buffer.concat([good, good.subarray(0, 32)]), Buffer.alloc(0)];
  for (const list of wrong) expect(await partial.setManifest(list)).toBe(false);
  expect(partial.manifest).toBeUndefined();
  expect(await partial.setManifest(good)).toBe(true);
  expect(await partial.setManifest(changed)).toBe(false);
});

test('a list that several send at once is taken', async () => {
  const partial = await blobs.store.partial(facts);
  const lists = Array.from({ length: 4 }, () => manifestOf(bytes));
  expect(await Promise.all(lists.map((list) => partial.setManifest(list)))).toEqual([true, true, true, true]);
});

test('a list of 65,537 chunks is refused, though the entry names its hash', async () => {
  const list = Buffer.alloc((FILE_CHUNKS_MAX + 1) * 32);
  const partial = await blobs.store.partial({ ...facts, size: FILE_CHUNKS_MAX * FILE_CHUNK, chunks: hex(list) });
  expect(await partial.setManifest(list)).toBe(false);
});

test('a chunk with one other bit, another length, or of another place is wrong, and counts for nothing', async () => {
  const partial = await begun();
  const flipped = Buffer.from(chunkOf(bytes, 1));
  flipped[FILE_CHUNK - 1] = (flipped[FILE_CHUNK - 1] ?? 0) ^ 1;
  for (const chunk of [flipped, chunkOf(bytes, 1).subarray(1), chunkOf(bytes, 2), Buffer.alloc(0)])
    expect(await partial.write(1, chunk)).toBe('wrong');
  expect(held(partial)).toEqual([]);
  expect(readFileSync(join(folder(), 'done')).every((flag) => flag === 0)).toBe(true);
  expect(await partial.write(5, chunkOf(bytes, 1))).toBe('wrong');
});

test('wrong bytes spoil nothing of right ones, whichever come first, and however close together', async () => {
  for (const order of [
    [0, 1, 0],
    [1, 0, 1],
  ]) {
    const partial = await begun();
    const wrong = Buffer.alloc(FILE_CHUNK, 7);
    const outcomes = await Promise.all(order.map((right) => partial.write(2, right ? chunkOf(bytes, 2) : wrong)));
    expect(outcomes).toEqual(order.map((right) => (right ? 'ok' : 'wrong')));
    const read = Buffer.alloc(FILE_CHUNK);
    expect(await partial.readChunk(2, read)).toBe(FILE_CHUNK);
    expect(read.equals(chunkOf(bytes, 2))).toBe(true);
    await partial.discard();
  }
});

test('facts that lie of the whole: nothing is published or kept, and what is true is not spoilt', async () => {
  const lie = { ...facts, sha256: hex(Buffer.from('something else')) };
  const [lying, honest] = [await begun(lie), await begun()];
  for (let n = 0; n < 5; n++)
    for (const partial of [lying, honest]) expect(await partial.write(n, chunkOf(bytes, n))).toBe('ok');
  expect(await lying.complete()).toBe('lies');
  expect(blobs.store.all()).toEqual([]);
  expect(await honest.complete()).toBe('complete');
  expect(blobs.paths()).toHaveLength(2);
});

describe('after a restart', () => {
  test('what is there is known, and goes on', async () => {
    const before = await begun();
    for (const n of [3, 0]) await before.write(n, chunkOf(bytes, n));
    await blobs.reopen();
    expect(await blobs.store.begun()).toEqual([facts]);
    const partial = await blobs.store.partial(facts);
    expect(await blobs.store.partial(facts)).toBe(partial);
    expect([held(partial), partial.missing]).toEqual([[0, 3], 3]);
    expect(partial.manifest?.equals(manifestOf(bytes))).toBe(true);
    for (const n of [1, 2, 4]) await partial.write(n, chunkOf(bytes, n));
    expect(await partial.complete()).toBe('complete');
  });

  /** What a power cut, or somebody, makes of the files. */
  async function damaged(damage: () => void): Promise<PartialFile> {
    const before = await begun();
    for (const n of [0, 1, 2]) await before.write(n, chunkOf(bytes, n));
    await blobs.reopen(damage);
    return blobs.store.partial(facts);
  }

  test('a flag is not believed where its bytes were lost, changed, or are beyond the end', async () => {
    const partial = await damaged(() => {
      const data = openSync(join(folder(), 'data'), 'r+');
      writeSync(data, Buffer.alloc(FILE_CHUNK), 0, FILE_CHUNK, FILE_CHUNK);
      closeSync(data);
      truncateSync(join(folder(), 'data'), 3 * FILE_CHUNK - 1);
      writeFileSync(join(folder(), 'done'), Buffer.from([1, 1, 1, 1, 1, 1, 1]));
    });
    expect([held(partial), partial.missing]).toEqual([[0], 4]);
    for (const n of [1, 2, 3, 4]) await partial.write(n, chunkOf(bytes, n));
    expect(await partial.complete()).toBe('complete');
  });

  test('without its flag a chunk is fetched again, and without the list all are', async () => {
    expect(held(await damaged(() => writeFileSync(join(folder(), 'done'), Buffer.from([0, 1]))))).toEqual([1]);
    await (await blobs.store.partial(facts)).discard();
    const partial = await damaged(() => writeFileSync(join(folder(), 'manifest'), Buffer.alloc(160)));
    expect([held(partial), partial.manifest]).toEqual([[], undefined]);
  });
});

test('what is discarded is gone, whether it is open or not; also while a chunk is written', async () => {
  const partial = await begun();
  const [written] = await Promise.allSettled([partial.write(0, chunkOf(bytes, 0)), partial.discard()]);
  expect(written).toMatchObject({ value: 'ok' });
  expect(blobs.paths()).toEqual([]);
  await begun();
  await blobs.reopen();
  await blobs.store.discard(facts);
  expect(blobs.paths()).toEqual([]);
});

test('what is given up and asked for again in the same moment begins anew, and whole', async () => {
  for (const close of [true, false]) {
    const before = await begun();
    await before.write(0, chunkOf(bytes, 0));
    if (close) await before.close();
    const given = blobs.store.discard(facts);
    const both = [blobs.store.partial(facts), blobs.store.partial(facts)] as const;
    await given;
    const partial = await both[0];
    expect(await both[1]).toBe(partial);
    expect([held(partial), partial.manifest, partial.isClosed]).toEqual([[], undefined, false]);
    await partial.setManifest(manifestOf(bytes));
    for (let n = 0; n < 5; n++) expect(await partial.write(n, chunkOf(bytes, n))).toBe('ok');
    expect(await partial.complete()).toBe('complete');
    await blobs.store.remove(facts.sha256);
  }
});

describe('what nobody uses for now', () => {
  test('stays open: nothing of it is hashed again, and others may be given it', async () => {
    const partial = await begun();
    await partial.write(0, chunkOf(bytes, 0));
    await blobs.store.rest(partial);
    expect(blobs.store.openPart(facts)).toBe(partial);
    // It would be found if it were looked at.
    writeFileSync(join(folder(), 'data'), Buffer.alloc(FILE_CHUNK));
    expect(await blobs.store.partial(facts)).toBe(partial);
    expect(held(partial)).toEqual([0]);
  });

  test('is closed once more than a few rest, but not while another uses it', async () => {
    const parts = await Promise.all(
      Array.from({ length: 20 }, async (_, n) => blobs.store.partial(factsOf(content(10 + n)))),
    );
    const [first, second] = parts as [PartialFile, PartialFile];
    expect(await blobs.store.partial(first.facts)).toBe(first);
    for (const partial of parts) await blobs.store.rest(partial);
    expect([first.isClosed, second.isClosed, parts.at(-1)?.isClosed]).toEqual([false, true, false]);
    expect(parts.filter(({ isClosed }) => isClosed)).toHaveLength(3);
  });

  test('counts, and is known by what it says itself after a restart, before anybody has looked at it', async () => {
    const partial = await begun();
    for (const n of [0, 4]) await partial.write(n, chunkOf(bytes, n));
    const amounts = (): number[] => [blobs.store.begunBytes(facts), blobs.store.used()];
    expect(amounts()).toEqual([FILE_CHUNK + 100, FILE_CHUNK + 100]);
    await blobs.reopen();
    expect([...amounts(), blobs.store.openPart(facts)]).toEqual([FILE_CHUNK + 100, FILE_CHUNK + 100, undefined]);
    await (await blobs.store.partial(facts)).close();
    expect(amounts()).toEqual([FILE_CHUNK + 100, FILE_CHUNK + 100]);
    await blobs.store.discard(facts);
    expect(amounts()).toEqual([0, 0]);
  });
});

test('what others may be given is only what is open: asking for it makes nothing', async () => {
  expect(blobs.store.openPart(facts)).toBeUndefined();
  expect(await blobs.store.begun()).toEqual([]);
  const partial = await begun();
  expect(blobs.store.openPart(facts)).toBe(partial);
  expect(blobs.store.openPart({ ...facts, size: SIZE - 1 })).toBeUndefined();
  await partial.close();
  expect(blobs.store.openPart(facts)).toBeUndefined();
});

test('is for the owner alone', async () => {
  await begun();
  const name = folder().slice(blobs.directory.length + 1);
  expect(blobs.mode(name)).toBe(0o700);
  expect(['data', 'done', 'manifest'].map((file) => blobs.mode(join(name, file)))).toEqual([0o600, 0o600, 0o600]);
});
