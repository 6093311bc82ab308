/**
 * One noun's records by key, in a stream that keeps the last message of each subject (the form of NATS's own key-value buckets).
 * The node holds all of them in memory. A write is told here before its promise resolves, and to the other nodes by the stream.
 */
import { Follower, type FollowerParts } from './follower.js';
import { Mirror, type Change, type Entry } from './mirror.js';
import { Unavailable, type Message } from './streams.js';

export interface BucketOptions<T> {
  name: string;
  /** Records that nobody wrote for so long are dropped, without a word. Milliseconds. */
  maxAge?: number;
  /** How a message becomes a value. Errors: what it is is not known, and it is left out. */
  read?: (message: Message) => T;
  /** The bodies stay in the stream. */
  headersOnly?: boolean;
}

export interface BucketParts extends FollowerParts {
  replicas: number;
}

const OPERATION = 'KV-Operation';
/** Others may be faster so often: with three trackers that start at once, each makes the same channels. */
const TRIES = 64;
const HISTORY = 8;

export class Bucket<T> {
  readonly mirror: Mirror<T>;
  readonly #stream: string;
  readonly #prefix: string;
  readonly #follower: Follower<T>;
  #oneAtATime: Promise<unknown> = Promise.resolve();
  readonly #updates = new Map<string, Promise<void>>();

