/** Keeps a mirror up to date: reads a stream from its beginning, and goes on with what comes. */
import type { Log } from '../../log.js';
import { TRY_MS, type ConsumerMessages } from './connection.js';
import type { Nats } from './packages.js';
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

/** One consumer, from the beginning of the stream on. What comes of one that is over changes nothing. */
interface Reading {
  isOver: boolean;
  messages?: ConsumerMessages;
}

export class Follower<T> {
  /** The one that counts. */
  #reading: Reading | undefined;
  #look: NodeJS.Timeout | undefined;
  #isClosed = false;
  #isReadAgain = false;
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
    await this.#giveUp();
  }

  /** Reads the stream from its beginning, and goes on with what comes. Errors: unavailable, of NATS; then nothing more comes of it. */
  async #follow(): Promise<void> {
    const reading: Reading = { isOver: false };
    this.#reading = reading;
    try {
      await this.#read(reading);
    } catch (error) {
      await stop(reading);
      throw error;
    }
  }

  async #read(reading: Reading): Promise<void> {
    const { jetstream, packages } = this.parts.nats;
    this.mirror.beginReading();
    const end = await this.#end();
    const consumer = await jetstream.consumers.get(this.options.stream, {
      filter_subjects: `${this.options.prefix}>`,
      deliver_policy: packages.DeliverPolicy.LastPerSubject,
      headers_only: this.options.headersOnly,
    });
    const info = await consumer.info();
    const entries = new Map<string, Entry<T>>();
    let isRead = false;
    let position = 0;
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Unavailable()), READ_MS);
      const failed = (error: unknown): void => {
        clearTimeout(late);
        reject(error instanceof Error ? error : new Unavailable(error));
      };
      const done = (): void => {
        clearTimeout(late);
        isRead = true;
        this.mirror.replace({ entries, position, end });
        resolve();
      };
      const take = (key: string, entry: Entry<T>, pending: number): void => {
        if (reading.isOver) return;
        if (isRead) {
          this.mirror.follow(key, entry);
          for (const arrived of this.#arrived) arrived();
          return;
        }
        entries.set(key, entry);
        position = Math.max(position, entry.revision);
        if (pending === 0) done();
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
              take(key, this.options.entryOf({ subject, revision: seq, headers, body: data }), at.pending);
            }),
        })
        .then(async (messages) => {
          reading.messages = messages;
          // It came too late to be waited for.
          if (reading.isOver) {
            failed(new Unavailable());
            return messages.close();
          }
          void messages.closed().then((error) => (isRead ? this.#ended(reading, error) : failed(error)));
          if (info.num_pending === 0 && !isRead) done();
          return undefined;
        })
        .catch(failed);
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
  #ended(reading: Reading, error: unknown): void {
    if (reading.isOver || this.#isClosed) return;
    reading.isOver = true;
    this.parts.log.warn(
      { err: error, stream: this.options.stream },
      'nothing is heard of a stream any more: it is read anew',
    );
    void this.#again();
  }

  async #giveUp(): Promise<void> {
    if (this.#reading) await stop(this.#reading);
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
    if (this.#isReadAgain) return;
    this.#isReadAgain = true;
    await this.#giveUp();
    while (!this.#isClosed) {
      try {
        await this.#follow();
        // It may have ended already.
        if (this.#reading?.isOver === false) break;
      } catch (error) {
        this.parts.log.warn({ err: error, stream: this.options.stream }, 'the records cannot be read yet');
        await new Promise((resolve) => setTimeout(resolve, START_AGAIN_MS));
      }
    }
    this.#isReadAgain = false;
    // All may have been closed while this was under way.
    if (this.#isClosed) await this.#giveUp();
  }
}

/** Never fails: a consumer that cannot be closed is not listened to either. */
async function stop(reading: Reading): Promise<void> {
  reading.isOver = true;
  await reading.messages?.close().catch(() => undefined);
}
