/** All that is found out of a file before it is sent. */
import { type Parts, sourceOf } from './byte-source.js';
import { imageHead } from './image-head.js';
import { mediaLooks } from './media-looks.js';
import type { Looks, Personal } from './outgoing.js';
import { pictureLooks } from './picture-looks.js';
import { strip, type Stripped } from './strip.js';

export interface Prepared {
  readonly looks: Looks;
  readonly personal: Personal;
  /** Without what it tells of place and camera. */
  readonly cleaned?: Parts;
}

/** What is larger is no picture, whatever its first bytes say. */
const PICTURE_BYTES_MAX = 512 * 1024 * 1024;
/** Kinds that may hold such data, where none could be taken out. */
const MAY_TELL = /^(?:image\/(?!bmp|svg)|video\/)/;

/** `mime`: what the file is said to be. @throws where it cannot be read */
export async function prepare(file: Blob, mime: string): Promise<Prepared> {
  // Whether it is still there is asked of every file: a folder, or what was deleted, looks like any other until it is read.
  await file.slice(0, 1).arrayBuffer();
  const source = sourceOf(file);
  const small = file.size <= PICTURE_BYTES_MAX;
  const stripped = await strip(source);
  const personal = personalOf(stripped, mime);
  const cleaned = stripped.kind === 'cleaned' && stripped.cleaned.removed ? { cleaned: stripped.cleaned.parts } : {};
  return { looks: await looksOf(file, mime, small), personal, ...cleaned };
}

async function looksOf(file: Blob, mime: string, small: boolean): Promise<Looks> {
  const head = small ? await imageHead(sourceOf(file)) : undefined;
  if (head) return pictureLooks(file, head);
  const kind = /^(audio|video)\//.exec(mime)?.[1];
  return kind === 'audio' || kind === 'video' ? mediaLooks(file, kind) : {};
}

function personalOf(stripped: Stripped, mime: string): Personal {
  if (stripped.kind === 'damaged') return 'damaged';
  if (stripped.kind === 'other') return MAY_TELL.test(mime) ? 'unknown' : 'none';
  const { removed, place } = stripped.cleaned;
  if (!removed) return 'none';
  return place ? 'place' : 'some';
}
