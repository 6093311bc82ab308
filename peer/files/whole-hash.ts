/**
 * SHA-256 of whole files while they are written, and of their chunks: a thread reads behind the writes what the system still has in
 * memory, so that the event loop never hashes, and the last byte is followed by the result at once. One thread for all files of a
 * peer, so that one processor is left to messages; it is started by the first one. Not Node's pool of threads: there the syncs of
 * messages would wait behind chunks.
 */
import { Worker } from 'node:worker_threads';
import { bug } from '../../protocol/errors.js';
import { sha256 } from './chunk-io.js';
import { hashProgram, type Answer } from './hash-thread.js';

/** Bytes that a writer may be ahead: what was just written is then read from memory, not from the disk. */
const AHEAD_MAX = 64 * 1024 * 1024;

interface Asked {
  /** Called once, and never together with `failed`. */
  readonly done: (digest: string) => void;
  readonly failed: (error: Error) => void;
}

interface ChunkAsked {
  readonly done: (hash: Buffer) => void;
  readonly failed: (error: Error) => void;
}

/** The hash of one file, behind its writes. */
export interface FileHash {
  /** Everything before this byte is written. Resolves once the writer may go on. */
  advance(to: number): Promise<void>;
  /** In hex, of the first `size` bytes: all that will ever be told here. Rejects with the system's error. */
  digest(size: number): Promise<string>;
  /** Resolves when nothing reads the file any more. */
  drop(): Promise<void>;
}

export interface FileHashes {
  /** Raw, of a chunk, which must not change before it resolves. */
  chunk(bytes: Uint8Array): Promise<Buffer>;
  /** Of a file that is there from now on, or will be before it is told that something was written. */
  open(path: string): FileHash;
  /** Whatever is not answered yet fails. */
  close(): Promise<void>;
}

export class WholeHash implements FileHash {
  private at = 0;
  private to = 0;
  private over = false;
  private error: Error | undefined;
  private asked: Asked | undefined;
  private left: (() => void) | undefined;
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly post: (message: object) => void,
    /** Somebody waits from now on. */
    private readonly awaited: () => void,
    private readonly ended: () => void,
    private readonly path: string,
  ) {}

  async advance(to: number): Promise<void> {
    this.to = Math.max(this.to, to);
    if (this.error) throw this.error;
    this.post({ path: this.path, to });
    while (this.isFarBehind()) {
      await new Promise<void>((resolve) => {
        this.waiting.push(resolve);
        this.awaited();
      });
    }
  }

  digest(size: number): Promise<string> {
    return new Promise((done, failed) => {
      if (this.error) return failed(this.error);
      this.asked = { done, failed };
      this.post({ path: this.path, end: size });
      this.awaited();
    });
  }

  drop(): Promise<void> {
    return new Promise((resolve) => {
      if (this.over) return resolve();
      this.left = resolve;
      this.post({ drop: true });
      this.awaited();
    });
  }

  /** Whether somebody waits for the thread. */
  get isAwaited(): boolean {
    return this.asked !== undefined || this.waiting.length > 0 || (this.left !== undefined && !this.over);
  }

  /** For the thread's answers. */
  answer({ at, digest, dropped, error }: Omit<Answer, 'id'>): void {
    if (at !== undefined) this.at = at;
    if (digest !== undefined) {
      this.asked?.done(digest);
      this.asked = undefined;
      this.end();
    }
    if (error) this.fail(Object.assign(new Error(error.message), error));
    if (dropped) this.fail(bug('the hash of a file was dropped'));
    this.go();
  }

  fail(error: Error): void {
    this.error ??= error;
    this.asked?.failed(this.error);
    this.asked = undefined;
    this.end();
    this.go();
  }

  private isFarBehind(): boolean {
    return !this.over && this.to - this.at > AHEAD_MAX;
  }

  private end(): void {
    this.over = true;
    this.left?.();
    this.ended();
  }

  private go(): void {
    for (const go of this.waiting.splice(0)) go();
  }
}

export class WholeHashes implements FileHashes {
  private worker: Worker | undefined;
  private last = 0;
  private readonly files = new Map<number, WholeHash>();
  private readonly chunks = new Map<number, ChunkAsked>();

  chunk(bytes: Uint8Array): Promise<Buffer> {
    // What is not shared with the thread would have to be copied for it.
    if (!(bytes.buffer instanceof SharedArrayBuffer)) return sha256(bytes);
    const id = ++this.last;
    const worker = this.started();
    return new Promise((done, failed) => {
      this.chunks.set(id, { done, failed });
      worker.postMessage({ id, chunk: bytes });
      this.hold();
    });
  }

  open(path: string): WholeHash {
    const id = ++this.last;
    const worker = this.started();
    const post = (message: object): void => worker.postMessage({ id, ...message });
    const file = new WholeHash(
      post,
      () => this.hold(),
      () => this.files.delete(id),
      path,
    );
    this.files.set(id, file);
    return file;
  }

  async close(): Promise<void> {
    await this.worker?.terminate();
    this.failAll(bug('the hashing thread was closed'));
  }

  private started(): Worker {
    if (this.worker) return this.worker;
    const worker = new Worker(hashProgram, { eval: true });
    worker.on('message', ({ id, ...answer }: Answer) => {
      this.files.get(id)?.answer(answer);
      if (answer.hash) this.chunks.get(id)?.done(Buffer.from(answer.hash));
      this.chunks.delete(id);
      this.hold();
    });
    worker.on('error', (error) => this.failAll(error));
    worker.on('exit', () => {
      this.failAll(new Error('the hashing thread has ended'));
      if (this.worker === worker) this.worker = undefined;
    });
    this.worker = worker;
    this.hold();
    return worker;
  }

  /** It keeps the process from ending only while somebody waits for it. */
  private hold(): void {
    if (this.chunks.size > 0 || [...this.files.values()].some((file) => file.isAwaited)) this.worker?.ref();
    else this.worker?.unref();
  }

  private failAll(error: Error): void {
    for (const file of [...this.files.values()]) file.fail(error);
    for (const { failed } of this.chunks.values()) failed(error);
    this.chunks.clear();
  }
}
