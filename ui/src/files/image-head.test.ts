/** The size of a picture is known before it is decoded, whatever the bytes are. */
import { describe, expect, test } from '@jest/globals';
import { imageHead } from './image-head.js';
import * as pictures from './test-pictures.js';

const { bytesOf, jpegOf, jpegParts, pngHead, sourceOver } = pictures;

const known: readonly (readonly [name: string, bytes: Uint8Array, type: string, width: number, height: number])[] = [
  ['PNG', pictures.plainPng, 'png', 640, 480],
  ['GIF', pictures.gif, 'gif', 800, 600],
  ['JPEG', jpegOf(jpegParts.jfif, jpegParts.frame(), jpegParts.scans), 'jpeg', 4_000, 3_000],
  ['JPEG that is turned', pictures.cameraJpeg, 'jpeg', 3_000, 4_000],
  ['JPEG that is upside down', jpegOf(jpegParts.exif(3), jpegParts.frame(), jpegParts.scans), 'jpeg', 4_000, 3_000],
  ['WebP', pictures.plainWebp, 'webp', 800, 600],
  ['WebP with more than pixels', pictures.talkingWebp, 'webp', 800, 600],
  ['lossless WebP', pictures.losslessWebp, 'webp', 800, 600],
  ['AVIF', pictures.avif, 'avif', 4_000, 3_000],
  ['PNG of four thousand million pixels in 33 bytes', pngHead(65_535, 65_535), 'png', 65_535, 65_535],
];

test.each(known)('of a %s', async (_name, bytes, type, width, height) => {
  expect(await imageHead(sourceOver(bytes))).toEqual({ type, width, height });
});

test('is found behind segments that are larger than what is read at once', async () => {
  const large = Array.from({ length: 12 }, () => bytesOf([0xff, 0xe2, 0xff, 0xff], new Uint8Array(65_533)));
  const bytes = jpegOf(...large, jpegParts.frame(10, 20), jpegParts.scans);
  expect(await imageHead(sourceOver(bytes))).toEqual({ type: 'jpeg', width: 10, height: 20 });
});

describe('nothing is said of', () => {
  const odd: readonly (readonly [string, Uint8Array])[] = [
    ['nothing', new Uint8Array(0)],
    ['text', bytesOf('GIF is a format')],
    ['SVG', bytesOf('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')],
    ['a PNG without a size', pngHead(0, 480)],
    ['a JPEG without a frame', jpegOf(jpegParts.jfif, jpegParts.scans)],
    ['a JPEG whose segment is longer than the file', bytesOf([0xff, 0xd8, 0xff, 0xe0, 0xff, 0xff, 1])],
    ['a JPEG whose segment has a length below 2', bytesOf([0xff, 0xd8, 0xff, 0xe0, 0, 1, 0, 0])],
    ['a WebP of an unknown chunk', pictures.webpOf(pictures.webpChunk('NONE', new Uint8Array(20)))],
    ['an AVIF without a size', bytesOf([0, 0, 0, 24], 'ftypavif', new Uint8Array(40))],
  ];
  test.each(odd)('%s', async (_name, bytes) => {
    expect(await imageHead(sourceOver(bytes))).toBeUndefined();
  });
});

test('no cut of any of them is more than unknown', async () => {
  for (const [, bytes] of known) {
    for (let length = 0; length < Math.min(bytes.length, 400); length++) {
      const head = await imageHead(sourceOver(bytes.subarray(0, length)));
      if (head) expect(head.width * head.height).toBeGreaterThan(0);
    }
  }
});

test('a file that can no longer be read is no damaged picture, but an error of its own', async () => {
  const gone = { size: 100, read: () => Promise.reject(new Error('gone')) };
  await expect(imageHead(gone)).rejects.toThrow('gone');
});
