import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isParleyError } from './errors.js';
import { fileFacts, type FileFacts } from './file-facts.js';
import { decodeChunks, encodeChunks, FILE_LINE_MAX, parseFileMessage } from './file-messages.js';
import { fileKind, isShown, sniffedMime } from './file-types.js';
import {
  chunkCount,
  chunkLength,
  FILE_CHUNK,
  FILE_CHUNKS_MAX,
  FILE_SIZE_MAX,
  safeFileName,
  shownFileName,
} from './files.js';

interface Vectors {
  files: {
    files: { size: number; sha256: string; manifest: string[]; chunks: string }[];
    facts: { valid: unknown[]; unusable: unknown[] };
    have: { count: number; has: number[]; chunks: string }[];
  };
}
const { files: vectors } = JSON.parse(readFileSync(new URL('./vectors.json', import.meta.url), 'utf8')) as Vectors;
const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

describe('golden vectors', () => {
  test.each(vectors.files)('the hashes of $size bytes', ({ size, manifest, chunks, ...whole }) => {
    const bytes = Uint8Array.from({ length: size }, (_, n) => n % 251);
    const hashes = Array.from({ length: chunkCount(size) }, (_, n) =>
      sha256(bytes.subarray(n * FILE_CHUNK, n * FILE_CHUNK + chunkLength(size, n))),
    );
    expect(hashes.map((hash) => hash.toString('hex'))).toEqual(manifest);
    expect(sha256(Buffer.concat(hashes)).toString('hex')).toBe(chunks);
    expect(sha256(bytes).toString('hex')).toBe(whole.sha256);
  });

  test('facts that can be used, and facts that nobody can use', () => {
    for (const data of vectors.facts.valid) expect(fileFacts({ kind: 'file', data })).toBe(data);
    for (const data of vectors.facts.unusable)
      expect([data, fileFacts({ kind: 'file', data })]).toEqual([data, undefined]);
    expect(fileFacts({ kind: 'text', data: vectors.facts.valid[0] })).toBeUndefined();
  });

  test.each(vectors.have)('who has $has of $count chunks', ({ count, has, chunks }) => {
    expect(encodeChunks((n) => has.includes(n), count)).toBe(chunks);
    const read = decodeChunks(chunks, count);
    expect(Array.from({ length: count + 9 }, (_, n) => n).filter(read)).toEqual(has);
    expect(read(-1)).toBe(false);
  });
});

test('chunks cover a file of every size, to its last byte', () => {
  const sizes = [0, 1, FILE_CHUNK - 1, FILE_CHUNK, FILE_CHUNK + 1, FILE_SIZE_MAX - 1, FILE_SIZE_MAX];
  for (const size of sizes) {
    const count = chunkCount(size);
    const last = count === 0 ? 0 : (count - 1) * FILE_CHUNK + chunkLength(size, count - 1);
    expect(last).toBe(size);
  }
  expect(chunkCount(FILE_SIZE_MAX)).toBe(FILE_CHUNKS_MAX);
});

test('the map of chunks is read as it was written, also "all" is no map, and fits into a line', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 200 }), (has) => {
      const read = decodeChunks(
        encodeChunks((n) => has[n] === true, has.length),
        has.length,
      );
      expect(has.map((_, n) => read(n))).toEqual(has);
    }),
  );
  const every = [...Array(16).keys()].map(decodeChunks('all', 16));
  expect(every).toContain(false);
  const longest = { type: 'have', entry: 'a'.repeat(43), chunks: encodeChunks((n) => n > 0, FILE_CHUNKS_MAX) };
  expect(JSON.stringify(longest).length).toBeLessThan(FILE_LINE_MAX);
  expect(parseFileMessage(JSON.stringify(longest))).toEqual(longest);
});

