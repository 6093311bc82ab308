/**
 * SHA-256 of whole files while they are written: a thread reads behind the writes what the system still has in memory, so that
 * the event loop never hashes, and the last byte is followed by the result at once. One thread for all files of a peer; it is
 * started by the first one.
 */
import { Worker } from 'node:worker_threads';
import { bug } from '../../protocol/errors.js';

/** Bytes that a writer may be ahead: what was just written is then read from memory, not from the disk. */
const AHEAD_MAX = 64 * 1024 * 1024;

/**
 * What the thread runs. Text, since a worker loads no TypeScript, and this file is run as such by tests. Files take turns of one
 * piece each. `{id, path, to}` go on to there; `{id, end}` and answer; `{id, drop}` leave it.
 */
const program = `
const { parentPort } = require('node:worker_threads');
const { createHash } = require('node:crypto');
const { closeSync, openSync, readSync } = require('node:fs');
const buffer = Buffer.allocUnsafeSlow(1024 * 1024);
const files = new Map();
let running = false;

parentPort.on('message', ({ id, path, to, end, drop }) => {
  let file = files.get(id);
  if (!file && path !== undefined) files.set(id, (file = { path, at: 0, to: 0, hash: createHash('sha256') }));
  if (file && to !== undefined) file.to = Math.max(file.to, to);
  if (file && end !== undefined) file.end = file.to = end;
  if (drop) {
    leave(id, file);
    parentPort.postMessage({ id, dropped: true });
  }
  if (!running) run();
});

function run() {
  running = false;
  for (const [id, file] of files) {
    try {
      if (step(id, file)) running = true;
    } catch (error) {
      leave(id, file);
      parentPort.postMessage({ id, error: { message: error.message, code: error.code } });
    }
  }
  if (running) setImmediate(run);
}

/** Whether there is more to do now. */
function step(id, file) {
  const length = Math.min(file.to - file.at, buffer.length);
  if (length > 0) {
    file.fd ??= openSync(file.path, 'r');
    const read = readSync(file.fd, buffer, 0, length, file.at);
    if (read === 0) throw new Error('the file is shorter than what was written');
    file.hash.update(buffer.subarray(0, read));
    file.at += read;
    parentPort.postMessage({ id, at: file.at });
  }
  if (file.at === file.end) {
    const digest = file.hash.digest('hex');
    leave(id, file);
    parentPort.postMessage({ id, digest });
    return false;
  }
  return file.at < file.to;
}

function leave(id, file) {
  if (file?.fd !== undefined) closeSync(file.fd);
  files.delete(id);
}
`;

interface Answer {
  readonly id: number;
  readonly at?: number;
  readonly digest?: string;
  readonly dropped?: true;
  readonly error?: { readonly message: string; readonly code?: string };
}

interface Asked {
  /** Called once, and never together with `failed`. */
  readonly done: (digest: string) => void;
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
    const worker = new Worker(program, { eval: true });
    worker.on('message', ({ id, ...answer }: Answer) => {
      this.files.get(id)?.answer(answer);
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
    if ([...this.files.values()].some((file) => file.isAwaited)) this.worker?.ref();
    else this.worker?.unref();
  }

  private failAll(error: Error): void {
    for (const file of [...this.files.values()]) file.fail(error);
  }
}
