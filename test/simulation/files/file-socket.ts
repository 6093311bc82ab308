/**
 * One end of a simulated connection for files, as the real file link sees its socket. What is long is carried by the bytes that
 * stand for it, in one piece or, where the way is slow, in several.
 */
import { EventEmitter } from 'node:events';
import { FILE_CHUNK } from '../../../protocol/files.js';
import type { DeviceId } from '../../../protocol/ids.js';
import type { Random } from '../random.js';
import type { Schedule } from '../schedule.js';
import type { Host } from '../side.js';
import { bodyOf, isLong } from './contents.js';

export interface SocketWorld {
  readonly schedule: Schedule;
  readonly random: Random;
  /** Whether what the first sends does not reach the second, for now. */
  blocked(from: Host, to: Host): boolean;
  unsettled(): void;
  /** What one end has written, whole. */
  wrote(socket: FileSocket, bytes: string | Uint8Array): void;
}

interface Packet {
  readonly length: number;
  readonly body: Buffer;
  /** Read there. */
  at: number;
  /** Not there before. */
  readonly ready: number;
  readonly done: (() => void) | undefined;
}

const PIECE_MS = 3_000;
const PIECE_MIN = 64 * 1024;
const AGAIN_MS = 300;

/** Whatever is long comes out of here: who reads copies it at once. */
const wire = Buffer.alloc(FILE_CHUNK);

export class FileSocket extends EventEmitter {
  other: FileSocket | undefined;
  /** As it was proven when it was made: the process after this one may have another key. */
  readonly device: DeviceId;
  destroyed = false;
  /** Bytes that were not read there yet. */
  writableLength = 0;
  private packets: Packet[] = [];
  private pumping = false;
  private paused = false;

  constructor(
    private readonly world: SocketWorld,
    readonly host: Host,
    /** Milliseconds, one way. */
    private readonly latency: number,
  ) {
    super();
    this.device = host.device;
  }

  write(bytes: string | Uint8Array, done?: () => void): boolean {
    if (this.destroyed) return false;
    this.world.wrote(this, bytes);
    const raw = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
    const ready = this.world.schedule.now + this.latency;
    this.packets.push({ length: raw.length, body: bodyOf(raw), at: 0, ready, done });
    this.writableLength += raw.length;
    this.pump();
    return true;
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    if (!this.paused) return;
    this.paused = false;
    this.other?.pump();
  }

  /** Both ends hear of it: this one soon, the other when the way is free. */
  destroy(): void {
    if (this.destroyed) return;
    this.lose();
    this.world.schedule.soon(() => this.closed());
    this.end();
  }

  /** The process at this end is gone: it hears of nothing. */
  lose(): void {
    this.destroyed = true;
    this.packets = [];
  }

  /** The other end hears that this one is gone. */
  end(): void {
    const { schedule, blocked } = this.world;
    const { other } = this;
    if (!other) return;
    schedule.after(this.latency, () => {
      if (blocked(this.host, other.host)) schedule.after(AGAIN_MS, () => this.end());
      else if (!other.destroyed) {
        other.lose();
        other.closed();
      }
    });
  }

  private closed(): void {
    this.emit('close');
    this.removeAllListeners();
    this.world.unsettled();
  }

  /** Has what comes next arrive when it is due; one appointment at a time. */
  private pump(): void {
    const [first] = this.packets;
    const { other, world } = this;
    if (this.pumping || !first || !other || other.paused || other.destroyed) return;
    this.pumping = true;
    const rate = Math.min(this.host.rate, other.host.rate);
    const left = first.length - first.at;
    let piece = Math.min(left, Math.max(PIECE_MIN, Math.floor(rate * PIECE_MS)));
    if (isLong(piece) && first.at === 0 && world.random.chance(0.2)) piece = Math.ceil(piece / 2);
    const wait = Math.max(0, first.ready - world.schedule.now) + piece / rate;
    world.schedule.after(wait, () => {
      this.pumping = false;
      if (this.destroyed || other.destroyed) return;
      if (world.blocked(this.host, other.host)) world.schedule.after(AGAIN_MS, () => this.pump());
      else {
        if (!other.paused) this.arrive(first, piece, other);
        this.pump();
      }
    });
  }

  private arrive(first: Packet, piece: number, other: FileSocket): void {
    if (isLong(first.length)) {
      if (first.at === 0) first.body.copy(wire);
      const { at } = first;
      first.at += piece;
      this.taken(piece);
      if (first.at === first.length) this.packets.shift();
      other.emit('data', wire.subarray(at, at + piece));
      if (first.at === first.length) first.done?.();
      return;
    }
    // What is short comes together with what is short and came with it.
    const { now } = this.world.schedule;
    const end = this.packets.findIndex(({ length, ready }) => isLong(length) || ready > now);
    const together = this.packets.splice(0, end < 0 ? this.packets.length : Math.max(1, end));
    for (const { length } of together) this.taken(length);
    other.emit('data', Buffer.concat(together.map(({ body }) => body)));
    for (const { done } of together) done?.();
  }

  private taken(bytes: number): void {
    this.writableLength -= bytes;
    this.world.unsettled();
  }
}
