/** What a picture says of place, camera and owner is not sent; what is needed to show it is, and no pixel changes. */
import { crc32 } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { latin1 } from './byte-source.js';
import { readExif } from './exif.js';
import { imageHead } from './image-head.js';
import { strip } from './strip.js';
import { film, heic, music, plainFilm } from './test-films.js';
import * as pictures from './test-pictures.js';

const { bytesOf, cameraJpeg, exifTiff, joined, jpegOf, jpegParts, pngChunk, pngHead, sourceOver } = pictures;

async function cleaned(bytes: Uint8Array) {
  const result = await strip(sourceOver(bytes));
  if (result.kind !== 'cleaned') throw new Error(result.kind);
  return { ...result.cleaned, bytes: joined(bytes, result.cleaned.parts) };
}

const TELLING = /N52|GPS|Canon|xap|alice|Berlin|MotionPhoto|MPF|\x07\x07\x07|mine/;

const talking: readonly (readonly [string, Uint8Array])[] = [
  ['JPEG', cameraJpeg],
  ['PNG', pictures.talkingPng],
  ['WebP', pictures.talkingWebp],
  ['GIF', pictures.talkingGif],
];
const boxes: readonly (readonly [string, Uint8Array])[] = [
  ['MOV', film],
  ['HEIC', heic()],
];

test.each(talking)('a %s loses all that it tells, and keeps its size', async (_name, bytes) => {
  expect(latin1(bytes)).toMatch(TELLING);
  const found = await cleaned(bytes);
  expect(latin1(found.bytes)).not.toMatch(TELLING);
  expect(found).toMatchObject({ removed: true, place: true });
  expect(await imageHead(sourceOver(found.bytes))).toEqual(await imageHead(sourceOver(bytes)));
});

test.each(talking)('a %s that was cleaned has nothing left to remove', async (_name, bytes) => {
  const once = await cleaned(bytes);
  const twice = await cleaned(once.bytes);
  expect(twice.place).toBe(false);
  expect(twice.bytes).toEqual(once.bytes);
});

test.each(boxes)('a %s loses all that it tells, and nothing in it moves', async (_name, bytes) => {
  expect(latin1(bytes)).toMatch(TELLING);
  const found = await cleaned(bytes);
  expect(latin1(found.bytes)).not.toMatch(TELLING);
  expect(found).toMatchObject({ removed: true, place: true });
  // Each byte is as it was, or zero, or of the name of a box that says nothing.
  expect(found.bytes).toHaveLength(bytes.length);
  const kept = [...found.bytes].filter((byte, i) => byte !== bytes[i] && byte !== 0);
  expect(String.fromCharCode(...kept)).toMatch(/^[fre]*$/);
  const twice = await cleaned(found.bytes);
  expect([twice.removed, twice.bytes]).toEqual([false, found.bytes]);
});

test('of a film are left its tracks and frames, to the byte', async () => {
  const { bytes } = await cleaned(film);
  const text = latin1(bytes);
  expect(text).toContain('FRAME-1.FRAME-2.');
  expect(text).toContain('FRAME-3.');
  expect(text.match(/trak/g)).toHaveLength(1);
  expect(latin1((await cleaned(heic())).bytes)).toContain('PIXELS');
});

test('what a GIF has beside its frames is gone, and how often it repeats is not', async () => {
  expect((await cleaned(pictures.talkingGif)).bytes).toEqual(pictures.plainGif);
});

test('of a JPEG are left its orientation, density, colours, tables and pixels, to the byte', async () => {
  const { bytes } = await cleaned(cameraJpeg);
  const turned = [0xff, 0xe1, 0, 34, ...bytesOf('Exif\0\0MM'), 0, 42, 0, 0, 0, 8, 0, 1, 1, 18, 0, 3, 0, 0, 0, 1, 0, 6];
  const { icc, adobe, tables, frame, scans, jfif } = jpegParts;
  expect(bytes).toEqual(jpegOf(jfif, bytesOf(turned, [0, 0, 0, 0, 0, 0]), icc, adobe, tables, frame(), scans));
});

