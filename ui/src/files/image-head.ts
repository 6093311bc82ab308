/** How large a picture is, from its first bytes: looked at before anything is decoded, since few bytes can be many pixels. */
import { type ByteSource, ByteWindow, latin1, Malformed } from './byte-source.js';
import { readExif } from './exif.js';
import { jpegSegments } from './jpeg.js';

export type ImageType = 'png' | 'jpeg' | 'gif' | 'webp' | 'avif';

export interface ImageHead {
  readonly type: ImageType;
  /** As it is shown, px. */
  readonly width: number;
  readonly height: number;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Undefined for what is none of these, and for one without a size. @throws where the file cannot be read any more */
export async function imageHead(source: ByteSource): Promise<ImageHead | undefined> {
  const file = new ByteWindow(source);
  const type = imageType(await file.upTo(0, 32));
  if (!type) return undefined;
  try {
    const { width, height } = await sizes[type](file);
    return width > 0 && height > 0 ? { type, width, height } : undefined;
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

/** By the first 32 bytes. */
export function imageType(first: Uint8Array): ImageType | undefined {
  const text = latin1(first.subarray(0, 16));
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'png';
  if (text.startsWith('\xff\xd8\xff')) return 'jpeg';
  if (/^GIF8[79]a/.test(text)) return 'gif';
  if (/^RIFF[^]{4}WEBP/.test(text)) return 'webp';
  if (/^[^]{4}ftypavi[fs]/.test(text)) return 'avif';
  return undefined;
}

const sizes: Readonly<Record<ImageType, (file: ByteWindow) => Promise<Size>>> = {
  async png(file) {
    const view = await file.view(16, 8);
    return { width: view.getUint32(0), height: view.getUint32(4) };
  },
  async gif(file) {
    const view = await file.view(6, 4);
    return { width: view.getUint16(0, true), height: view.getUint16(2, true) };
  },
  jpeg: jpegSize,
  webp: webpSize,
  avif: avifSize,
};

/** SOF0 to SOF15 without DHT, JPG and DAC. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

async function jpegSize(file: ByteWindow): Promise<Size> {
  let turned = false;
  for await (const { marker, from, to } of jpegSegments(file)) {
    if (marker === 0xe1 && (await file.text(from + 4, 6)) === 'Exif\0\0') {
      turned = readExif(await file.upTo(from + 10, to - from - 10)).orientation > 4;
    }
    if (!isFrame(marker)) continue;
    const view = await file.view(from + 5, 4);
    const [height, width] = [view.getUint16(0), view.getUint16(2)];
    return turned ? { width: height, height: width } : { width, height };
  }
  throw new Malformed('no frame');
}

async function webpSize(file: ByteWindow): Promise<Size> {
  const view = await file.view(12, 18);
  const kind = await file.text(12, 4);
  if (kind === 'VP8X') return { width: uint24(view, 12) + 1, height: uint24(view, 15) + 1 };
  if (kind === 'VP8L') {
    const bits = view.getUint32(9, true);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  if (kind !== 'VP8 ') throw new Malformed('no picture in it');
  return { width: view.getUint16(14, true) & 0x3fff, height: view.getUint16(16, true) & 0x3fff };
}

function uint24(view: DataView, at: number): number {
  return view.getUint16(at, true) + (view.getUint8(at + 2) << 16);
}

const AVIF_HEAD = 64 * 1024;

/** The largest of its `ispe` properties: that of the picture, beside those of thumbnails and tiles. */
async function avifSize(file: ByteWindow): Promise<Size> {
  const head = await file.upTo(0, AVIF_HEAD);
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  let found: Size = { width: 0, height: 0 };
  for (let at = head.indexOf(0x69); at >= 0 && at + 16 <= head.length; at = head.indexOf(0x69, at + 1)) {
    if (view.getUint32(at) !== 0x69737065) continue;
    const size = { width: view.getUint32(at + 8), height: view.getUint32(at + 12) };
    if (size.width * size.height > found.width * found.height) found = size;
  }
  return found;
}