describe('a line of a file link', () => {
  const entry = 'a'.repeat(43);
  const refusal = (line: string): unknown => {
    try {
      return parseFileMessage(line);
    } catch (error) {
      return isParleyError(error) && error.code;
    }
  };

  test.each([
    [{ type: 'manifest_request', entry }],
    [{ type: 'manifest', entry, length: 0 }],
    [{ type: 'chunk_request', entry, chunk: 0 }],
    [{ type: 'chunk', entry, chunk: FILE_CHUNKS_MAX - 1, length: FILE_CHUNK, later: 1 }],
    [{ type: 'chunk_cancel', entry, chunk: 1 }],
    [{ type: 'file_refused', entry, code: 'not_found' }],
  ])('%j is taken', (message) => expect(parseFileMessage(JSON.stringify(message))).toEqual(message));

  test.each([
    ['no JSON', '{', 'bad_json'],
    ['a list', '[]', 'bad_json'],
    ['null', 'null', 'bad_json'],
    ['no type', '{}', 'bad_request'],
    ['an unknown type', '{"type":"constructor"}', undefined],
    ['a name for an entry', JSON.stringify({ type: 'manifest_request', entry: '../x' }), 'bad_request'],
    ['half a hash', JSON.stringify({ type: 'manifest', entry, length: 33 }), 'bad_request'],
    ['a list of 65,537 hashes', JSON.stringify({ type: 'manifest', entry, length: 65_537 * 32 }), 'bad_request'],
    ['a negative chunk', JSON.stringify({ type: 'chunk_request', entry, chunk: -1 }), 'bad_request'],
    ['chunk 65,536', JSON.stringify({ type: 'chunk_request', entry, chunk: FILE_CHUNKS_MAX }), 'bad_request'],
    ['an empty chunk', JSON.stringify({ type: 'chunk', entry, chunk: 0, length: 0 }), 'bad_request'],
    [
      'a chunk of a byte more',
      JSON.stringify({ type: 'chunk', entry, chunk: 0, length: FILE_CHUNK + 1 }),
      'bad_request',
    ],
    ['an endless chunk', JSON.stringify({ type: 'chunk', entry, chunk: 0, length: 2 ** 53 }), 'bad_request'],
  ])('%s is refused', (_, line, code) => expect(refusal(line)).toBe(code));
});

describe('names that somebody gave', () => {
  test.each([
    ['plan.pdf', 'plan.pdf', 'plan.pdf'],
    ['سلام دنیا.png', 'سلام دنیا.png', 'سلام دنیا.png'],
    ['../../etc/passwd', '.._.._etc_passwd', '_.._etc_passwd'],
    ['C:\\Windows\\win.ini', 'C:_Windows_win.ini', 'C__Windows_win.ini'],
    ['/dev/null', '_dev_null', '_dev_null'],
    ['photo\u202egpj.exe', 'photogpj.exe', 'photogpj.exe'],
    ['a\u2066b\u200fc\u061cd.txt', 'abcd.txt', 'abcd.txt'],
    ['a\nb\r\0\x1b[31m.txt', 'ab[31m.txt', 'ab[31m.txt'],
    ['photo.jpg                    .exe', 'photo.jpg .exe', 'photo.jpg .exe'],
    ['photo.jpg\u2028.exe', 'photo.jpg.exe', 'photo.jpg.exe'],
    ['NUL', 'NUL', '_NUL'],
    ['con.txt', 'con.txt', '_con.txt'],
    ['com¹ .txt', 'com¹ .txt', '_com¹ .txt'],
    ['LPT9.tar.gz', 'LPT9.tar.gz', '_LPT9.tar.gz'],
    ['console.log', 'console.log', 'console.log'],
    ['.bashrc', '.bashrc', 'bashrc'],
    ['...', '...', 'file'],
    [' . ', '.', 'file'],
    ['-rf', '-rf', '_-rf'],
    ['~root', '~root', '_~root'],
    ['a:b|c?d*e<f>g"h', 'a:b|c?d*e<f>g"h', 'a_b_c_d_e_f_g_h'],
    ['file:///etc/passwd', 'file:___etc_passwd', 'file____etc_passwd'],
    ['x.txt. . ', 'x.txt. .', 'x.txt'],
    ['fullwidth\uff0f..\uff0fx', 'fullwidth_.._x', 'fullwidth_.._x'],
    ['\u{e0041}\u{e0042}', 'file', 'file'],
    ['\ud800half', '\ufffdhalf', '\ufffdhalf'],
    ['\u200b\u2060\ufeff', 'file', 'file'],
    ['', 'file', 'file'],
  ])('%j', (name, shown, saved) => {
    expect(shownFileName(name)).toBe(shown);
    expect(safeFileName(name)).toBe(saved);
  });

  test('a long name is cut between characters and keeps its extension', () => {
    expect(safeFileName(`${'é'.repeat(126)}.jpeg`)).toBe(`${'é'.repeat(97)}.jpeg`);
    expect(Buffer.byteLength(safeFileName(`${'😀'.repeat(60)}.${'x'.repeat(30)}`))).toBeLessThanOrEqual(200);
  });

  test('whatever it is, what is saved is one plain name, and saving it again changes nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (name) => {
        const saved = safeFileName(name);
        expect(saved).not.toMatch(/[/\\\p{Cc}<>:"|?*]|^[.\-~\s]|[.\s]$/u);
        expect(Buffer.byteLength(saved)).toBeLessThanOrEqual(200);
        expect(saved).not.toBe('');
        expect(safeFileName(saved)).toBe(saved);
        expect(shownFileName(shownFileName(name))).toBe(shownFileName(name));
      }),
    );
  });
});

