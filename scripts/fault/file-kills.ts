/**
 * One file from a real peer to another, both of which are killed again and again while it comes (issue of files: the right hash at
 * the end, and nothing sent again but what was on its way). Who is killed, and after how many bytes, follows from the seed.
 */
import { createCipheriv, createHash } from 'node:crypto';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { FILE_CHUNK } from '../../protocol/files.js';
import { FileDoor, type SentFile } from './file-door.js';
import { Fleet } from './fleet.js';
import { Line } from './line.js';
import { seededRandom, type SeededRandom } from './seeded-random.js';
import { Window } from './window.js';

export interface FileKillOptions {
  readonly folder: string;
  readonly program: string;
  /** Bytes: whole MiB. */
  readonly size: number;
  /** Half of them at each end. */
  readonly kills: number;
  readonly seed: number;
  readonly say?: (line: string) => void;
  /** Where the daemons' logs are kept. */
  readonly logs?: string;
}

export interface FileKillReport {
  readonly seed: number;
  readonly size: number;
  /** That really happened while it came. */
  readonly kills: { readonly source: number; readonly receiver: number };
  /** Bytes that went from the source to the receiver, with all that TLS, and a chat link for each start, add. */
  readonly carried: number;
  /** Of these, besides the file. */
  readonly again: number;
  readonly isRight: boolean;
  readonly problems: readonly string[];
  readonly seconds: number;
}

const MIB = 1024 * 1024;
/** 22 bytes a record of 16 KiB, and a line a chunk. */
const TLS_PART = 0.0016;
/** Handshakes of a chat link and a file link, and what they say before the file. */
const LINK_BYTES = 32 * 1024;
const CONVERSATION = '#general';
/** Of the file, before the last kill: so that it is on its way at each of them, with all that may still lie between both ends. */
const PART = 0.7;
/** Between two kills at least: more than links say of themselves before a file. Bytes. */
const GAP_MIN = 8 * LINK_BYTES;
const WITHIN_MS = 300_000;

/** One chunk a kill, and what TLS, and a chat link for each start, add. Bytes. */
export function allowedAgain({ size, kills: { source, receiver } }: FileKillReport): number {
  const starts = source + receiver + 1;
  return (source + receiver) * FILE_CHUNK + Math.ceil(size * TLS_PART) + starts * LINK_BYTES;
}

export async function runFileKills(options: FileKillOptions): Promise<FileKillReport> {
  const began = Date.now();
  const run = new FileKillRun(options);
  try {
    await run.begin();
    await run.kill();
    const isRight = await run.settle();
    return { ...run.facts(), isRight, seconds: (Date.now() - began) / 1000 };
  } finally {
    await run.close();
  }
}

class FileKillRun {
  readonly #random: SeededRandom;
  readonly #fleet: Fleet;
  readonly #kills = { source: 0, receiver: 0 };
  readonly #hash = createHash('sha256');
  #line: Line | undefined;
  #door: FileDoor | undefined;
  /** Resolves when it is at bob's, as the window that is open now hears. */
  #arrived = new Promise<true>(() => undefined);
  #sent: SentFile | undefined;
  #expected = '';

  constructor(private readonly options: FileKillOptions) {
    this.#random = seededRandom(options.seed);
    this.#fleet = new Fleet(join(options.folder, 'file-kills'), options.program);
  }

