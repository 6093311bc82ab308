/** Keeps a mirror up to date: reads a stream from its beginning, and goes on with what comes. */
import type { Log } from '../../log.js';
import { TRY_MS, type ConsumerMessages, type Nats } from './connection.js';
import type { Entry, Mirror } from './mirror.js';
import { Unavailable, type Message, type Streams } from './streams.js';

export interface FollowerParts {
  nats: Nats;
  streams: Streams;
  log: Log;
}

export interface FollowerOptions<T> {
  stream: string;
  /** Of subjects; the rest of one is the key. */
  prefix: string;
  headersOnly: boolean;
  entryOf: (message: Message) => Entry<T>;
}

const LOOK_MS = 5_000;
const AGAIN_MS = 200;
const ELECTION_MS = 8_000;
const START_AGAIN_MS = 1_000;
const READ_MS = 30_000;

export class Follower<T> {
  #messages: ConsumerMessages | undefined;
  #look: NodeJS.Timeout | undefined;
  #isClosed = false;
  #isReading = false;
  /** What was known at the last look, where the stream was longer; and the length for which all was read anew because of that. */
  #behind: number | undefined;
  #readAnewFor = -1;
  readonly #arrived = new Set<() => void>();

  constructor(
    private readonly parts: FollowerParts,
    private readonly options: FollowerOptions<T>,
    private readonly mirror: Mirror<T>,
  ) {}

  /** Resolves when all is read that was there. Errors: of NATS. */
  async start(): Promise<void> {
    await this.#follow();
    this.#lookLater();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#look);
    await this.#messages?.close();
  }

  /** Reads the stream from its beginning, and goes on with what comes. */
  async #follow(): Promise<void> {
    const { jetstream, packages } = this.parts.nats;
    const consumer = await jetstream.consumers.get(this.options.stream, {
      filter_subjects: `${this.options.prefix}>`,
      deliver_policy: packages.DeliverPolicy.LastPerSubject,
      headers_only: this.options.headersOnly,
    });
    const info = await consumer.info();
    const fresh = new Map<string, Entry<T>>();
    let isRead = false;
    let position = 0;
    const end = (): void => {
      isRead = true;
      this.mirror.replace(fresh, position);
    };
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Unavailable()), READ_MS);
      const done = (): void => {
        clearTimeout(late);
        end();
        resolve();
      };
      consumer
        .consume({
          expires: 2 * TRY_MS,
          // What is thrown out of it would end the consumer for good.
          callback: (message) =>
            this.#guarded(() => {
              const headers = new Map(
                [...(message.headers ?? [])].map(([name, [value = '']]) => [name, value] as const),
              );
              const { subject, seq, data, info: at } = message;
              const key = subject.slice(this.options.prefix.length);
              const entry = this.options.entryOf({ subject, revision: seq, headers, body: data });
              if (isRead) {
                this.mirror.follow(key, entry);
                for (const arrived of this.#arrived) arrived();
                return;
              }
              fresh.set(key, entry);
              position = Math.max(position, seq);
              if (at.pending === 0) done();
            }),
        })
        .then((messages) => {
          this.#messages = messages;
          void messages.closed().then((error) => this.#ended(messages, error));
          if (info.num_pending === 0) done();
        }, reject);
    });
  }

  #guarded(use: () => void): void {
    try {
      use();
    } catch (error) {
      this.parts.log.error({ err: error, stream: this.options.stream }, 'a change of a record was not taken');
    }
  }

  /** The client of NATS gives up at times, as when it could not make a consumer of an empty stream again and again. */
  #ended(messages: ConsumerMessages, error: unknown): void {
    if (this.#isClosed || messages !== this.#messages) return;
    this.parts.log.warn(
      { err: error, stream: this.options.stream },
      'nothing is heard of a stream any more: it is read anew',
    );
    void this.#again();
  }

  /** Waits until all is here that the leader has now. Errors: unavailable. */
  async catchUp(): Promise<void> {
    const end = await this.#end();
    if (end < this.mirror.position) await this.#lost();
    if (end <= this.mirror.position) return;
    await new Promise<void>((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(late);
        this.#arrived.delete(arrived);
      };
      const arrived = (): void => {
        if (this.mirror.position < end) return;
        stop();
        resolve();
      };
      const late = setTimeout(() => {
        stop();
        reject(new Unavailable());
      }, 2 * TRY_MS);
      this.#arrived.add(arrived);
    });
  }

  /** Of the stream, as its leader knows it. Errors: unavailable. */
  async #end(): Promise<number> {
    for (let waited = 0; waited <= ELECTION_MS; waited += AGAIN_MS) {
      const end = await this.parts.streams.end(this.options.stream);
      if (end !== undefined) return end;
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
    throw new Unavailable();
  }

  /**
   * Whether there is a leader. A stream that is shorter than what is known has lost something, and is read anew; and so is once, for each
   * length, one of which nothing comes although it is longer: its last messages may be gone, or nobody hears of them here any more.
   */
  async #lookAfter(): Promise<void> {
    const end = await this.parts.streams.end(this.options.stream);
    const { position } = this.mirror;
    const isStuck = this.#behind === position && end !== undefined && end > position && end !== this.#readAnewFor;
    this.#behind = end !== undefined && end > position ? position : undefined;
    if (end !== undefined && end < position) await this.#lost();
    else if (isStuck) {
      this.#readAnewFor = end;
      await this.#again();
    }
    this.#lookLater();
  }

  #lookLater(): void {
    if (this.#isClosed) return;
    this.#look = setTimeout(() => void this.#lookAfter(), LOOK_MS);
    this.#look.unref();
  }

  async #lost(): Promise<void> {
    this.parts.log.warn(
      { stream: this.options.stream },
      'the cluster has lost records, or was restored: all are read anew',
    );
    await this.#again();
  }

  async #again(): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    const former = this.#messages;
    this.#messages = undefined;
    await former?.close();
    await this.#followAgain();
    this.#isReading = false;
  }

  async #followAgain(): Promise<void> {
    while (!this.#isClosed) {
      try {
        await this.#follow();
        return;
      } catch (error) {
        this.parts.log.warn({ err: error, stream: this.options.stream }, 'the records cannot be read yet');
        await new Promise((resolve) => setTimeout(resolve, START_AGAIN_MS));
      }
    }
  }
}
