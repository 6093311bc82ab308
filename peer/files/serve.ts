/**
 * Answers what one device asks for on its file link (SPEC.md section 7): each request once, in order, one chunk in memory at a time
 * besides the one that is being read ahead.
 */
import { ParleyError } from '../../protocol/errors.js';
import { CHUNKS_ASKED_MAX, encodeChunks, type FileMessage } from '../../protocol/file-messages.js';
import { chunkCount, chunkLength } from '../../protocol/files.js';
import type { EntryId } from '../../protocol/ids.js';
import type { BufferPool } from './buffer-pool.js';
import type { FileLink } from './file-link.js';

/** Requests of lists of hashes without an answer. */
const MANIFESTS_ASKED_MAX = 64;
/** Files of which a device is told when more of them comes. */
const TOLD_MAX = 64;
/** Lines that are not needed are not sent to who does not read. Bytes. */
const QUEUED_MAX = 64 * 1024;

/** A file, or the part of it that is here. */
export interface Served {
  readonly sha256: string;
  readonly size: number;
  has(chunk: number): boolean;
  /** Undefined before it is here. */
  manifest(): Promise<Uint8Array | undefined>;
  /** @returns how many bytes; 0 where it is not here */
  read(chunk: number, into: Buffer): Promise<number>;
}

export interface ServerParts {
  /** What that device may have; undefined for all else, whatever the reason. Asked anew for each request. */
  readonly find: (entry: EntryId) => Served | undefined;
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
  private readonly told = new Map<EntryId, string>();
  private open = 0;
  private running = false;
  /** When the answer that is being sent was begun; by the caller's clock. */
  writingSince: number | undefined;

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

  /** More of a file is here: who has asked for it is told. To be called at most once a second for each file. */
  more(sha256: string): void {
    for (const [entry, asked] of this.told) {
      if (asked !== sha256 && asked !== '') continue;
      const file = this.parts.find(entry);
      if (file?.sha256 === sha256 && this.link.queued < QUEUED_MAX) this.have(entry, file);
    }
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
    const job = this.jobs.shift();
    if (!job) return undefined;
    return (job.chunk === undefined ? this.manifest(job) : this.chunk(job, job.chunk)).catch(() =>
      this.refusal(job, 'not_found'),
    );
  }

  private async manifest(job: Job): Promise<Answer> {
    const { entry } = job;
    const file = this.parts.find(entry);
    this.remember(entry, file?.sha256 ?? '');
    const list = await file?.manifest();
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
    const buffer = await pool.take();
    try {
      if ((await file.read(chunk, buffer)) === length) {
        return async (link) => {
          await link.sendBytes({ type: 'chunk', entry, chunk, length }, buffer.subarray(0, length));
          pool.give(buffer);
          this.open -= 1;
          sent(file, entry, length);
        };
      }
    } catch {
      // As if it were not here; what is wrong with the disk is told where it is written.
    }
    pool.give(buffer);
    return this.refusal(job, 'not_found');
  }

  private refusal({ entry, chunk }: Job, code: string): Answer {
    return (link) => {
      if (chunk !== undefined) this.open -= 1;
      link.send({ type: 'file_refused', entry, ...(chunk === undefined ? {} : { chunk }), code });
      return Promise.resolve();
    };
  }

  private remember(entry: EntryId, sha256: string): void {
    this.told.delete(entry);
    this.told.set(entry, sha256);
    const [oldest] = this.told.keys();
    if (this.told.size > TOLD_MAX && oldest !== undefined) this.told.delete(oldest);
  }
}
