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
          callback: (message) => {
            const headers = new Map([...(message.headers ?? [])].map(([name, [value = '']]) => [name, value] as const));
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
          },
        })
        .then((messages) => {
          this.#messages = messages;
          if (info.num_pending === 0) done();
        }, reject);
    });
  }

  /** Waits until all is here that the leader has now. Errors: unavailable. */
  async catchUp(): Promise<void> {
    const end = await this.#end();
    if (end < this.mirror.position) await this.#again();
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

  /** Whether there is a leader; and a stream that is shorter than what is known has lost something, and is read anew. */
  async #lookAfter(): Promise<void> {
    const end = await this.parts.streams.end(this.options.stream);
    if (end !== undefined && end < this.mirror.position) await this.#again();
    this.#lookLater();
  }

  #lookLater(): void {
    if (this.#isClosed) return;
    this.#look = setTimeout(() => void this.#lookAfter(), LOOK_MS);
    this.#look.unref();
  }

  async #again(): Promise<void> {
    this.parts.log.warn(
      { stream: this.options.stream },
      'the cluster has lost records, or was restored: all are read anew',
    );
    await this.#messages?.close();
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
