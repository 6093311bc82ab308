/** Films and pictures of boxes, of a few bytes, with all that phones put into them. */
import { bytesOf, exifTiff } from './test-pictures.js';

type Part = string | readonly number[] | Uint8Array;

const u16 = (value: number): number[] => [(value >> 8) & 255, value & 255];
const u32 = (value: number): number[] => [...u16(value >>> 16), ...u16(value & 0xffff)];

export const box = (name: string, ...data: readonly Part[]): Uint8Array<ArrayBuffer> => {
  const bytes = bytesOf(...data);
  return bytesOf(u32(bytes.length + 8), name, bytes);
};
/** With version and flags. */
export const fullBox = (name: string, version: number, ...data: readonly Part[]): Uint8Array<ArrayBuffer> =>
  box(name, [version, 0, 0, 0], ...data);

const handler = (kind: string): Uint8Array => fullBox('hdlr', 0, u32(0), kind, u32(0), u32(0), u32(0), 'Core Media\0');
const place = box('udta', box('\xa9xyz', u16(20), u16(0), 'GPS +52.52+013.40/'), box('auth', 'by alice'), u32(0));

/** A track whose samples stand in two chunks, of two and of one; all have the same size. */
const track = (kind: string, at: readonly [number, number], size: number, ...more: readonly Uint8Array[]): Uint8Array =>
  box(
    'trak',
    fullBox('tkhd', 0, u32(0)),
    ...more,
    box(
      'mdia',
      handler(kind),
      box(
        'minf',
        box(
          'stbl',
          fullBox('stsz', 0, u32(size), u32(3)),
          fullBox('stsc', 0, u32(2), u32(1), u32(2), u32(1), u32(2), u32(1), u32(1)),
          fullBox('stco', 0, u32(2), u32(at[0]), u32(at[1])),
        ),
      ),
    ),
  );

const ftyp = box('ftyp', 'qt  ', u32(0), 'qt  ');
/** Chunks: two frames, two places, a frame, a place. */
const frames = 'FRAME-1.FRAME-2.';
const mdat = box('mdat', frames, 'N52.52 #N52.53 #', 'FRAME-3.', 'N52.54 #');
const data = ftyp.length + 8;

export const film = bytesOf(
  ...[ftyp, mdat],
  box(
    'moov',
    ...[fullBox('mvhd', 0, u32(0)), track('vide', [data, data + 32], 8, place)],
    ...[track('meta', [data + 16, data + 40], 8), place, box('meta', handler('mdta'), 'Canon GPS')],
  ),
  box('uuid', 'xmp of one kind.', 'GPS alice'),
  box('free', [0, 0, 0, 0]),
);
export const plainFilm = bytesOf(ftyp, mdat, box('moov', track('vide', [data, data + 32], 8)));
export const music = bytesOf(box('ftyp', 'M4A ', u32(0)), mdat, box('moov', place));

/** As of a phone: the picture is one item, Exif and XMP two more; the last stands in the box itself. */
export function heic(): Uint8Array<ArrayBuffer> {
  const exif = bytesOf(u32(0), exifTiff(6));
  const xmp = 'http://ns.adobe.com/xap <exif:GPSLatitude>';
  const item = (id: number, kind: string): Uint8Array => fullBox('infe', 2, u16(id), u16(0), kind, [0]);
  const entry = (id: number, method: number, from: number, length: number): number[] => [
    ...[...u16(id), ...u16(method), ...u16(0), ...u16(1), ...u32(from), ...u32(length)],
  ];
  const built = (at: number): Uint8Array<ArrayBuffer> => {
    const places = [...entry(1, 0, at, 6), ...entry(2, 0, at + 6, exif.length), ...entry(3, 1, 0, xmp.length)];
    const head = bytesOf(
      box('ftyp', 'heic', u32(0), 'mif1heic'),
      fullBox(
        'meta',
        0,
        fullBox('hdlr', 0, u32(0), 'pict', u32(0), u32(0), u32(0), [0]),
        fullBox('iinf', 0, u16(3), item(1, 'hvc1'), item(2, 'Exif'), item(3, 'mime')),
        fullBox('iloc', 1, [0x44, 0], u16(3), places),
        box('idat', xmp),
      ),
    );
    return bytesOf(head, box('mdat', 'PIXELS', exif), box('mpvd', 'hidden film, N52'));
  };
  // The place of the data is only known once all before it is built.
  const before = built(0).length - (8 + 6 + exif.length) - box('mpvd', 'hidden film, N52').length + 8;
  return built(before);
}
