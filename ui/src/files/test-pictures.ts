/** Pictures of a few bytes, with all that programs and cameras put into them. */
import { type ByteSource, type Parts } from './byte-source.js';

export const bytesOf = (...parts: readonly (string | readonly number[] | Uint8Array)[]): Uint8Array<ArrayBuffer> =>
  new Uint8Array(
    parts.flatMap((part) => (typeof part === 'string' ? Array.from(part, (c) => c.charCodeAt(0)) : [...part])),
  );

const u16 = (value: number): number[] => [(value >> 8) & 255, value & 255];
const u32 = (value: number): number[] => [...u16(value >>> 16), ...u16(value & 0xffff)];
const u32le = (value: number): number[] => u32(value).reverse();

export function sourceOver(bytes: Uint8Array): ByteSource {
  return { size: bytes.length, read: async (from, to) => bytes.slice(from, to) };
}

export function joined(bytes: Uint8Array, parts: Parts): Uint8Array {
  return bytesOf(...parts.map((part) => (part instanceof Uint8Array ? part : bytes.subarray(part.from, part.to))));
}

/** Orientation, and a GPS directory whose words are easily found. */
export function exifTiff(orientation: number, order: 'MM' | 'II' = 'MM'): Uint8Array {
  const n16 = (value: number): number[] => (order === 'MM' ? u16(value) : u16(value).reverse());
  const n32 = (value: number): number[] => (order === 'MM' ? u32(value) : u32le(value));
  const entries = [
    ...[...n16(0x0112), ...n16(3), ...n32(1), ...n16(orientation), 0, 0],
    ...[...n16(0x8825), ...n16(4), ...n32(1), ...n32(38)],
  ];
  return bytesOf(order, n16(42), n32(8), n16(2), entries, n32(0), 'N52.52 Canon EOS');
}

const segment = (marker: number, ...data: readonly (string | readonly number[] | Uint8Array)[]): Uint8Array => {
  const bytes = bytesOf(...data);
  return bytesOf([0xff, marker], u16(bytes.length + 2), bytes);
};

export const jpegParts = {
  jfif: segment(0xe0, 'JFIF\0', [1, 1, 0, 0, 1, 0, 1, 0, 0]),
  jfifWithPicture: segment(0xe0, 'JFIF\0', [1, 1, 0, 0, 1, 0, 1, 1, 1], [7, 7, 7]),
  exif: (orientation = 6): Uint8Array => segment(0xe1, 'Exif\0\0', exifTiff(orientation)),
  xmp: segment(0xe1, 'http://ns.adobe.com/xap/1.0/\0<exif:GPSLatitude>52,31N'),
  icc: segment(0xe2, 'ICC_PROFILE\0', [1, 1], 'profile'),
  mpf: segment(0xe2, 'MPF\0MM'),
  iptc: segment(0xed, 'Photoshop 3.0\x008BIM city Berlin'),
  adobe: segment(0xee, 'Adobe', [0, 100, 0, 0, 0, 0, 0]),
  comment: segment(0xfe, 'by alice'),
  tables: segment(0xdb, new Uint8Array(65)),
  frame: (width = 4_000, height = 3_000): Uint8Array => segment(0xc2, [8], u16(height), u16(width), [1, 1, 0x11, 0]),
  /** Two scans with a table between, stuffed bytes and a restart mark. */
  scans: bytesOf(
    segment(0xda, [1, 1, 0, 0, 63, 0]),
    [1, 2, 0xff, 0, 3, 0xff, 0xd0, 4],
    segment(0xc4, [0, 1, 2]),
    segment(0xda, [1, 1, 0, 0, 63, 0]),
    [9, 0xff, 0, 0xff, 0xff, 0, 8],
  ),
};

export function jpegOf(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return bytesOf([0xff, 0xd8], ...parts, [0xff, 0xd9]);
}

/** As it comes out of a phone. */
export const cameraJpeg = bytesOf(
  jpegOf(
    ...[jpegParts.jfifWithPicture, jpegParts.exif(), jpegParts.xmp, jpegParts.icc, jpegParts.mpf, jpegParts.iptc],
    ...[jpegParts.adobe, jpegParts.comment, jpegParts.tables, jpegParts.frame(), jpegParts.scans],
  ),
  jpegOf(jpegParts.exif(), jpegParts.frame(), jpegParts.scans),
  'MotionPhoto_Data',
);

