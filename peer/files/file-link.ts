/**
 * Lines and raw bytes on one connection for files (SPEC.md section 7), within bounds: a line is short, bytes come only after a line
 * that was asked for and go straight into one buffer, and reading stops while too many of them wait to be hashed and written.
 */
import { isUtf8 } from 'node:buffer';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { isParleyError, ParleyError } from '../../protocol/errors.js';
import { FILE_LINE_MAX, parseFileMessage, type FileMessage } from '../../protocol/file-messages.js';
import type { EntryId } from '../../protocol/ids.js';
import type { RemoteIdentity } from '../link/types.js';
import { release, type BufferPool } from './buffer-pool.js';

const NEWLINE = 10;
/** Chunks of one link that are being hashed and written. */
const IN_HAND_MAX = 3;
/** Of a chunk. */
const MOST = 0.75;
const NOTHING = Buffer.alloc(0);

export type BytesFollow = Extract<FileMessage, { type: 'manifest' | 'chunk' }>;

/** So that a chat beside it never waits for long: after so many bytes, read or written, all else that is due has its turn. */
export interface Turns {
  readonly bytes: number;
  /** Runs it once all else that is due now has run, and nobody waits for what a message needs of the disk. */
  readonly next: (run: () => void) => void;
}

export interface FileLinkParts {
  readonly pool: BufferPool;
  /** Milliseconds. */
  readonly now: () => number;
  /** Absent: nothing else is due here. */
  readonly turns?: Turns | undefined;
}

/** Whatever it throws of ParleyError ends the link: the other side has broken the rules. */
export interface FileLinkOwner {
  message(link: FileLink, message: Exclude<FileMessage, BytesFollow>): void;
  /** Before the bytes come. @throws ParleyError where nobody asked for them, or they are not as many as they have to be */
  announced(link: FileLink, message: BytesFollow): void;
  /** Most of the bytes of a chunk; not told where the rest comes at once. */
  nearlyHere(link: FileLink): void;
  /** All of them; none where it was cancelled. They may be used until it resolves; it never rejects. */
  received(link: FileLink, message: BytesFollow, bytes: Buffer): Promise<void>;
  /** Once. */
  closed(link: FileLink): void;
}

export class FileLink {
  readonly remote: RemoteIdentity;
  /** Milliseconds, by the clock that it was given: when anything came. */
  heard: number;
  private readonly socket: Duplex;
  private readonly pool: BufferPool;
  private readonly now: () => number;
  private readonly turns: Turns | undefined;
  private readonly held = Buffer.allocUnsafeSlow(FILE_LINE_MAX);
  private length = 0;
  /** What comes now. Without a buffer: not wanted any more, or a buffer is waited for. */
  private into:
    { readonly message: BytesFollow; buffer: Buffer | undefined; isWanted: boolean; at: number } | undefined;
  /** Arrived, and not looked at while a buffer is waited for. */
  private rest: { readonly bytes: Buffer; readonly at: number } | undefined;
  private inHand = 0;
  private waiting = false;
  /** Bytes that were read since it last rested. */
  private taken = 0;
  private resting = false;
  private over = false;
  /** Of the chunk that is being sent in pieces: what is still to come; lines wait until it has. */
  private owed = 0;
  private readonly lines: string[] = [];

