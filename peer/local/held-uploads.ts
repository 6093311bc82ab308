/**
 * Files that come in several requests: what came of one whose sender broke off, as a page does that is loaded again, is kept for a
 * while, and goes on from there. The bytes go to the disk as they come; a process that ends keeps none of them.
 */
import { once } from 'node:events';
import { PassThrough, type Readable } from 'node:stream';
import { isParleyError, ParleyError } from '../../protocol/errors.js';
import { FILE_CHUNK } from '../../protocol/files.js';
import type { Files, TakenFile } from '../services.js';
import type { LocalLimits } from './context.js';

/** What a request says of the file that it bears a part of. */
export interface UploadPart {
  /** Chosen by the sender, the same in all parts. */
  readonly id: string;
  /** Where this part begins; bytes of the whole. */
  readonly offset: number;
  readonly size: number;
  readonly mime: string | undefined;
}

export interface UploadState {
  /** Bytes. */
  readonly received: number;
  readonly taken: TakenFile | undefined;
}

export type HeldUploadsOptions = Pick<LocalLimits, 'heldUploads' | 'heldMs'>;

export class HeldUploads {
  /** The one that was longest left alone comes first. */
  private readonly held = new Map<string, Held>();

  constructor(
    private readonly files: Pick<Files, 'take'>,
    private readonly options: HeldUploadsOptions,
  ) {}

  /**
   * Bytes that are here, and the file where all are: then it waits until they are durable.
   * @throws (rejects with) ParleyError not_found, also where what came could not be kept
   */
  async progress(id: string): Promise<UploadState> {
    const held = this.known(id);
    await held.settled();
    if (held.isOver) throw new ParleyError('not_found');
    return { received: held.received, taken: held.taken };
  }

  /**
   * Takes a part in. An earlier request that still bears one, since nobody has noticed its end, is ended.
   * @returns the file once it is whole and durable; undefined while more is to come
   * @throws (rejects with) ParleyError `wrong_offset`, `unavailable` where too many are under way; else as `Files.take`
   */
  async take(body: Readable, part: UploadPart): Promise<TakenFile | undefined> {
    const held = this.held.get(part.id) ?? this.begin(part);
    await held.stop();
    if (held.received !== part.offset || held.size !== part.size) throw new ParleyError('wrong_offset');
    // Another part may have been let in meanwhile.
    if (held.isBusy) throw new ParleyError('wrong_offset');
    this.held.delete(part.id);
    this.held.set(part.id, held);
    try {
      return await held.feed(body);
    } finally {
      const isKnown = this.held.get(part.id) === held;
      if (isKnown && held.isOver) this.held.delete(part.id);
      // Of one that was given up meanwhile another may be here by the same name.
      else if (isKnown) held.expire(this.options.heldMs, () => void this.drop(part.id));
    }
  }

  /** Gives it up: what came is removed. @throws ParleyError not_found */
  async drop(id: string): Promise<void> {
    const held = this.known(id);
    this.held.delete(id);
    await held.end();
  }

  async close(): Promise<void> {
    const all = [...this.held.values()];
    this.held.clear();
    await Promise.all(all.map((held) => held.end()));
  }

  private known(id: string): Held {
    const held = this.held.get(id);
    if (!held) throw new ParleyError('not_found');
    return held;
  }

  private begin({ id, offset, size, mime }: UploadPart): Held {
    // What came before is not here any more.
    if (offset !== 0) throw new ParleyError('wrong_offset');
    if (this.held.size >= this.options.heldUploads) {
      const [idle] = [...this.held].find(([, held]) => !held.isBusy) ?? [];
      if (idle === undefined) throw new ParleyError('unavailable');
      void this.drop(idle);
    }
    const held = new Held(size, (body) =>
      this.files.take(body, { length: size, ...(mime === undefined ? {} : { mime }) }),
    );
    this.held.set(id, held);
    return held;
  }
}

class Held {
  received = 0;
  taken: TakenFile | undefined;
  /** It failed, or was given up: nothing goes on from here. */
  isOver = false;
  private readonly body = new PassThrough({ highWaterMark: FILE_CHUNK });
  private readonly done: Promise<TakenFile>;
  /** The request that bears a part just now. */
  private feeding: { readonly body: Readable; readonly over: Promise<unknown> } | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    readonly size: number,
    take: (body: Readable) => Promise<TakenFile>,
  ) {
    this.body.on('error', () => undefined);
    this.done = take(this.body).then(
      (taken) => (this.taken = taken),
      (error: unknown) => {
        this.fail(error);
        throw error;
      },
    );
    this.done.catch(() => undefined);
  }

  get isBusy(): boolean {
    return this.feeding !== undefined;
  }

  async feed(body: Readable): Promise<TakenFile | undefined> {
    clearTimeout(this.timer);
    const work = this.pour(body);
    const over = work.catch(() => undefined);
    this.feeding = { body, over };
    try {
      await work;
    } finally {
      this.feeding = undefined;
    }
    return this.received === this.size ? this.done : undefined;
  }

  /** Resolves when what is whole is durable, or failed; at once where more is to come. */
  async settled(): Promise<void> {
    if (this.received === this.size) await this.done.catch(() => undefined);
  }

  /** Ends the request that bears a part just now; what came of it counts. */
  async stop(): Promise<void> {
    this.feeding?.body.destroy();
    await this.feeding?.over;
  }

  async end(): Promise<void> {
    clearTimeout(this.timer);
    this.fail(new ParleyError('not_found'));
    await this.stop();
    await this.done.catch(() => undefined);
  }

  expire(ms: number, work: () => void): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(work, ms).unref();
  }

  /** Whoever reads the bytes, or waits until they are read, is told. */
  private fail(error: unknown): void {
    this.isOver = true;
    this.body.destroy(error instanceof Error ? error : new ParleyError('storage_failed'));
  }

  private async pour(body: Readable): Promise<void> {
    try {
      for await (const piece of body as AsyncIterable<Buffer>) {
        if (this.isOver) await this.done;
        if (this.received + piece.length > this.size) {
          const longer = new ParleyError('bad_request', 'The file is longer than was announced. Send it again.');
          this.fail(longer);
          throw longer;
        }
        this.received += piece.length;
        const hasRoom = this.body.write(piece);
        // Whole, whether or not its sender is there for the end of the request.
        if (this.received === this.size) this.body.end();
        // No faster than the disk.
        else if (!hasRoom) await once(this.body, 'drain');
      }
    } catch (error) {
      if (isParleyError(error)) throw error;
      if (this.received < this.size)
        throw new ParleyError('bad_request', 'The file broke off. Ask how much of it has come, then go on from there.');
    }
    if (this.isOver) await this.done;
    if (this.received === this.size && !this.body.writableEnded) this.body.end();
  }
}
