/** JPEG: keeps the segments that are needed to draw it, and nothing behind its end (where phones put films and more pictures). */
import { type ByteWindow, type Cleaned, Malformed, PartList } from './byte-source.js';
import { orientationTiff, readExif } from './exif.js';
import { EOI, type JpegSegment, jpegSegments, SOS } from './jpeg.js';

/** Segments of applications that say how colours are to be read. */
const COLOURS: Readonly<Record<number, string>> = { 0xe2: 'ICC_PROFILE\0', 0xee: 'Adobe' };
const NAME_LENGTH = 12;

export async function stripJpeg(file: ByteWindow): Promise<Cleaned> {
  const list = new PartList();
  let [removed, place, pixels] = [false, false, false];
  let orientation = 1;
  let end = 0;
  for await (const segment of jpegSegments(file)) {
    const { marker, from, to } = segment;
    end = to;
    if (!isOfApplication(marker)) {
      if (marker === SOS) pixels = true;
      list.keep(from, to);
      if (marker === EOI) break;
      continue;
    }
    const name = await file.text(from + 4, Math.min(NAME_LENGTH, to - from - 4));
    if (marker === 0xe0 && name.startsWith('JFIF\0') && to - from >= 18) {
      removed = (await keepJfif(list, segment, file)) || removed;
    } else if (name.startsWith(COLOURS[marker] ?? '\0none')) list.keep(from, to);
    else {
      removed = true;
      if (marker !== 0xe1 || !name.startsWith('Exif\0\0')) continue;
      const exif = readExif(await file.upTo(from + 10, to - from - 10));
      place ||= exif.place;
      if (orientation !== 1 || exif.orientation === 1) continue;
      orientation = exif.orientation;
      list.add(exifSegment(orientation));
    }
  }
  if (!pixels) throw new Malformed('no pixels');
  return { parts: list.parts, removed: removed || end < file.size, place };
}

/** APP0 to APP15, and comments. */
function isOfApplication(marker: number): boolean {
  return (marker >= 0xe0 && marker <= 0xef) || marker === 0xfe;
}

/** Its density, without the small picture that may follow: that can be one of before the picture was cut. */
async function keepJfif(list: PartList, { from, to }: JpegSegment, file: ByteWindow): Promise<boolean> {
  const bare = to - from === 18;
  if (bare) list.keep(from, to);
  else {
    const bytes = (await file.upTo(from, 18)).slice();
    bytes.set([0, 16], 2);
    bytes.set([0, 0], 16);
    list.add(bytes);
  }
  return !bare;
}

function exifSegment(orientation: number): Uint8Array<ArrayBuffer> {
  const tiff = orientationTiff(orientation);
  return new Uint8Array([0xff, 0xe1, 0, 2 + 6 + tiff.length, 0x45, 0x78, 0x69, 0x66, 0, 0, ...tiff]);
}