export const pngChunk = (name: string, ...data: readonly (string | readonly number[] | Uint8Array)[]): Uint8Array => {
  const bytes = bytesOf(...data);
  return bytesOf(u32(bytes.length), name, bytes, [1, 2, 3, 4]);
};
const PNG_SIGN = '\x89PNG\r\n\x1a\n';
export const pngHead = (width: number, height: number): Uint8Array =>
  bytesOf(PNG_SIGN, pngChunk('IHDR', u32(width), u32(height), [8, 6, 0, 0, 0]));
export const plainPng = bytesOf(pngHead(640, 480), pngChunk('IDAT', 'pixels'), pngChunk('IEND'));
export const talkingPng = bytesOf(
  ...[pngHead(640, 480), pngChunk('gAMA', u32(45_455)), pngChunk('eXIf', exifTiff(8, 'II'))],
  ...[pngChunk('tEXt', 'Author\0alice'), pngChunk('iTXt', 'XML:com.adobe.xmp\0GPS 52'), pngChunk('prVt', 'mine')],
  ...[pngChunk('IDAT', 'pix'), pngChunk('IDAT', 'els'), pngChunk('tIME', [7, 0, 0]), pngChunk('IEND'), 'N52.52 behind'],
);

export const webpChunk = (name: string, ...data: readonly (string | readonly number[] | Uint8Array)[]): Uint8Array => {
  const bytes = bytesOf(...data);
  return bytesOf(name, u32le(bytes.length), bytes, bytes.length % 2 === 1 ? [0] : []);
};
export const webpOf = (...chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> => {
  const bytes = bytesOf('WEBP', ...chunks);
  return bytesOf('RIFF', u32le(bytes.length), bytes);
};
const lossy = webpChunk('VP8 ', [0, 0, 0, 0x9d, 0x01, 0x2a, 0x20, 0x03, 0x58, 0x02, 1, 2, 3]);
export const plainWebp = webpOf(lossy);
export const talkingWebp = bytesOf(
  webpOf(
    ...[webpChunk('VP8X', [0x2c, 0, 0, 0, 0x1f, 0x03, 0, 0x57, 0x02, 0]), webpChunk('ICCP', 'icc')],
    ...[lossy, webpChunk('EXIF', exifTiff(3)), webpChunk('XMP ', 'GPS 52'), webpChunk('note', 'alice')],
  ),
  'N52.52 behind',
);
export const losslessWebp = webpOf(webpChunk('VP8L', [0x2f], u32le((799 | (599 << 14)) >>> 0), [0, 0, 0, 0, 0]));

const gifHead = bytesOf('GIF89a', [2, 0, 2, 0, 0x80, 0, 0], [0, 0, 0, 9, 9, 9]);
const gifFrame = bytesOf([0x21, 0xf9, 4, 0, 0, 0, 0, 0], [0x2c, 0, 0, 0, 0, 2, 0, 2, 0, 0, 2, 2, 0x44, 1, 0]);
const gifLoop = bytesOf([0x21, 0xff, 11], 'NETSCAPE2.0', [3, 1, 0, 0, 0]);
export const plainGif = bytesOf(gifHead, gifLoop, gifFrame, gifFrame, ';');
export const talkingGif = bytesOf(
  ...[gifHead, gifLoop, [0x21, 0xfe, 8], 'by alice', [0], gifFrame, [0x21, 0xff, 11], 'XMP DataXMP'],
  ...['\x06GPS 52', [0], gifFrame, ';', 'N52.52 behind'],
);
export const gif = bytesOf('GIF89a', [0x20, 0x03, 0x58, 0x02, 0, 0, 0], ';');
export const avif = bytesOf(
  ...[u32(24), 'ftypavif', u32(0), 'avifmif1', u32(20), 'ispe', u32(0), u32(160), u32(120)],
  ...[u32(20), 'ispe', u32(0), u32(4_000), u32(3_000)],
);
