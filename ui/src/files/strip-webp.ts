/** WebP: keeps the chunks of pixels, frames and colours, and says in its head that nothing else is there. */
import { type ByteWindow, type Cleaned, Malformed, PartList } from './byte-source.js';
import { orientationTiff, readExif } from './exif.js';

const KEPT = new Set(['VP8 ', 'VP8L', 'VP8X', 'ALPH', 'ANIM', 'ANMF', 'ICCP']);
const PIXELS = new Set(['VP8 ', 'VP8L', 'ANMF']);
const HEAD = 12;
const EXIF_MAX = 1024 * 1024;
/** Flags of `VP8X`. */
const HAS_EXIF = 0x08;
const HAS_XMP = 0x04;

interface Chunk {
  readonly name: string;
  readonly from: number;
  readonly length: number;
  /** With the byte that makes its length even. */
  readonly to: number;
}

export async function stripWebp(file: ByteWindow): Promise<Cleaned> {
  const announced = 8 + (await file.view(4, 4)).getUint32(0, true);
  const chunks = await chunksOf(file, Math.min(announced, file.size));
  if (!chunks.some(({ name }) => PIXELS.has(name))) throw new Malformed('no pixels');
  const exif = await exifOf(file, chunks);
  const turned = exif.orientation !== 1 && chunks.some(({ name }) => name === 'VP8X');
  const list = new PartList();
  const kept = chunks.filter(({ name }) => KEPT.has(name));
  const added = turned ? exifChunk(exif.orientation) : new Uint8Array(0);
  list.add(
    await head(
      file,
      kept.reduce((size, { from, to }) => size + to - from, added.length),
    ),
  );
  for (const chunk of kept) {
    if (chunk.name === 'VP8X') list.add(await flagged(file, chunk, turned));
    else list.keep(chunk.from, chunk.to);
  }
  if (turned) list.add(added);
  const end = chunks.at(-1)?.to ?? HEAD;
  return { parts: list.parts, removed: kept.length < chunks.length || end < file.size, place: exif.place };
}

async function chunksOf(file: ByteWindow, end: number): Promise<readonly Chunk[]> {
  const chunks: Chunk[] = [];
  for (let at = HEAD; at + 8 <= end;) {
    const length = (await file.view(at, 8)).getUint32(4, true);
    const name = await file.text(at, 4);
    const to = at + 8 + length + (length & 1);
    // The last byte, which makes the length even, is forgotten by some programs.
    if (at + 8 + length > end) throw new Malformed('a chunk of a wrong length');
    chunks.push({ name, from: at, length, to: Math.min(to, end) });
    at = to;
  }
  return chunks;
}

async function exifOf(file: ByteWindow, chunks: readonly Chunk[]): Promise<{ orientation: number; place: boolean }> {
  const chunk = chunks.find(({ name }) => name === 'EXIF');
  if (!chunk) return { orientation: 1, place: false };
  const bytes = await file.upTo(chunk.from + 8, Math.min(chunk.length, EXIF_MAX));
  // Some programs write the head that it has in a JPEG.
  const prefixed = String.fromCharCode(...bytes.subarray(0, 6)) === 'Exif\0\0';
  return readExif(prefixed ? bytes.subarray(6) : bytes);
}

async function head(file: ByteWindow, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = (await file.upTo(0, HEAD)).slice();
  new DataView(bytes.buffer).setUint32(4, 4 + length, true);
  return bytes;
}

async function flagged(file: ByteWindow, { from, to }: Chunk, exif: boolean): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = (await file.upTo(from, to - from)).slice();
  const flags = bytes[8] ?? 0;
  bytes[8] = (flags & ~HAS_EXIF & ~HAS_XMP) | (exif ? HAS_EXIF : 0);
  return bytes;
}

function exifChunk(orientation: number): Uint8Array<ArrayBuffer> {
  const tiff = orientationTiff(orientation);
  return new Uint8Array([0x45, 0x58, 0x49, 0x46, tiff.length, 0, 0, 0, ...tiff]);
}
