import { existsSync, mkdirSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { FILE_CHUNK, FILE_SIZE_MAX } from '../../protocol/files.js';
import { chunkOf, collected, content, factsOf, manifestOf, TestBlobs } from './test-blobs.js';

let blobs: TestBlobs;
beforeEach(async () => {
  blobs = await TestBlobs.open();
});
afterEach(() => blobs.remove());

/** In pieces as a socket gives them. */
function streamed(bytes: Buffer, piece = 65_536): Readable {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += piece) pieces.push(bytes.subarray(at, at + piece));
  return Readable.from(pieces, { objectMode: false });
}

describe('what is taken in', () => {
  test.each([0, 1, FILE_CHUNK - 1, FILE_CHUNK, FILE_CHUNK + 1, 3 * FILE_CHUNK - 1, 3 * FILE_CHUNK, 3 * FILE_CHUNK + 1])(
    'is known by its hashes and read back whole: %d bytes',
    async (size) => {
      const bytes = content(size);
      const taken = await blobs.store.take(streamed(bytes), { length: size });
      const facts = factsOf(bytes);
      expect(taken).toEqual({ ...facts, mime: 'application/octet-stream' });
      await blobs.reopen();
      const { store } = blobs;
      expect(store.facts(facts.sha256)).toEqual(facts);
      expect(store.used()).toBe(size);
      expect((await collected(store.read(facts.sha256, 0, size))).equals(bytes)).toBe(true);
      expect((await store.manifest(facts.sha256)).equals(manifestOf(bytes))).toBe(true);
      const into = Buffer.alloc(FILE_CHUNK);
      for (let n = 0; n * FILE_CHUNK < size; n++) {
        const length = await store.readChunk(facts.sha256, n, into);
        expect(into.subarray(0, length).equals(chunkOf(bytes, n))).toBe(true);
      }
      await expect(store.readChunk(facts.sha256, Math.ceil(size / FILE_CHUNK), into)).rejects.toThrow();
    },
  );

  test('is read in ranges, the end not included', async () => {
    const bytes = content(2 * FILE_CHUNK + 5);
    const { sha256 } = await blobs.store.take(streamed(bytes), {});
    for (const [start, end] of [
      [0, 1],
      [FILE_CHUNK - 1, FILE_CHUNK + 1],
      [bytes.length - 3, bytes.length],
      [bytes.length - 3, bytes.length + 100],
      [7, 7],
    ] as const) {
      expect((await collected(blobs.store.read(sha256, start, end))).equals(bytes.subarray(start, end))).toBe(true);
    }
  });

  test('lies by its hash, for the owner alone', async () => {
    const bytes = content(10);
    const { sha256, chunks } = await blobs.store.take(streamed(bytes), {});
    const shard = sha256.slice(0, 2);
    expect(blobs.paths()).toEqual([join(shard, sha256), join(shard, `${sha256}.${chunks}`)]);
    expect(blobs.paths().map((path) => blobs.mode(path))).toEqual([0o600, 0o600]);
    expect(['.', 'partial', shard].map((path) => blobs.mode(path))).toEqual([0o700, 0o700, 0o700]);
  });

  test('is of the type that its first bytes say', async () => {
    const png = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), content(100)]);
    // One byte a piece, so that the beginning comes in many.
    const { sha256, mime } = await blobs.store.take(streamed(png, 1), { mime: 'text/html' });
    expect(mime).toBe('image/png');
    expect(await blobs.store.mime(sha256, 'text/html')).toBe('image/png');
    const page = await blobs.store.take(streamed(Buffer.from('<script>')), { mime: 'text/html' });
    expect(page.mime).toBe('application/octet-stream');
  });

  test('twice at once lies here once', async () => {
    const bytes = content(3 * FILE_CHUNK + 1);
    const both = await Promise.all([1, 2].map(() => blobs.store.take(streamed(bytes), {})));
    expect(both[0]).toEqual(both[1]);
    expect(blobs.store.used()).toBe(bytes.length);
    expect(blobs.paths()).toHaveLength(2);
    await blobs.store.remove(both[0]?.sha256 ?? '');
    expect(blobs.store.used()).toBe(0);
    expect(blobs.paths()).toEqual([]);
  });
});

