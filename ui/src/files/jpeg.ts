/** How a JPEG is built: segments, and after each SOS the pixels up to the next marker. */
import { type ByteWindow, Malformed } from './byte-source.js';

export const SOI = 0xd8;
export const EOI = 0xd9;
export const SOS = 0xda;

export interface JpegSegment {
  readonly marker: number;
  /** Of its marker. */
  readonly from: number;
  /** Of what follows it; of SOS, after its pixels. */
  readonly to: number;
}

/** Up to the end of the picture: what stands behind it is none of it. @throws Malformed */
export async function* jpegSegments(file: ByteWindow): AsyncGenerator<JpegSegment> {
  if ((await file.view(0, 2)).getUint16(0) !== 0xff00 + SOI) throw new Malformed('it does not begin as a JPEG');
  yield { marker: SOI, from: 0, to: 2 };
  for (let at = 2; at < file.size;) {
    const view = await file.view(at, 2);
    if (view.getUint8(0) !== 0xff) throw new Malformed('no marker where one must be');
    const marker = view.getUint8(1);
    // A marker may be preceded by any number of these.
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (marker === 0 || marker === SOI) throw new Malformed('a marker that cannot be here');
    const to = await endOf(file, marker, at);
    yield { marker, from: at, to };
    if (marker === EOI) return;
    at = to;
  }
}

async function endOf(file: ByteWindow, marker: number, at: number): Promise<number> {
  if (marker === EOI || isAlone(marker)) return at + 2;
  const length = (await file.view(at + 2, 2)).getUint16(0);
  const end = at + 2 + length;
  if (length < 2 || end > file.size) throw new Malformed('a segment of a wrong length');
  return marker === SOS ? pixelsEnd(file, end) : end;
}

/** TEM, and the marks that stand within pixels. */
function isAlone(marker: number): boolean {
  return marker === 1 || (marker >= 0xd0 && marker <= 0xd7);
}

/** Where the next marker stands; the end of the file where it is cut off. */
async function pixelsEnd(file: ByteWindow, from: number): Promise<number> {
  let escaped = false;
  for await (const [at, bytes] of file.windows(from)) {
    for (let i = escaped ? 0 : bytes.indexOf(0xff); i >= 0 && i < bytes.length;) {
      if (!escaped) {
        escaped = true;
        i++;
        continue;
      }
      const byte = bytes[i] ?? 0;
      if (byte !== 0 && byte !== 0xff && !isAlone(byte)) return at + i - 1;
      if (byte === 0xff) {
        i++;
        continue;
      }
      escaped = false;
      i = bytes.indexOf(0xff, i);
    }
  }
  return file.size;
}
