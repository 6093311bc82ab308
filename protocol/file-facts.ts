/** What a `file` entry says of its bytes (SPEC.md section 7), as a schema. Hashes are lower-case hex, as `sha256sum` prints them. */
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { FILE_NAME_MAX, FILE_SIDE_MAX, FILE_SIZE_MAX, THUMBNAIL_MAX } from './files.js';
import { isStorable } from './text.js';

export const Sha256 = Type.String({ pattern: '^[0-9a-f]{64}$' });
const Side = Type.Integer({ minimum: 1, maximum: FILE_SIDE_MAX });

/** What is shown beside the name before the bytes are here. All of it is the author's word. */
export const FileLooks = {
  /** Of pictures and films, in pixels, as they are shown. */
  width: Type.Optional(Side),
  height: Type.Optional(Side),
  /** A small picture of it (PNG, JPEG or WebP), in base64. */
  thumbnail: Type.Optional(
    Type.String({ maxLength: Math.ceil(THUMBNAIL_MAX / 3) * 4, pattern: '^(?:[A-Za-z0-9+/]{4})*[A-Za-z0-9+/=]{4}$' }),
  ),
  /** Of sound and films, in milliseconds. */
  duration: Type.Optional(Type.Integer({ minimum: 0, maximum: 2 ** 31 - 1 })),
  /** Loudness from beginning to end: a digit of base 36 for each of at most 64 equal parts. */
  waveform: Type.Optional(Type.String({ pattern: '^[0-9a-z]{1,64}$' })),
  /** Spoken to be sent, rather than chosen from a disk. */
  voice: Type.Optional(Type.Literal(true)),
  /** The same in files that were sent together. */
  group: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_-]{1,32}$' })),
};

/** For people; never a path, nor the name of anything on a disk. In bytes it is bounded by `isFileName`. */
export const FileName = Type.String({ minLength: 1, maxLength: FILE_NAME_MAX });

/** Type and subtype alone, in lower case. What a file may be shown as is said by its bytes, not by this. */
export const Mime = Type.String({ pattern: '^[a-z0-9][a-z0-9!#$&^_.+-]{0,62}/[a-z0-9][a-z0-9!#$&^_.+-]{0,62}$' });

export const FileFacts = Type.Object({
  name: FileName,
  /** Bytes. */
  size: Type.Integer({ minimum: 0, maximum: FILE_SIZE_MAX }),
  mime: Mime,
  /** Of the whole. */
  sha256: Sha256,
  /** SHA-256 over the SHA-256 (32 bytes each) of all chunks, in order. */
  chunks: Sha256,
  ...FileLooks,
});
export type FileFacts = Static<typeof FileFacts>;

const facts = Compile(FileFacts);

/** What a `file` entry says of its bytes; undefined for another kind, and for facts that nobody can use. */
export function fileFacts({ kind, data }: { readonly kind: string; readonly data: unknown }): FileFacts | undefined {
  return kind === 'file' && facts.Check(data) && isFileName(data.name) ? data : undefined;
}

/** Whether a name can be sent: it has a byte, at most 255 of them, and can be stored. */
export function isFileName(name: string): boolean {
  return name !== '' && Buffer.byteLength(name) <= FILE_NAME_MAX && isStorable(name);
}