  constructor(
    { socket, remote }: { readonly socket: Duplex; readonly remote: RemoteIdentity },
    private readonly owner: FileLinkOwner,
    { pool, now, turns }: FileLinkParts,
  ) {
    this.pool = pool;
    this.now = now;
    this.turns = turns;
    this.socket = socket;
    this.remote = remote;
    this.heard = now();
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.closed());
    socket.on('data', (bytes: Buffer) => {
      this.pace(bytes.length);
      this.guarded(() => this.read(bytes));
    });
  }

  get isOver(): boolean {
    return this.over;
  }

  /** Bytes that wait to be sent. */
  get queued(): number {
    return this.socket.writableLength + this.lines.reduce((sum, { length }) => sum + length, 0);
  }

  send(message: FileMessage): void {
    const line = lineOf(message);
    if (this.over) return;
    if (this.owed > 0) this.lines.push(line);
    else this.socket.write(line);
  }

  /**
   * The chunk is not wanted any more: whoever sends it slowly holds no buffer from now on. @returns whether it was not asked for yet, as the request waits behind a chunk that is being
   * sent: then it never is, and has no answer
   */
  cancel(entry: EntryId, chunk: number): boolean {
    const waiting = this.lines.indexOf(lineOf({ type: 'chunk_request', entry, chunk }));
    if (waiting < 0) this.send({ type: 'chunk_cancel', entry, chunk });
    else this.lines.splice(waiting, 1);
    const { into } = this;
    if (into?.message.type === 'chunk' && into.message.entry === entry && into.message.chunk === chunk) {
      into.isWanted = false;
      this.giveBack(into);
    }
    return waiting >= 0;
  }

  /**
   * The bytes may be fewer than the message announces: the rest comes by `sendRest`, and lines wait for it. Resolves when the system
   * has taken them, or the link is over.
   */
  sendBytes(message: BytesFollow, bytes: Uint8Array): Promise<void> {
    this.send(message);
    this.owed = message.length;
    return this.sendRest(bytes);
  }

  async sendRest(bytes: Uint8Array): Promise<void> {
    const most = this.turns?.bytes ?? Infinity;
    for (let at = 0; at < bytes.length && !this.over; at += most) {
      await this.sendPiece(bytes.subarray(at, at + most));
      if (this.turns && at + most < bytes.length) await new Promise<void>(this.turns.next);
    }
  }

  private sendPiece(bytes: Uint8Array): Promise<void> {
    this.owed -= bytes.length;
    return new Promise((resolve) => {
      this.socket.once('close', resolve);
      this.socket.write(bytes, () => {
        this.socket.off('close', resolve);
        resolve();
      });
      if (this.owed > 0) return;
      for (const line of this.lines.splice(0)) this.socket.write(line);
    });
  }

  close(): void {
    this.socket.destroy();
    this.closed();
  }

  private guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!isParleyError(error)) throw error;
      this.close();
    }
  }

  /** Stops reading for the rest of this turn, where it was enough. */
  private pace(bytes: number): void {
    this.taken += bytes;
    if (!this.turns || this.resting || this.taken < this.turns.bytes) return;
    this.resting = true;
    this.socket.pause();
    this.turns.next(() => {
      this.resting = false;
      this.taken = 0;
      this.goOn();
    });
  }

  private read(bytes: Buffer, from = 0): void {
    this.heard = this.now();
    for (let at = from; at < bytes.length && !this.over;) {
      if (this.waiting) {
        this.rest = { bytes, at };
        return;
      }
      at += this.into ? this.fill(this.into, bytes, at) : this.line(bytes, at);
    }
    // What any other stream hands over may be somebody's who still needs it.
    if (this.socket instanceof Socket) release(bytes);
  }

  /** @returns how many bytes it took */
  private fill(into: NonNullable<FileLink['into']>, bytes: Buffer, at: number): number {
    const { length } = into.message;
    const taken = Math.min(bytes.length - at, length - into.at);
    if (into.buffer) bytes.copy(into.buffer, into.at, at, at + taken);
    const wasFar = into.at < length * MOST;
    into.at += taken;
    if (into.at === length) this.filled(into);
    else if (wasFar && into.at >= length * MOST && into.message.type === 'chunk') this.owner.nearlyHere(this);
    return taken;
  }

  private line(bytes: Buffer, at: number): number {
    const found = bytes.indexOf(NEWLINE, at);
    const end = found < 0 ? bytes.length : found;
    if (this.length + end - at > FILE_LINE_MAX) throw new ParleyError('line_too_long');
    this.length += bytes.copy(this.held, this.length, at, end);
    if (found < 0) return end - at;
    const line = this.held.subarray(0, this.length);
    this.length = 0;
    if (!isUtf8(line)) throw new ParleyError('bad_json');
    const text = line.toString().trim();
    const message = text === '' ? undefined : parseFileMessage(text);
    if (message) this.hear(message);
    return end + 1 - at;
  }

  private hear(message: FileMessage): void {
    if (message.type !== 'manifest' && message.type !== 'chunk') {
      this.owner.message(this, message);
      return;
    }
    this.owner.announced(this, message);
    if (message.type === 'chunk') this.takeBuffer(message);
    else this.begin({ message, buffer: Buffer.allocUnsafe(message.length), isWanted: true, at: 0 });
  }

  private takeBuffer(message: BytesFollow): void {
    const into: NonNullable<FileLink['into']> = { message, buffer: undefined, isWanted: true, at: 0 };
    this.into = into;
    this.waiting = true;
    this.socket.pause();
    void this.pool.take().then((buffer) => {
      if (this.over || !into.isWanted) this.pool.give(buffer);
      else into.buffer = buffer;
      if (this.over) return;
      this.waiting = false;
      this.begin(into);
      this.goOn();
    });
  }

  private begin(into: NonNullable<FileLink['into']>): void {
    this.into = into;
    if (into.message.length === 0) this.filled(into);
  }

  private filled(into: NonNullable<FileLink['into']>): void {
    this.into = undefined;
    this.inHand += 1;
    const { message, buffer } = into;
    void this.owner.received(this, message, buffer?.subarray(0, message.length) ?? NOTHING).then(() => {
      this.inHand -= 1;
      this.giveBack(into);
      this.goOn();
    });
    if (this.inHand >= IN_HAND_MAX) this.socket.pause();
  }

  private giveBack(into: NonNullable<FileLink['into']>): void {
    if (into.buffer && into.message.type === 'chunk') this.pool.give(into.buffer);
    into.buffer = undefined;
  }

  private goOn(): void {
    if (!this.mayRead()) return;
    const rest = this.rest;
    this.rest = undefined;
    if (rest) this.guarded(() => this.read(rest.bytes, rest.at));
    if (this.mayRead()) this.socket.resume();
  }

  private mayRead(): boolean {
    return !this.over && !this.waiting && !this.resting && this.inHand < IN_HAND_MAX;
  }

  private closed(): void {
    if (this.over) return;
    this.over = true;
    if (this.into) this.giveBack(this.into);
    this.into = undefined;
    this.rest = undefined;
    this.owner.closed(this);
  }
}

function lineOf(message: FileMessage): string {
  return `${JSON.stringify(message)}\n`;
}
