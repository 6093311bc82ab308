/**
 * Takes out of a picture or a film what it says of place, camera and owner, without touching a pixel: only what is needed to show
 * it is kept, and how it is turned. The result names parts of the file; nothing is copied.
 */
import { type ByteSource, ByteWindow, type Cleaned, Malformed } from './byte-source.js';
import { imageType } from './image-head.js';
import { stripGif } from './strip-gif.js';
import { isIso, stripIso } from './strip-iso.js';
import { stripJpeg } from './strip-jpeg.js';
import { stripPng } from './strip-png.js';
import { stripWebp } from './strip-webp.js';

/** `other`: of a kind that is sent as it is. `damaged`: what it holds cannot be told apart. */
export type Stripped =
  { readonly kind: 'cleaned'; readonly cleaned: Cleaned } | { readonly kind: 'other' } | { readonly kind: 'damaged' };

const strippers: Partial<Record<string, (file: ByteWindow) => Promise<Cleaned>>> = {
  gif: stripGif,
  jpeg: stripJpeg,
  png: stripPng,
  webp: stripWebp,
};

/** What is larger is no picture, whatever its first bytes say. */
const PICTURE_BYTES_MAX = 512 * 1024 * 1024;

/** @throws where the file cannot be read any more */
export async function strip(source: ByteSource): Promise<Stripped> {
  const file = new ByteWindow(source);
  if (await isIso(file)) return iso(file);
  const type = source.size > PICTURE_BYTES_MAX ? undefined : imageType(await file.upTo(0, 32));
  const work = type && strippers[type];
  if (!work) return { kind: 'other' };
  try {
    return { kind: 'cleaned', cleaned: await work(file) };
  } catch (error) {
    if (error instanceof Malformed) return { kind: 'damaged' };
    throw error;
  }
}

/** Built in ways of which many are not known here: what cannot be told apart is no damage. */
async function iso(file: ByteWindow): Promise<Stripped> {
  try {
    return { kind: 'cleaned', cleaned: await stripIso(file) };
  } catch (error) {
    if (error instanceof Malformed) return { kind: 'other' };
    throw error;
  }
}
