/**
 * Answers what one device asks for on its file link (SPEC.md section 7): each request once, in order. Who reads fast is sent whole
 * chunks, one of which is read ahead, out of a few buffers that all links share; who does not, or where there is none left, pieces
 * out of one small buffer of the link's own. So nobody waits for a buffer that somebody slow holds.
 */
import { ParleyError } from '../../protocol/errors.js';
import { CHUNKS_ASKED_MAX, encodeChunks, type FileMessage } from '../../protocol/file-messages.js';
import { chunkCount, chunkLength } from '../../protocol/files.js';
import type { EntryId } from '../../protocol/ids.js';
import type { BufferPool } from './buffer-pool.js';
import type { FileLink } from './file-link.js';

/** Requests of lists of hashes without an answer. */
const MANIFESTS_ASKED_MAX = 64;
/** Lines that are not needed are not sent to who does not read. Bytes. */
const QUEUED_MAX = 64 * 1024;
/** Of who is not known to read fast. Bytes. */
const PIECE = 64 * 1024;
/** Who reads so fast, in bytes a second, is sent whole chunks. */
const FAST = 256 * 1024;

/** A file, or the part of it that is here. */
export interface Served {
  readonly sha256: string;
  readonly size: number;
  has(chunk: number): boolean;
  /** Undefined before it is here. */
  manifest(): Promise<Uint8Array | undefined>;
  /** As much as there is room for, from that byte of the chunk on. @returns how many bytes; 0 where it is not here */
  read(chunk: number, into: Buffer, from: number): Promise<number>;
}

export interface ServerParts {
  /** What that device may have; undefined for all else, whatever the reason. Asked anew for each request. */
  readonly find: (entry: EntryId) => Served | undefined;
  /** It has asked what is here of a file. `file`: what it was told of */
  readonly asked: (entry: EntryId, file: Served | undefined) => void;
  readonly pool: BufferPool;
  /** Resolves when so many bytes may be sent; false where that is later than somebody waits in silence. */
  readonly allowed: (bytes: number) => Promise<boolean>;
  readonly sent: (file: Served, entry: EntryId, bytes: number) => void;
}

interface Job {
  readonly entry: EntryId;
  /** Undefined: the list of hashes. */
  readonly chunk: number | undefined;
  cancelled: boolean;
}

type Answer = (link: FileLink) => Promise<void>;

export class FileServer {
  /** Not begun yet. */
  private readonly jobs: Job[] = [];
  private open = 0;
  private running = false;
  /** Since when the system takes nothing of what is being sent; by the caller's clock. Undefined where nothing is. */
  writingSince: number | undefined;
  /** Whether a buffer that others could use is being sent. */
  isShared = false;
  private isFast = false;
  private piece: Buffer | undefined;

  constructor(
    private readonly link: FileLink,
    private readonly parts: ServerParts,
    private readonly now: () => number,
  ) {}

  get isBusy(): boolean {
    return this.running;
  }

  /** @throws ParleyError `bad_request` where more is asked at once than may be */
  ask(message: Extract<FileMessage, { type: 'manifest_request' | 'chunk_request' | 'chunk_cancel' }>): void {
    const { entry } = message;
    if (message.type === 'chunk_cancel') {
      const job = this.jobs.find((one) => one.entry === entry && one.chunk === message.chunk && !one.cancelled);
      if (job) job.cancelled = true;
      return;
    }
    const chunk = message.type === 'chunk_request' ? message.chunk : undefined;
    this.jobs.push({ entry, chunk, cancelled: false });
    this.open += chunk === undefined ? 0 : 1;
    if (this.open > CHUNKS_ASKED_MAX || this.jobs.length > MANIFESTS_ASKED_MAX) throw new ParleyError('bad_request');
    if (!this.running) void this.run();
  }

  /** Tells what is here of a file now; not to who does not read. */
  tell(entry: EntryId): void {
    const file = this.parts.find(entry);
    if (file && this.link.queued < QUEUED_MAX) this.have(entry, file);
  }

  private have(entry: EntryId, file: Served): void {
    const chunks = encodeChunks((n) => file.has(n), chunkCount(file.size));
    this.link.send({ type: 'have', entry, chunks });
  }

