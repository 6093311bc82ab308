import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';

/**
 * What one socket is sent, in order: a frame each, all of a tick in one write. (Corked, a frame costs a quarter of what it
 * costs with a write of its own.)
 */
export class Outbox {
  #frames: (string | Buffer)[] = [];
  #length = 0;

  constructor(
    private readonly socket: WebSocket,
    /** The connection below it. */
    private readonly connection: Duplex,
  ) {}

  /** Text, or its bytes where they are shared with other sockets. */
  add(frame: string | Buffer): void {
    this.#frames.push(frame);
    this.#length += frame.length;
  }

  /** Bytes that the connection has not taken yet. */
  get unsent(): number {
    return this.socket.bufferedAmount;
  }

  /** The same, and about how much of this tick will be added. */
  get waiting(): number {
    return this.unsent + this.#length;
  }

  flush(): void {
    const frames = this.#frames;
    this.clear();
    if (frames.length === 0) return;
    this.connection.cork();
    for (const frame of frames) this.socket.send(frame, { binary: false });
    this.connection.uncork();
  }

  clear(): void {
    this.#frames = [];
    this.#length = 0;
  }
}