describe('what a file is', () => {
  const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
  test.each([
    ['\x89PNG\r\n\x1a\n', 'text/html', 'image/png'],
    ['\xff\xd8\xff\xe0', 'image/png', 'image/jpeg'],
    ['GIF89a', 'image/gif', 'image/gif'],
    ['RIFF0000WEBP', 'image/webp', 'image/webp'],
    ['RIFF0000WAVE', 'audio/x-wav', 'audio/wav'],
    ['RIFF0000toString', 'audio/wav', 'application/octet-stream'],
    ['\x1aE\xdf\xa3', 'audio/webm', 'audio/webm'],
    ['\x1aE\xdf\xa3', 'text/html', 'video/webm'],
    ['0000ftypavif', 'image/avif', 'image/avif'],
    ['0000ftypisom', 'video/mp4', 'video/mp4'],
    ['0000ftypM4A ', 'video/mp4', 'audio/mp4'],
    ['OggS', 'audio/ogg', 'audio/ogg'],
    ['ID3\x04', 'audio/mpeg', 'audio/mpeg'],
    ['\xff\xfb\x90\x64', 'audio/mpeg', 'audio/mpeg'],
    ['<svg xmlns="http://www.w3.org/2000/svg">', 'image/svg+xml', 'application/octet-stream'],
    ['<!doctype html>', 'image/png', 'application/octet-stream'],
    ['%PDF-1.7', 'application/pdf', 'application/octet-stream'],
    ['MZ', 'image/jpeg', 'application/octet-stream'],
    ['', 'image/png', 'application/octet-stream'],
  ])('%j, called %s, is %s', (first, claimed, mime) => {
    expect(sniffedMime(bytes(first), claimed)).toBe(mime);
  });

  test('nothing that can hold a script is ever shown', () => {
    for (const mime of [
      'image/svg+xml',
      'text/html',
      'application/pdf',
      'text/xml',
      'application/xhtml+xml',
      '__proto__',
    ])
      expect(isShown(mime)).toBe(false);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.string(), (first, claimed) => {
        const mime = sniffedMime(first, claimed);
        expect(mime === 'application/octet-stream' || isShown(mime)).toBe(true);
      }),
    );
  });

  test('its kind is what its author says', () => {
    const kinds = [
      'image/png',
      'video/mp4',
      'audio/ogg',
      'application/pdf',
      'text/plain',
      'text/html',
      'application/zip',
    ];
    expect(kinds.map(fileKind)).toEqual(['image', 'video', 'audio', 'document', 'document', 'other', 'other']);
  });
});

test('the largest facts fit into an entry', () => {
  const thumbnail = Buffer.alloc(16 * 1024).toString('base64');
  const data = { ...(vectors.facts.valid[1] as FileFacts), name: 'x'.repeat(255), thumbnail, waveform: 'z'.repeat(64) };
  expect(fileFacts({ kind: 'file', data })).toBe(data);
  expect(Buffer.byteLength(JSON.stringify(data))).toBeLessThan(32 * 1024);
});
