/**
 * Writing to streams, and reading from their leaders. A call that runs into its time is no answer: what is written carries an id of
 * its own, and is sent again with it until it is known what became of it.
 */
import { randomUUID } from 'node:crypto';
import { ParleyError } from '../../../protocol/errors.js';
import type { Log } from '../../log.js';
import { TRY_MS, type MsgRequest } from './connection.js';
import type { Nats } from './packages.js';

/** While there is no leader, a write waits so long for one: an election takes 4 to 10 s, mostly the former. */
const WRITE_MS = 8_000;
/** Once it is known that nothing can be written, others are not kept waiting. */
const WRITE_READ_ONLY_MS = TRY_MS;
const AGAIN_MS = 200;
const RETRY_AFTER_S = 2;

/** The store cannot be written now: too few servers of the cluster are there, or they choose a leader. */
export class Unavailable extends ParleyError {
  /** Seconds. */
  readonly retryAfter = RETRY_AFTER_S;

  constructor(cause?: unknown) {
    super('unavailable', 'The trackers of this cluster cannot write right now. Try again in a moment.', { cause });
  }
}

export interface Message {
  subject: string;
  revision: number;
  headers: ReadonlyMap<string, string>;
  body: Uint8Array;
}

export interface NewMessage {
  stream: string;
  subject: string;
  body: Uint8Array | string;
  headers?: Readonly<Record<string, string>>;
  /** Only if the last message of the subject has this revision; 0: if there is none. */
  lastOfSubject?: number;
  /** Only if the last message of the whole stream has this revision. */
  lastOfStream?: number;
}

const ID = 'Nats-Msg-Id';
const WRONG_LAST = new Set([10071, 10164]);
const NO_ROOM = new Set([10023, 10047, 10077]);

export class Streams {
  /** Streams that were last seen without a leader. */
  readonly #away = new Set<string>();
  readonly #listeners = new Set<() => void>();

  constructor(
    private readonly nats: Nats,
    private readonly log: Log,
  ) {}

  get isReady(): boolean {
    return this.#away.size === 0;
  }

  /** Called when `isReady` changes. */
  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** @returns its revision, or `conflict` where the last one is another. Errors: unavailable, storage_full. */
  async write(message: NewMessage): Promise<number | 'conflict'> {
    const { stream, subject, body, lastOfSubject, lastOfStream } = message;
    const { jetstream, packages } = this.nats;
    const id = randomUUID();
    const headers = packages.headers();
    for (const [name, value] of Object.entries(message.headers ?? {})) headers.set(name, value);
    const expect = {
      ...(lastOfSubject === undefined ? {} : { lastSubjectSequence: lastOfSubject }),
      ...(lastOfStream === undefined ? {} : { lastSequence: lastOfStream }),
    };
    const until = this.#until(stream);
    for (let tries = 1; ; tries += 1) {
      try {
        const options = { msgID: id, headers, expect, timeout: TRY_MS, retries: 1 };
        const { seq } = await jetstream.publish(subject, body, options);
        this.#seen(stream, true);
        return seq;
      } catch (error) {
        const code = this.#codeOf(error);
        if (code !== undefined && WRONG_LAST.has(code)) {
          // An earlier try may have gone through without an answer.
          const last = tries > 1 ? await this.last(stream, subject) : undefined;
          return last?.headers.get(ID) === id ? last.revision : 'conflict';
        }
        if (code !== undefined && NO_ROOM.has(code)) throw new ParleyError('storage_full', undefined, { cause: error });
        if (performance.now() + AGAIN_MS >= until) {
          this.#seen(stream, false);
          this.log.warn({ err: error, stream }, 'the cluster did not take a write');
          throw new Unavailable(error);
        }
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      }
    }
  }

  /** The last message of a subject, as the stream's leader has it. Errors: unavailable. */
  last(stream: string, subject: string): Promise<Message | undefined> {
    return this.#read(stream, { last_by_subj: subject });
  }

  /** The first message of a subject from this revision on, as the stream's leader has it. Errors: unavailable. */
  next(stream: string, subject: string, revision: number): Promise<Message | undefined> {
    const query = { next_by_subj: subject, seq: revision };
    return this.#read(stream, query);
  }

  /** Errors: unavailable. */
  at(stream: string, revision: number): Promise<Message | undefined> {
    return this.#read(stream, { seq: revision });
  }

  async #read(stream: string, query: MsgRequest): Promise<Message | undefined> {
    const until = this.#until(stream);
    for (;;) {
      try {
        const found = await this.nats.manager.streams.getMessage(stream, query);
        if (!found) return undefined;
        const headers = new Map([...found.header].map(([name, [value = '']]) => [name, value] as const));
        return { subject: found.subject, revision: found.seq, headers, body: found.data };
      } catch (error) {
        if (this.#codeOf(error) === 10037) return undefined;
        if (performance.now() + AGAIN_MS >= until) throw new Unavailable(error);
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      }
    }
  }

  /** Asks the stream's leader for the revision of its last message. Undefined: it has none, or does not answer. */
  async end(stream: string): Promise<number | undefined> {
    try {
      const { state } = await this.nats.manager.streams.info(stream);
      this.#seen(stream, true);
      return state.last_seq;
    } catch (error) {
      this.log.debug({ err: error, stream }, 'a stream has no leader');
      this.#seen(stream, false);
      return undefined;
    }
  }

  #until(stream: string): number {
    return performance.now() + (this.#away.has(stream) ? WRITE_READ_ONLY_MS : WRITE_MS);
  }

  /** Of an answer of the server that says no. */
  #codeOf(error: unknown): number | undefined {
    return error instanceof this.nats.packages.JetStreamApiError ? error.code : undefined;
  }

  #seen(stream: string, isThere: boolean): void {
    const was = this.isReady;
    if (isThere) this.#away.delete(stream);
    else this.#away.add(stream);
    if (was !== this.isReady) for (const listener of this.#listeners) listener();
  }
}
