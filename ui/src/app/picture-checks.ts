/**
 * Pictures of others, before a browser decodes anything of them: few bytes can be more pixels than there is memory. What a thumbnail is,
 * and how large a picture is, is read from its first bytes, whatever its entry says.
 */
import { THUMBNAIL_MAX } from '../../../protocol/files.js';
import { imageHead } from '../files/image-head.js';
import { PIXELS_MAX } from '../limits.js';
import { fileUrl, type FileLook } from '../state/files.js';

/** Px of one side: a thumbnail is small. */
const THUMBNAIL_SIDE_MAX = 1024;
/** Kinds that a thumbnail may be of. */
const THUMBNAILS: ReadonlySet<string> = new Set(['png', 'jpeg', 'webp']);

/** Remembers the newest answers to questions whose answer never changes. */
class Answers<T> {
  readonly #known = new Map<string, T>();

  constructor(private readonly max: number) {}

  get(key: string): T | undefined {
    return this.#known.get(key);
  }

  set(key: string, value: T): void {
    this.#known.delete(key);
    this.#known.set(key, value);
    for (const [oldest] of this.#known) if (this.#known.size > this.max) this.#known.delete(oldest);
  }
}

/** `none`: what the entry has for one is not drawn. */
export type Thumbnail = { readonly url: string } | 'none';

const thumbnails = new Answers<Thumbnail>(400);

/** Of base64 that was looked at before: at once. */
export function knownThumbnail(base64: string): Thumbnail | undefined {
  return thumbnails.get(base64);
}

export async function checkThumbnail(base64: string): Promise<Thumbnail> {
  const known = thumbnails.get(base64);
  if (known !== undefined) return known;
  const answer = await thumbnailOf(base64);
  thumbnails.set(base64, answer);
  return answer;
}

async function thumbnailOf(base64: string): Promise<Thumbnail> {
  const bytes = bytesOf(base64);
  if (!bytes || bytes.length > THUMBNAIL_MAX) return 'none';
  const head = await imageHead({ size: bytes.length, read: async (from, to) => bytes.slice(from, to) });
  if (!head || !THUMBNAILS.has(head.type)) return 'none';
  if (head.width > THUMBNAIL_SIDE_MAX || head.height > THUMBNAIL_SIDE_MAX) return 'none';
  return { url: `data:image/${head.type};base64,${base64}` };
}

function bytesOf(base64: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

/** `giant`: too many pixels; `unlike`: no picture, or not one that can be shown. */
export type PictureCheck = 'fine' | 'giant' | 'unlike';

const pictures = new Answers<PictureCheck>(2_000);

export function knownPicture(sha256: string): PictureCheck | undefined {
  return pictures.get(sha256);
}

type Fetch = (path: string, init: RequestInit) => Promise<Response>;

/** Of a picture whose bytes are here: reads their beginning from the daemon. What it cannot read now is asked again later. */
export async function checkPicture(
  { sha256, size }: Pick<FileLook, 'sha256' | 'size'>,
  fetch: Fetch,
): Promise<PictureCheck> {
  const known = pictures.get(sha256);
  if (known !== undefined) return known;
  const read = async (from: number, to: number): Promise<Uint8Array> => {
    const answer = await fetch(fileUrl(sha256), { headers: { range: `bytes=${from}-${to - 1}` } });
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    return new Uint8Array(await answer.arrayBuffer()).slice(0, to - from);
  };
  const head = await imageHead({ size, read });
  const answer = !head ? 'unlike' : head.width * head.height > PIXELS_MAX ? 'giant' : 'fine';
  pictures.set(sha256, answer);
  return answer;
}
