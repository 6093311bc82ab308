/** What of Exif data matters here: how the picture is turned, and whether it says where it was taken. */
import { latin1 } from './byte-source.js';

export interface Exif {
  /** 1 to 8, as a camera was held; 1 where nothing is said. From 5 on width and height change places. */
  readonly orientation: number;
  /** It says where. */
  readonly place: boolean;
}

const ORIENTATION = 0x0112;
const GPS = 0x8825;
const SHORT = 3;

/** Of bytes that begin with the TIFF header. What cannot be read says nothing. */
export function readExif(tiff: Uint8Array): Exif {
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.length);
  const order = latin1(tiff.subarray(0, 2));
  const exif = { orientation: 1, place: false };
  if (tiff.length < 8 || (order !== 'II' && order !== 'MM')) return exif;
  const little = order === 'II';
  const at = view.getUint32(4, little);
  if (at + 2 > tiff.length) return exif;
  const count = view.getUint16(at, little);
  for (let entry = at + 2; entry < at + 2 + count * 12 && entry + 12 <= tiff.length; entry += 12) {
    const tag = view.getUint16(entry, little);
    if (tag === GPS) exif.place = true;
    if (tag !== ORIENTATION || view.getUint16(entry + 2, little) !== SHORT) continue;
    const value = view.getUint16(entry + 8, little);
    if (value >= 1 && value <= 8) exif.orientation = value;
  }
  return exif;
}

/** The shortest TIFF that says how a picture is turned, and nothing else. */
export function orientationTiff(orientation: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(26);
  const view = new DataView(bytes.buffer);
  bytes.set([0x4d, 0x4d, 0, 0x2a]);
  view.setUint32(4, 8);
  view.setUint16(8, 1);
  view.setUint16(10, ORIENTATION);
  view.setUint16(12, SHORT);
  view.setUint32(14, 1);
  view.setUint16(18, orientation);
  return bytes;
}
