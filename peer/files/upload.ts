/** Takes bytes in from a stream: to the disk, and through both hashes, while they come. */
import { open, rm, type FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { isParleyError, ParleyError } from '../../protocol/errors.js';
import { FILE_CHUNK, FILE_SIZE_MAX } from '../../protocol/files.js';
import { SNIFF_BYTES } from '../../protocol/file-types.js';
import { storageFailure } from '../store/failure.js';
import type { BufferPool } from './buffer-pool.js';
import { hashAt, sha256, writeAt } from './chunk-io.js';
import { SyncBehind } from './sync-behind.js';
import type { FileHash, FileHashes } from './whole-hash.js';

/** Chunks that are read and hashed at once: one is hashed while another is read. */
const LANES = 2;
/** Free space is looked at again after so many bytes. */
const LOOK_BYTES = 64 * FILE_CHUNK;

export interface UploadOptions {
  readonly pool: BufferPool;
  readonly hashes: FileHashes;
  /** Throws `storage_full` where there is no room for so many more bytes. */
  readonly room: (bytes: number) => Promise<void>;
  /** Bytes, where the sender has said it. */
  readonly length: number | undefined;
  /** Bytes. */
  readonly max: number;
}

export interface Uploaded {
  readonly sha256: string;
  readonly size: number;
  readonly chunks: string;
  /** The hashes of all chunks. */
  readonly list: Buffer;
  readonly first: Buffer;
}

/**
 * Writes a new file and syncs it; the body is read no faster than the disk and the hashes are. On an error nothing is left, and
 * the body is not ended by it, so that there can be an answer.
 * @throws ParleyError `file_too_large`, `storage_full`, `storage_failed`, and `bad_request` where the body breaks off or has
 *   another length than was said
 */
export async function upload(body: Readable, path: string, options: UploadOptions): Promise<Uploaded> {
  const { length, max, hashes, room } = options;
  if ((length ?? 0) > max) throw new ParleyError('file_too_large');
  let taken: Taking | undefined;
  // Told while it is read; afterwards by nobody, and then it is no error of this process.
  body.on('error', () => undefined);
  try {
    await room(length ?? 0);
    taken = new Taking(await open(path, 'wx+', 0o600), hashes.open(path), options);
    for await (const piece of pieces(body)) await taken.write(piece);
    return await taken.finish();
  } catch (error) {
    await taken?.drop();
    await rm(path, { force: true }).catch(() => undefined);
    throw isParleyError(error) ? error : storageFailure(error);
  }
}

/**
 * The same of a file that lies there already. Undefined for one that is larger than files may be.
 * @throws ParleyError `storage_failed`, also where it is changed meanwhile
 */
export async function hashAgain(
  path: string,
  options: Pick<UploadOptions, 'pool' | 'hashes'>,
): Promise<Uploaded | undefined> {
  const file = await open(path, 'r+');
  const { size } = await file.stat();
  const taking = new Taking(file, options.hashes.open(path), { ...options, length: size, max: size }, size);
  try {
    if (size <= FILE_SIZE_MAX) return await taking.finish();
  } catch (error) {
    throw isParleyError(error) ? error : storageFailure(error);
  } finally {
    await taking.drop();
  }
  return undefined;
}

class Taking {
  private looked = 0;
  /** Chunks that are hashed, or on their way. */
  private begun = 0;
  private first = Buffer.alloc(0);
  private readonly list: Buffer[] = [];
  private readonly syncs: SyncBehind;
  private readonly lanes: Promise<void>[] = Array.from({ length: LANES }, () => Promise.resolve());

  constructor(
    private readonly file: FileHandle,
    private readonly whole: FileHash,
    private readonly options: Omit<UploadOptions, 'room'> & Partial<UploadOptions>,
    private size = 0,
  ) {
    this.syncs = new SyncBehind(file);
  }

  async write(piece: Buffer): Promise<void> {
    const { max, room } = this.options;
    if (this.size + piece.length > max) throw new ParleyError('file_too_large');
    await writeAt(this.file, piece, this.size);
    this.syncs.wrote(piece.length);
    if (this.first.length < SNIFF_BYTES) this.first = Buffer.concat([this.first, piece]).subarray(0, SNIFF_BYTES);
    this.size += piece.length;
    await this.hash(Math.floor(this.size / FILE_CHUNK));
    await this.whole.advance(this.size);
    if (this.size - this.looked < LOOK_BYTES) return;
    this.looked = this.size;
    await room?.(0);
  }

  async finish(): Promise<Uploaded> {
    const { size, options } = this;
    if (options.length !== undefined && options.length !== size)
      throw new ParleyError('bad_request', 'The file has another length than was announced. Send it again.');
    await this.hash(Math.ceil(size / FILE_CHUNK));
    const whole = this.whole.digest(size);
    const [digest] = await Promise.all([whole, this.syncs.all(), ...this.lanes]);
    await this.file.close();
    const list = Buffer.concat(this.list);
    const chunks = (await sha256(list)).toString('hex');
    return { sha256: digest, size, chunks, list, first: Buffer.from(this.first) };
  }

  async drop(): Promise<void> {
    await Promise.allSettled([...this.lanes, this.syncs.idle()]);
    await Promise.allSettled([this.whole.drop(), this.file.close()]);
  }

  /** Begins to hash the chunks before `upTo`; waits where enough are under way. */
  private async hash(upTo: number): Promise<void> {
    for (let n = this.begun; n < upTo; n = ++this.begun) {
      const lane = n % LANES;
      await this.lanes[lane];
      const hashed = this.hashChunk(n, Math.min(FILE_CHUNK, this.size - n * FILE_CHUNK));
      // Whoever waits for the lane is told.
      hashed.catch(() => undefined);
      this.lanes[lane] = hashed;
    }
  }

  private async hashChunk(n: number, length: number): Promise<void> {
    const { pool, hashes } = this.options;
    const hash = await hashAt(pool, this.file, length, n * FILE_CHUNK, (bytes) => hashes.chunk(bytes));
    if (!hash) throw new ParleyError('storage_failed', 'The file was changed while it was taken in. Send it again.');
    this.list[n] = hash;
  }
}

async function* pieces(body: Readable): AsyncGenerator<Buffer> {
  try {
    for await (const piece of body.iterator({ destroyOnReturn: false }))
      yield Buffer.isBuffer(piece) ? piece : Buffer.from(piece as Uint8Array);
  } catch (cause) {
    throw new ParleyError('bad_request', 'The file broke off before its end. Send it again.', { cause });
  }
}