  /** Both were certified, but never told of each other: all that goes from one to the other is counted. */
  async begin(): Promise<void> {
    const { size } = this.options;
    await this.#fleet.tracker.start();
    await (await this.#fleet.addPeer('bob')).stop();
    // A tracker that starts anew has forgotten where bob was.
    await this.#fleet.tracker.kill9();
    await this.#fleet.tracker.start();
    const source = await this.#fleet.addPeer('alice');
    await this.#fleet.tracker.kill9();
    this.#line = await Line.to(source.ready.p2p);
    const window = await Window.open(source.ready);
    this.#sent = await new FileDoor(window, source.ready.ui).send(this.#content(), size, 'large.bin', CONVERSATION);
    window.close();
    this.#expected = this.#hash.digest('hex');
    await this.#startReceiver();
    await this.#connected();
  }

  /** The line carries nothing beyond the next kill until it has happened: so nothing depends on how fast anything is. */
  async kill(): Promise<void> {
    const { kills, say } = this.options;
    const victims = this.#shuffled(Array.from({ length: kills }, (_, n) => (n % 2 === 0 ? 'source' : 'receiver')));
    const points = this.#points(kills);
    this.#way.holdAt(points[0]);
    await this.#receiver.fetch(this.#file);
    for (const [n, victim] of victims.entries()) {
      const due = this.#way.reached(points[n] ?? 0).then(() => false);
      if (await within(Promise.race([this.#arrived, due]), `bytes after ${n} kills`)) return;
      const next = points[n + 1];
      const after = (): number | undefined => next && Math.max(next, this.#way.carried + GAP_MIN);
      await (victim === 'source' ? this.#killSource(after) : this.#killReceiver(after));
      this.#kills[victim]++;
      if ((n + 1) % 10 === 0) say?.(`${n + 1} kills, ${(this.#way.carried / MIB).toFixed(0)} MiB carried`);
    }
  }

  /** @returns whether the file is the right one */
  async settle(): Promise<boolean> {
    await this.#receiver.arrived(this.#file, WITHIN_MS);
    const hash = await this.#receiver.hashOf(this.#file.sha256);
    return hash === this.#expected && hash === this.#file.sha256;
  }

  facts(): Omit<FileKillReport, 'isRight' | 'seconds'> {
    const { seed, size } = this.options;
    const { carried } = this.#way;
    const signs = ['"level":60', 'bug:', 'Node.js v'];
    const problems = [...this.#fleet.peers.values()].flatMap(({ name, log }) =>
      log.filter((line) => signs.some((sign) => line.includes(sign))).map((line) => `${name}: ${line.slice(0, 300)}`),
    );
    return { seed, size, kills: this.#kills, carried, again: carried - size, problems };
  }

  async close(): Promise<void> {
    this.#door?.window.close();
    await this.#fleet.close(this.options.logs);
    await this.#line?.close();
  }

  get #way(): Line {
    if (!this.#line) throw new Error('bug: there is no line yet');
    return this.#line;
  }

  get #receiver(): FileDoor {
    if (!this.#door) throw new Error('bug: bob does not run yet');
    return this.#door;
  }

  get #file(): SentFile {
    if (!this.#sent) throw new Error('bug: there is no file yet');
    return this.#sent;
  }

  /** @param after how far the line carries then */
  async #killSource(after: () => number | undefined): Promise<void> {
    const source = this.#fleet.peer('alice');
    await source.kill9();
    // What she has sent still arrives, and then the end of the links.
    this.#way.holdAt();
    await this.#receiver.window.until(() => !this.#receiver.window.linkedTo('alice'), 'bob missing alice');
    this.#way.holdAt(after());
    await source.start();
    this.#connect();
  }

  /** @param after how far the line carries then */
  async #killReceiver(after: () => number | undefined): Promise<void> {
    await this.#fleet.peer('bob').kill9();
    this.#receiver.window.close();
    this.#way.holdAt(after());
    await this.#startReceiver();
  }

  async #startReceiver(): Promise<void> {
    const bob = this.#fleet.peer('bob');
    await bob.start();
    const window = await Window.open(bob.ready);
    const door = new FileDoor(window, bob.ready.ui);
    this.#door = door;
    this.#arrived = new Promise((resolve) =>
      window.onFrame(() => {
        if (door.isHere(this.#file)) resolve(true);
      }),
    );
    this.#connect();
  }

  /**
   * By hand, as where no tracker knows the address: nothing waits for their own next attempt. Where that is quicker, or the line holds, the
   * answer is of no interest: what shows a link is what it carries.
   */
  #connect(): void {
    void this.#receiver.window.command('peer.connect', {
      username: 'alice',
      host: '127.0.0.1',
      port: this.#way.port,
    });
  }

  #connected(): Promise<void> {
    const { window } = this.#receiver;
    return window.until(() => window.linkedTo('alice'), 'the link of bob and alice');
  }

  /** When each is killed, in bytes that have been carried: random, before the same part of the file. */
  #points(count: number): number[] {
    const weights = Array.from({ length: count }, () => 1 + this.#random.int(1_000));
    const all = weights.reduce((sum, weight) => sum + weight, 0);
    const free = PART * this.options.size - count * GAP_MIN;
    let at = this.#way.carried;
    return weights.map((weight) => (at += GAP_MIN + Math.floor((weight * free) / all)));
  }

  #shuffled<T>(list: T[]): T[] {
    const rest = [...list];
    return list.map(() => rest.splice(this.#random.int(rest.length), 1)[0] as T);
  }

  /** Without a pattern: AES of zeros, under the seed. */
  #content(): Readable {
    const key = createHash('sha256').update(String(this.options.seed)).digest().subarray(0, 16);
    const cipher = createCipheriv('aes-128-ctr', key, Buffer.alloc(16));
    const zeros = Buffer.alloc(MIB);
    const { size } = this.options;
    const hash = this.#hash;
    return Readable.from(
      (function* () {
        for (let at = 0; at < size; at += MIB) {
          const piece = cipher.update(zeros);
          hash.update(piece);
          yield piece;
        }
      })(),
    );
  }
}

async function within<T>(awaited: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: not within ${WITHIN_MS} ms`)), WITHIN_MS);
  });
  try {
    return await Promise.race([awaited, late]);
  } finally {
    clearTimeout(timer);
  }
}
