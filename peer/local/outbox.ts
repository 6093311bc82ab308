import type { Duplex } from 'node:stream';
import { textFrames } from './frames.js';

/**
 * What one socket is sent, in order, written once a tick. It writes ready frames to the connection itself: the WebSocket
 * must be open, not compress, and be otherwise silent but for control frames.
 */
export class Outbox {
  readonly #parts: Buffer[] = [];
  #texts: string[] = [];
  #queued = 0;

  constructor(private readonly socket: Duplex) {}

  /** Frames that are ready, perhaps shared with other sockets. */
  frames(frames: Buffer): void {
    this.#join();
    this.#parts.push(frames);
    this.#queued += frames.length;
  }

  /** A frame of its own. */
  text(text: string): void {
    this.#texts.push(text);
    this.#queued += text.length;
  }

  /** Bytes that the connection has not taken yet. */
  get unsent(): number {
    return this.socket.writableLength;
  }

  /** The same, and about how much of this tick will be added. */
  get waiting(): number {
    return this.unsent + this.#queued;
  }

  flush(): void {
    this.#queued = 0;
    this.#join();
    const parts = this.#parts.splice(0);
    if (parts.length > 1) this.socket.cork();
    for (const part of parts) this.socket.write(part);
    if (parts.length > 1) this.socket.uncork();
  }

  clear(): void {
    this.#parts.length = 0;
    this.#texts = [];
    this.#queued = 0;
  }

  #join(): void {
    if (this.#texts.length === 0) return;
    this.#parts.push(textFrames(this.#texts));
    this.#texts = [];
  }
}
