/** PNG: keeps what is needed to draw it, and the chunks that say how colours and frames are to be read. */
import { type ByteWindow, type Cleaned, latin1, Malformed, PartList } from './byte-source.js';
import { orientationTiff, readExif } from './exif.js';

/** Of those that a program may leave out: these say how it looks, and hold no text. */
const KEPT = new Set([
  ...['tRNS', 'cHRM', 'gAMA', 'iCCP', 'sBIT', 'sRGB', 'cICP', 'mDCV', 'cLLI', 'bKGD', 'hIST', 'pHYs', 'sPLT'],
  ...['acTL', 'fcTL', 'fdAT'],
]);
const EXIF_MAX = 1024 * 1024;

export async function stripPng(file: ByteWindow): Promise<Cleaned> {
  const list = new PartList();
  list.keep(0, 8);
  let [removed, place, pixels] = [false, false, false];
  let at = 8;
  while (at < file.size) {
    const { length, name } = chunkHead(await file.view(at, 8));
    if (!/^[A-Za-z]{4}$/.test(name)) throw new Malformed('a chunk without a name');
    const end = at + 12 + length;
    if (end > file.size) {
      if (name !== 'IDAT') throw new Malformed('a chunk of a wrong length');
      // Its end was lost; what there is can be drawn.
      list.keep(at, file.size);
      return { parts: list.parts, removed, place };
    }
    if (name === 'IDAT') pixels = true;
    if (/^[A-Z]/.test(name) || KEPT.has(name)) list.keep(at, end);
    else {
      removed = true;
      if (name === 'eXIf') {
        const exif = readExif(await file.upTo(at + 8, Math.min(length, EXIF_MAX)));
        place ||= exif.place;
        if (exif.orientation !== 1) list.add(chunk('eXIf', orientationTiff(exif.orientation)));
      }
    }
    at = end;
    if (name === 'IEND') break;
  }
  if (!pixels) throw new Malformed('no pixels');
  return { parts: list.parts, removed: removed || at < file.size, place };
}

function chunkHead(view: DataView): { readonly length: number; readonly name: string } {
  const name = latin1(new Uint8Array(view.buffer, view.byteOffset + 4, 4));
  return { length: view.getUint32(0), name };
}

function chunk(name: string, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(data.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  for (let i = 0; i < 4; i++) bytes[4 + i] = name.charCodeAt(i);
  bytes.set(data, 8);
  view.setUint32(data.length + 8, crc32(bytes.subarray(4, data.length + 8)));
  return bytes;
}

/** Of a few bytes: no table. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}