  private constructor(
    private readonly parts: BucketParts,
    private readonly options: BucketOptions<T>,
  ) {
    this.#stream = `KV_parley_${options.name}`;
    this.#prefix = `$KV.parley_${options.name}.`;
    this.mirror = new Mirror<T>((error) =>
      parts.log.error({ err: error, stream: this.#stream }, 'a change of a record was not taken'),
    );
    this.#follower = new Follower<T>(
      parts,
      {
        ...{ stream: this.#stream, prefix: this.#prefix, headersOnly: options.headersOnly === true },
        entryOf: (message) => this.#entryOf(message),
      },
      this.mirror,
    );
  }

  /** Makes the bucket where it is missing, and reads it. Errors: of NATS. */
  static async open<T>(parts: BucketParts, options: BucketOptions<T>): Promise<Bucket<T>> {
    const bucket = new Bucket<T>(parts, options);
    await bucket.#create();
    await bucket.#follower.start();
    return bucket;
  }

  /** As far as this node knows. */
  get(key: string): T | undefined {
    return this.mirror.get(key);
  }

  /** What this node does not know is asked of the leader, who knows all. Errors: unavailable. */
  async find(key: string): Promise<T | undefined> {
    return this.mirror.get(key) ?? (await this.#ask(key));
  }

  watch(listener: (change: Change<T>) => void): () => void {
    return this.mirror.watch(listener);
  }

  /** False when there is one. Errors: unavailable, storage_full. */
  async create(key: string, value: T): Promise<boolean> {
    let isMade = false;
    await this.update(key, (known) => {
      isMade = known === undefined;
      return isMade ? value : undefined;
    });
    return isMade;
  }

  /**
   * Writes what `change` makes of the value; undefined: nothing. It is asked again when another node was faster.
   * @returns the value that is there then. Errors: unavailable, storage_full.
   */
  update(key: string, change: (value: T | undefined) => T | undefined): Promise<T | undefined> {
    // One at a time for a key: those of this node are then never in each other's way.
    const updated = (this.#updates.get(key) ?? Promise.resolve()).then(() => this.#update(key, change));
    const done = updated
      .catch(() => undefined)
      .then(() => {
        if (this.#updates.get(key) === done) this.#updates.delete(key);
      });
    this.#updates.set(key, done);
    return updated;
  }

  async #update(key: string, change: (value: T | undefined) => T | undefined): Promise<T | undefined> {
    if (this.mirror.get(key) === undefined && change(undefined) === undefined) await this.#ask(key);
    let base: Entry<T> = { value: this.mirror.get(key), revision: this.mirror.revision(key) };
    let isOverwritten = false;
    for (let tries = 0; tries < TRIES; tries += 1) {
      const next = change(base.value);
      if (next === undefined && !isOverwritten) return base.value;
      const value = next ?? base.value;
      const revision = await this.#send(key, value, { lastOfSubject: base.revision });
      const overwritten = revision === 'conflict' ? undefined : await this.#between(key, base.revision, revision);
      if (revision !== 'conflict' && !overwritten) {
        this.mirror.learn(key, { value, revision });
        return value;
      }
      isOverwritten = revision !== 'conflict';
      if (revision === 'conflict') {
        await this.#ask(key);
        base = { value: this.mirror.get(key), revision: this.mirror.revision(key) };
      } else {
        // What it should have been made from; and it stands there instead, so that something is to be written in any case.
        base = { value: overwritten?.value, revision };
      }
    }
    throw new Unavailable();
  }

  /**
   * A server of a cluster looks only at what it has stored when it compares revisions (2.9 was seen to): of two writes that are
   * under way at once it takes both. So who has written looks what came before. @returns what was overwritten without being known
   */
  async #between(key: string, expected: number, written: number): Promise<Entry<T> | undefined> {
    if (expected === 0) return undefined;
    const { stream, subject } = this.#at(key);
    // What was written is written, whether this can be asked or not.
    const next = await this.parts.streams.next(stream, subject, expected + 1).catch(() => undefined);
    return next && next.revision < written ? this.#entryOf(next) : undefined;
  }

  /** Whatever is there. Errors: unavailable, storage_full. */
  async put(key: string, value: T): Promise<void> {
    await this.#write(key, value, {});
  }

  /** With a body of its own, of which only the value that is given is kept in memory. Errors: unavailable, storage_full. */
  async putBody(key: string, value: T, body: Uint8Array, headers: Readonly<Record<string, string>>): Promise<void> {
    const revision = await this.parts.streams.write({ ...this.#at(key), body, headers, lastOfSubject: 0 });
    if (revision === 'conflict') throw new Unavailable();
    this.mirror.learn(key, { value, revision });
  }

  /** The whole of a record, where its body is not in memory. Errors: unavailable. */
  async message(revision: number): Promise<Message | undefined> {
    const message = await this.parts.streams.at(this.#stream, revision);
    return message?.headers.has(OPERATION) === true ? undefined : message;
  }

  /** False when there was none. Errors: unavailable. */
  async remove(key: string): Promise<boolean> {
    if (this.mirror.get(key) === undefined) await this.#ask(key);
    for (let tries = 0; tries < TRIES; tries += 1) {
      if (this.mirror.get(key) === undefined) return false;
      if (await this.#write(key, undefined, { lastOfSubject: this.mirror.revision(key) })) return true;
      await this.#ask(key);
    }
    throw new Unavailable();
  }

  /**
   * Writes a new record only if `isFree` says so of all that is in the bucket: of two nodes at once one succeeds. Only for buckets
   * from which nothing is ever removed. Errors: unavailable, storage_full.
   */
  createIf(key: string, value: T, isFree: () => boolean): Promise<boolean> {
    return this.writeInView(key, (known) => (known === undefined && isFree() ? value : undefined));
  }

  /**
   * Writes what `make` makes of the value and of all that is in the bucket; undefined: nothing. It is asked again when another node
   * has written anything meanwhile. @returns whether it was written. Errors: unavailable, storage_full.
   */
  writeInView(key: string, make: (known: T | undefined) => T | undefined): Promise<boolean> {
    const made = this.#oneAtATime.then(() => this.#writeInView(key, make));
    this.#oneAtATime = made.catch(() => undefined);
    return made;
  }

  async #writeInView(key: string, make: (known: T | undefined) => T | undefined): Promise<boolean> {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const value = make(this.mirror.get(key));
      if (value === undefined) return false;
      if (await this.#write(key, value, { lastOfStream: this.mirror.position })) return true;
      await this.#follower.catchUp();
    }
    throw new Unavailable();
  }

  /** Clears away the traces of what was removed. The others have heard of it long ago, or read everything anew. */
  async clearRemoved(): Promise<void> {
    const removed = [...this.mirror.removed()];
    for (const [key, revision] of removed) {
      const filter = this.#prefix + key;
      await this.parts.nats.manager.streams.purge(this.#stream, { filter, seq: revision + 1 });
      this.mirror.forget(key, revision);
    }
  }

  async close(): Promise<void> {
    await this.#follower.close();
  }

  #at(key: string): { stream: string; subject: string } {
    return { stream: this.#stream, subject: this.#prefix + key };
  }

  async #write(
    key: string,
    value: T | undefined,
    expected: { lastOfSubject?: number; lastOfStream?: number },
  ): Promise<boolean> {
    const revision = await this.#send(key, value, expected);
    if (revision === 'conflict') return false;
    this.mirror.learn(key, { value, revision });
    return true;
  }

  #send(
    key: string,
    value: T | undefined,
    expected: { lastOfSubject?: number; lastOfStream?: number },
  ): Promise<number | 'conflict'> {
    const gone = value === undefined ? { headers: { [OPERATION]: 'DEL' } } : {};
    const body = value === undefined ? '' : JSON.stringify(value);
    return this.parts.streams.write({ ...this.#at(key), body, ...gone, ...expected });
  }

  async #ask(key: string): Promise<T | undefined> {
    const known = this.mirror.revision(key);
    const { stream, subject } = this.#at(key);
    const message = await this.parts.streams.last(stream, subject);
    if (message) this.mirror.learn(key, this.#entryOf(message));
    else this.mirror.forget(key, known);
    return this.mirror.get(key);
  }

  #entryOf(message: Message): Entry<T> {
    const { revision, headers, subject } = message;
    if (headers.has(OPERATION)) return { revision, value: undefined };

    try {
      return {
        revision,
        value: this.options.read ? this.options.read(message) : (JSON.parse(Buffer.from(message.body).toString()) as T),
      };
    } catch (error) {
      this.parts.log.error({ err: error, subject, revision }, 'a record of the cluster cannot be read');
      return { revision, value: undefined };
    }
  }

  async #create(): Promise<void> {
    const { manager, packages } = this.parts.nats;
    const config = {
      name: this.#stream,
      subjects: [`${this.#prefix}>`],
      num_replicas: this.parts.replicas,
      // More than one, so that it can be seen what a write has overwritten.
      max_msgs_per_subject: this.options.headersOnly === true ? 1 : HISTORY,
      max_age: packages.nanos(this.options.maxAge ?? 0),
      // A write is sent again with its id within some seconds.
      duplicate_window: packages.nanos(60_000),
      discard: packages.DiscardPolicy.New,
      allow_rollup_hdrs: true,
    };
    const isThere = await manager.streams.info(this.#stream).then(
      () => true,
      () => false,
    );
    if (!isThere) await manager.streams.add(config);
  }
}