describe('what lies here without the hashes of its chunks', () => {
  const bytes = content(2 * FILE_CHUNK + 5);
  const facts = factsOf(bytes);
  const list = (): string => join(blobs.directory, facts.sha256.slice(0, 2), `${facts.sha256}.${facts.chunks}`);
  beforeEach(async () => {
    await blobs.store.take(streamed(bytes), {});
  });

  test.each<[string, () => void]>([
    ['they are gone', () => rmSync(list())],
    ['they are too few', () => truncateSync(list(), 32)],
  ])('counts again once it was hashed: %s', async (_, damage) => {
    await blobs.reopen(damage);
    expect([blobs.store.has(facts.sha256), blobs.store.used()]).toEqual([false, 0]);
    expect(await blobs.store.mend()).toEqual([facts]);
    expect([blobs.store.facts(facts.sha256), blobs.store.used()]).toEqual([facts, bytes.length]);
    expect((await blobs.store.manifest(facts.sha256)).equals(manifestOf(bytes))).toBe(true);
    await blobs.reopen();
    expect([blobs.store.has(facts.sha256), await blobs.store.mend()]).toEqual([true, []]);
  });

  test('goes where it is something else', async () => {
    await blobs.reopen(() => {
      rmSync(list());
      writeFileSync(list().slice(0, -65), 'else');
    });
    expect(await blobs.store.mend()).toEqual([]);
    expect(blobs.paths()).toEqual([]);
  });

  test('is given no list that is not its own, and has its own again after the next start', async () => {
    const changed = manifestOf(bytes);
    changed[0] = (changed[0] ?? 0) ^ 1;
    writeFileSync(list(), changed);
    await expect(blobs.store.manifest(facts.sha256)).rejects.toMatchObject({ code: 'storage_failed' });
    await blobs.reopen();
    await blobs.store.mend();
    expect((await blobs.store.manifest(facts.sha256)).equals(manifestOf(bytes))).toBe(true);
  });
});

describe('nothing is left of', () => {
  const refused = async (body: Readable, about: object, code: string): Promise<void> => {
    await expect(blobs.store.take(body, about)).rejects.toMatchObject({ name: 'ParleyError', code });
    expect(blobs.paths()).toEqual([]);
    expect(blobs.store.used()).toBe(0);
  };

  test.each([FILE_CHUNK + 1, 100 * FILE_CHUNK])('a body shorter than the announced %d bytes', (length) =>
    refused(streamed(content(FILE_CHUNK)), { length }, 'bad_request'),
  );

  test('a body longer than announced, or than allowed', async () => {
    await refused(streamed(content(FILE_CHUNK + 1)), { length: FILE_CHUNK }, 'bad_request');
    await refused(streamed(content(FILE_CHUNK + 1)), { max: FILE_CHUNK }, 'file_too_large');
  });

  test('what is announced as more than 65,536 chunks: it is not even begun', async () => {
    const body = streamed(content(10));
    await refused(body, { length: FILE_SIZE_MAX + 1 }, 'file_too_large');
    await refused(body, { length: 2 ** 53 }, 'file_too_large');
    expect(body.readableDidRead).toBe(false);
  });

  test('a body that breaks off, also after the answer', async () => {
    const body = new Readable({ read: () => undefined });
    body.push(content(2 * FILE_CHUNK));
    const taken = refused(body, {}, 'bad_request');
    body.once('resume', () => undefined);
    setImmediate(() => body.destroy(new Error('aborted')));
    await taken;

    const long = new Readable({ read: () => undefined });
    long.push(content(FILE_CHUNK + 1));
    await refused(long, { max: FILE_CHUNK }, 'file_too_large');
    // It was left as it was, for an answer to be given: what becomes of it now disturbs nobody.
    expect(long.destroyed).toBe(false);
    long.destroy(new Error('aborted'));
    await new Promise((resolve) => long.once('close', resolve));
  });

  test('what does not fit on the disk, by what was said or while it comes', async () => {
    await blobs.remove();
    let free = 1024 ** 3;
    blobs = await TestBlobs.open({ space: () => Promise.resolve({ free }) });
    await refused(streamed(content(10)), { length: 1024 ** 3 }, 'storage_full');
    const shrinking = Readable.from(
      (function* () {
        for (let n = 0; n < 65; n++) {
          if (n === 60) free = 0;
          yield content(FILE_CHUNK, 'shrinks');
        }
      })(),
    );
    await refused(shrinking, {}, 'storage_full');
  });
});

