/**
 * The lines of a file link (SPEC.md section 7): schemas, types, the parser, and the map of chunks. After a `manifest` or a `chunk`
 * come exactly `length` raw bytes.
 */
import Type, { type Static, type TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { ParleyError } from './errors.js';
import { FILE_CHUNK, FILE_CHUNKS_MAX } from './files.js';
import type { EntryId } from './ids.js';
import { ENTRY_ID_LENGTH } from './limits.js';

export const FILE_ALPN = 'parley-file/1';
/** Bytes: the map of chunks of the largest file, in base64, and some more. */
export const FILE_LINE_MAX = 16 * 1024;
/** Chunks that one side may have asked for on one link, and not been answered yet. */
export const CHUNKS_ASKED_MAX = 16;
const HASH_BYTES = 32;

const Entry = Type.Unsafe<EntryId>(Type.String({ pattern: `^[A-Za-z0-9_-]{${ENTRY_ID_LENGTH}}$` }));
const Chunk = Type.Integer({ minimum: 0, maximum: FILE_CHUNKS_MAX - 1 });

export const ManifestRequest = Type.Object({ type: Type.Literal('manifest_request'), entry: Entry });
/** The hashes of all chunks follow, 32 bytes each. */
export const Manifest = Type.Object({
  type: Type.Literal('manifest'),
  entry: Entry,
  length: Type.Integer({ minimum: 0, maximum: FILE_CHUNKS_MAX * HASH_BYTES, multipleOf: HASH_BYTES }),
});
/** `chunks`: `*` for all, or base64url in which bit `n & 7` of byte `n >> 3` says whether chunk `n` is there. */
export const FileHave = Type.Object({
  type: Type.Literal('have'),
  entry: Entry,
  chunks: Type.String({ maxLength: Math.ceil(FILE_CHUNKS_MAX / 8 / 3) * 4, pattern: '^(?:\\*|[A-Za-z0-9_-]*)$' }),
});
export const ChunkRequest = Type.Object({ type: Type.Literal('chunk_request'), entry: Entry, chunk: Chunk });
/** The chunk follows. */
export const ChunkAnswer = Type.Object({
  type: Type.Literal('chunk'),
  entry: Entry,
  chunk: Chunk,
  length: Type.Integer({ minimum: 1, maximum: FILE_CHUNK }),
});
/** Not wanted any more; answered with the chunk all the same if it has begun. */
export const ChunkCancel = Type.Object({ type: Type.Literal('chunk_cancel'), entry: Entry, chunk: Chunk });
/** Of the manifest, or of one chunk. */
export const FileRefused = Type.Object({
  type: Type.Literal('file_refused'),
  entry: Entry,
  chunk: Type.Optional(Chunk),
  code: Type.String({ maxLength: 64 }),
});

const schemas = {
  manifest_request: ManifestRequest,
  manifest: Manifest,
  have: FileHave,
  chunk_request: ChunkRequest,
  chunk: ChunkAnswer,
  chunk_cancel: ChunkCancel,
  file_refused: FileRefused,
} as const satisfies Record<string, TSchema>;

export type FileMessage = { [Name in keyof typeof schemas]: Static<(typeof schemas)[Name]> }[keyof typeof schemas];

const validators = new Map<unknown, { Check(value: unknown): boolean }>(
  Object.entries(schemas).map(([type, schema]) => [type, Compile(schema)]),
);

/**
 * One line → a message of checked shape; undefined for a type that this version does not know. Throws ParleyError `bad_json`
 * or `bad_request`.
 */
export function parseFileMessage(line: string): FileMessage | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new ParleyError('bad_json', undefined, { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new ParleyError('bad_json');
  const { type } = value as { type?: unknown };
  if (typeof type !== 'string') throw new ParleyError('bad_request', 'A message has a "type".');
  const validator = validators.get(type);
  if (!validator) return undefined;
  if (!validator.Check(value)) throw new ParleyError('bad_request');
  // The validator of this type has just proved it.
  return value as FileMessage;
}

/** Which of `count` chunks somebody has, as it travels. */
export function encodeChunks(has: (chunk: number) => boolean, count: number): string {
  const bits = Buffer.alloc(Math.ceil(count / 8));
  let all = true;
  for (let n = 0; n < count; n += 1) {
    if (has(n)) bits[n >> 3] = (bits[n >> 3] ?? 0) | (1 << (n & 7));
    else all = false;
  }
  return all ? '*' : bits.toString('base64url');
}

/** The same back. What is missing at the end is not there, and what is beyond it is ignored. */
export function decodeChunks(chunks: string, count: number): (chunk: number) => boolean {
  if (chunks === '*') return (n) => n >= 0 && n < count;
  const bits = Buffer.from(chunks, 'base64url');
  return (n) => n >= 0 && n < count && (((bits[n >> 3] ?? 0) >> (n & 7)) & 1) === 1;
}
