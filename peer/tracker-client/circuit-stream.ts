/** A circuit as a stream of bytes, for TLS: each message is a piece of it, and neither side is faster than the other reads. */
import { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { CIRCUIT_FRAME_MAX } from '../../protocol/circuit.js';

/** Until a relay that does not close is left, and what nobody reads is dropped. Milliseconds. */
const CLOSE_MS = 1_000;

export class CircuitStream extends Duplex {
  #late: NodeJS.Timeout | undefined;

  constructor(private readonly socket: WebSocket) {
    super({ allowHalfOpen: false });
    socket.on('message', (data: Buffer, isBinary) => {
      // A relay says nothing more in text; whoever does is none.
      if (!isBinary) return void this.destroy(new Error('a circuit carries bytes'));
      if (!this.push(data)) socket.pause();
    });
    // What has come is read to its end; whoever does not read it is not waited for.
    socket.once('close', () => {
      if (this.destroyed) return;
      this.push(null);
      this.#late = setTimeout(() => this.destroy(), CLOSE_MS);
    });
    // Whoever takes the stream listens too; until then nobody would, which ends the process.
    this.on('error', () => undefined);
  }

  override _read(): void {
    this.socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    const { socket } = this;
    if (socket.readyState !== socket.OPEN) return done(new Error('the circuit has ended'));
    for (let at = 0; at < chunk.length; at += CIRCUIT_FRAME_MAX) {
      const piece = chunk.subarray(at, at + CIRCUIT_FRAME_MAX);
      const isLast = at + CIRCUIT_FRAME_MAX >= chunk.length;
      socket.send(piece, isLast ? (error) => done(error) : undefined);
    }
    if (chunk.length === 0) done();
  }

  override _final(done: (error?: Error | null) => void): void {
    this.socket.close();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    const { socket } = this;
    clearTimeout(this.#late);
    socket.resume();
    socket.close();
    const timer = setTimeout(() => socket.terminate(), CLOSE_MS);
    socket.once('close', () => clearTimeout(timer));
    if (socket.readyState === socket.CLOSED) clearTimeout(timer);
    done(error);
  }
}