describe('at a start', () => {
  test('what a process that died has left does not count, and is removed', async () => {
    const kept = await blobs.store.take(streamed(content(100)), {});
    const list = `${'ab'.repeat(32)}.${'cd'.repeat(32)}`;
    await blobs.reopen(() => {
      writeFileSync(join(blobs.directory, 'partial', 'upload-0123456789ab'), 'half');
      mkdirSync(join(blobs.directory, 'ab'));
      writeFileSync(join(blobs.directory, 'ab', list), Buffer.alloc(32)); // Before its blob was moved.
      writeFileSync(join(blobs.directory, 'ab', `${list}.new`), '');
    });
    expect(blobs.store.all()).toEqual([factsOf(content(100))]);
    expect(blobs.paths().map((path) => path.slice(3))).toEqual([kept.sha256, `${kept.sha256}.${kept.chunks}`]);
  });

  test('what was cut does not count, and what is not ours is left alone', async () => {
    const { sha256 } = await blobs.store.take(streamed(content(FILE_CHUNK + 1)), {});
    const strange = ['partial/notes.txt', 'notes.txt', `${sha256.slice(0, 2)}/notes.txt`];
    await blobs.reopen(() => {
      truncateSync(join(blobs.directory, sha256.slice(0, 2), sha256), FILE_CHUNK);
      for (const path of strange) writeFileSync(join(blobs.directory, path), 'mine');
    });
    expect(blobs.store.has(sha256)).toBe(false);
    expect(strange.every((path) => existsSync(join(blobs.directory, path)))).toBe(true);
  });
});

test('a folder that is none is named, with what to do', async () => {
  const open = blobs.reopen(() => {
    rmSync(blobs.directory, { recursive: true });
    writeFileSync(blobs.directory, '');
  });
  await expect(open).rejects.toMatchObject({ code: 'storage_failed', message: expect.stringContaining('/blobs') });
  await expect(open).rejects.toThrow('start again');
});

test('a file that was cut while it is here is no end of a process', async () => {
  const { sha256 } = await blobs.store.take(streamed(content(FILE_CHUNK)), {});
  truncateSync(join(blobs.directory, sha256.slice(0, 2), sha256), 10);
  const chunk = blobs.store.readChunk(sha256, 0, Buffer.alloc(FILE_CHUNK));
  await expect(chunk).rejects.toMatchObject({ code: 'storage_failed' });
});

test('no hash becomes another path', async () => {
  const facts = factsOf(content(10));
  for (const sha256 of ['../../../../etc/passwd', `${'a'.repeat(63)}/`, 'A'.repeat(64), '', '..']) {
    expect(blobs.store.has(sha256)).toBe(false);
    expect(() => blobs.store.read(sha256, 0, 1)).toThrow();
    await expect(blobs.store.partial({ ...facts, sha256 })).rejects.toThrow();
    await expect(blobs.store.partial({ ...facts, chunks: sha256 })).rejects.toThrow();
    await blobs.store.remove(sha256);
  }
  for (const size of [-1, 1.5, NaN, FILE_SIZE_MAX + 1]) {
    await expect(blobs.store.partial({ ...facts, size })).rejects.toMatchObject({ code: 'file_too_large' });
  }
  expect(readdirSync(blobs.directory)).toEqual(['partial']);
});