  private async run(): Promise<void> {
    this.running = true;
    let next = this.prepare();
    while (next) {
      const answer = await next;
      // Read while that is sent.
      next = this.prepare();
      this.writingSince = this.now();
      await answer(this.link);
      this.writingSince = undefined;
      next ??= this.prepare();
    }
    this.running = false;
  }

  private prepare(): Promise<Answer> | undefined {
    const job = this.link.isOver ? undefined : this.jobs.shift();
    if (!job) return undefined;
    return (job.chunk === undefined ? this.manifest(job) : this.chunk(job, job.chunk)).catch(() =>
      this.refusal(job, 'not_found'),
    );
  }

  private async manifest(job: Job): Promise<Answer> {
    const { entry } = job;
    const file = this.parts.find(entry);
    const list = await file?.manifest();
    this.parts.asked(entry, list && file);
    if (!file || !list) return this.refusal(job, 'not_found');
    return async (link) => {
      this.have(entry, file);
      await link.sendBytes({ type: 'manifest', entry, length: list.length }, list);
    };
  }

  private async chunk(job: Job, chunk: number): Promise<Answer> {
    const { find, pool, allowed, sent } = this.parts;
    const { entry } = job;
    const file = find(entry);
    if (job.cancelled) return this.refusal(job, 'cancelled');
    if (!file || chunk >= chunkCount(file.size) || !file.has(chunk)) return this.refusal(job, 'not_found');
    const length = chunkLength(file.size, chunk);
    if (!(await allowed(length))) return this.refusal(job, 'rate_limited');
    const buffer = this.isFast ? pool.tryTake() : undefined;
    if (!buffer) return (link) => this.sendPieces(link, job, { file, chunk, length });
    const bytes = buffer.subarray(0, length);
    // As if it were not here; what is wrong with the disk is told where it is written.
    const read = await file.read(chunk, bytes, 0).catch(() => 0);
    if (read === length) {
      return async (link) => {
        this.isShared = true;
        await this.timed(length, async () => {
          await link.sendBytes({ type: 'chunk', entry, chunk, length }, bytes);
          return true;
        });
        this.isShared = false;
        pool.give(buffer);
        this.open -= 1;
        if (!link.isOver) sent(file, entry, length);
      };
    }
    pool.give(buffer);
    return this.refusal(job, 'not_found');
  }

  private async sendPieces(
    link: FileLink,
    job: Job,
    { file, chunk, length }: { readonly file: Served; readonly chunk: number; readonly length: number },
  ): Promise<void> {
    const { entry } = job;
    this.piece ??= Buffer.allocUnsafeSlow(PIECE);
    await this.timed(length, async () => {
      for (let at = 0; at < length && !link.isOver;) {
        const bytes = (this.piece ?? Buffer.of()).subarray(0, Math.min(PIECE, length - at));
        const read = await file.read(chunk, bytes, at).catch(() => 0);
        if (read < bytes.length) {
          // Cut while it is sent: what was announced cannot be sent any more.
          if (at > 0) link.close();
          else await this.refusal(job, 'not_found')(link);
          return false;
        }
        this.writingSince = this.now();
        await (at === 0 ? link.sendBytes({ type: 'chunk', entry, chunk, length }, bytes) : link.sendRest(bytes));
        at += read;
        if (at < length) continue;
        this.open -= 1;
        this.parts.sent(file, entry, length);
      }
      return true;
    });
  }

  /** Finds out how fast it reads. @param send whether it sent that much: a refusal takes no time, and shows nothing */
  private async timed(bytes: number, send: () => Promise<boolean>): Promise<void> {
    const begun = this.now();
    if (await send()) this.isFast = bytes * 1_000 >= FAST * (this.now() - begun);
  }

  private refusal({ entry, chunk }: Job, code: string): Answer {
    return (link) => {
      if (chunk !== undefined) this.open -= 1;
      link.send({ type: 'file_refused', entry, ...(chunk === undefined ? {} : { chunk }), code });
      return Promise.resolve();
    };
  }
}