test('a picture that tells nothing is sent as it is', async () => {
  const plain = jpegOf(jpegParts.jfif, jpegParts.tables, jpegParts.frame(), jpegParts.scans);
  for (const bytes of [
    plain,
    pictures.plainPng,
    pictures.plainWebp,
    pictures.losslessWebp,
    pictures.plainGif,
    plainFilm,
  ]) {
    const found = await cleaned(bytes);
    expect(found).toMatchObject({ removed: false, place: false });
    expect(found.bytes).toEqual(bytes);
  }
});

test('the head of a WebP says what is left: its length, and that the orientation is there', async () => {
  const { bytes } = await cleaned(pictures.talkingWebp);
  const view = new DataView(bytes.buffer);
  expect(view.getUint32(4, true)).toBe(bytes.length - 8);
  expect(view.getUint8(20)).toBe(0x28);
  expect(readExif(bytes.subarray(bytes.length - 26))).toEqual({ orientation: 3, place: false });
});

test('the chunk with the orientation of a PNG has the check sum that programs ask for', async () => {
  const { bytes } = await cleaned(pictures.talkingPng);
  const at = latin1(bytes).indexOf('eXIf');
  const sum = new DataView(bytes.buffer).getUint32(at + 30);
  // Of these 30 bytes, by another program.
  expect(sum).toBe(crc32(bytes.subarray(at, at + 30)));
  expect(readExif(bytes.subarray(at + 4, at + 30)).orientation).toBe(8);
});

test('pixels that are cut off are still a picture; a head that is cut off is damage', async () => {
  const cut = cameraJpeg.subarray(0, latin1(cameraJpeg).indexOf('\xff\xd9'));
  expect((await cleaned(cut)).removed).toBe(true);
  const png = bytesOf(pngHead(2, 2), pngChunk('tEXt', 'by alice'), pngChunk('IDAT', 'pixels').subarray(0, 12));
  expect(latin1((await cleaned(png)).bytes)).not.toContain('alice');
  for (const bytes of [cameraJpeg.subarray(0, 60), pictures.talkingPng.subarray(0, 60)]) {
    expect(await strip(sourceOver(bytes))).toEqual({ kind: 'damaged' });
  }
});

test('other files, music with its tags among them, are left alone, and films that are built in an unknown way', async () => {
  const cut = film.subarray(0, film.length - 60);
  for (const bytes of [new Uint8Array(0), music, cut, bytesOf('%PDF-1.7')]) {
    expect(await strip(sourceOver(bytes))).toEqual({ kind: 'other' });
  }
});

describe('hostile bytes', () => {
  test('are cleaned or called damaged, wherever they are cut or changed, and never grow by more than an orientation', async () => {
    for (const [, whole] of [...talking, ...boxes]) {
      for (let at = 0; at < whole.length; at++) {
        const flipped = whole.slice();
        flipped[at] = (flipped[at] ?? 0) ^ 0xff;
        for (const bytes of at % 3 === 0 ? [whole.slice(0, at), flipped] : [flipped]) {
          const result = await strip(sourceOver(bytes));
          if (result.kind === 'cleaned') {
            expect(joined(bytes, result.cleaned.parts).length).toBeLessThanOrEqual(bytes.length + 38);
          }
        }
      }
    }
  });

  test('of very many small pieces are given up, and many pieces that are kept are one part', async () => {
    const many = pngChunk('IDAT');
    const bytes = new Uint8Array(many.length * 210_000 + 33);
    bytes.set(pngHead(1, 1));
    for (let at = 33; at < bytes.length; at += many.length) bytes.set(many, at);
    expect(await strip(sourceOver(bytes))).toEqual({ kind: 'damaged' });
    const few = await strip(sourceOver(bytes.subarray(0, 33 + many.length * 1_000)));
    expect(few).toMatchObject({ kind: 'cleaned', cleaned: { parts: [{ from: 0 }] } });
  });

  test('of Exif say nothing', () => {
    for (const order of ['MM', 'II'] as const)
      expect(readExif(exifTiff(6, order))).toEqual({ orientation: 6, place: true });
    const far = exifTiff(6).slice();
    far.set([0xff, 0xff, 0xff, 0xff], 4);
    const nothing = { orientation: 1, place: false };
    for (const bytes of [new Uint8Array(0), bytesOf('MM'), far, exifTiff(77).subarray(0, 20)]) {
      expect(readExif(bytes)).toEqual(nothing);
    }
    expect(readExif(exifTiff(77)).orientation).toBe(1);
  });
});
