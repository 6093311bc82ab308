/**
 * Between a stream of JavaScript (a relayed circuit, a pipe in memory) and TLS. TLS over such a stream has two traps in
 * Node, which a hostile certificate can spring to end the process (ERR_OUT_OF_RANGE in onStreamRead, Node 20):
 * - bytes that arrive while a TLS socket dies of an error, before the turn of the loop is over, throw where nobody can
 *   catch; so here at most one chunk arrives in a turn;
 * - what TLS writes lies in memory that it uses again; so here it is copied before it goes on.
 */
import { Duplex } from 'node:stream';

/** What TLS takes in at once; a larger chunk would arrive in several pieces of one turn. */
const PIECE = 16 * 1024;

export class TlsStream extends Duplex {
  #arrived: Buffer | undefined;
  #ended = false;
  #turn: NodeJS.Immediate | undefined;

  constructor(private readonly stream: Duplex) {
    super({ allowHalfOpen: false });
    stream.on('data', (chunk: Buffer) => {
      stream.pause();
      this.#arrived = this.#arrived ? Buffer.concat([this.#arrived, chunk]) : chunk;
      this.#schedule();
    });
    stream.on('end', () => {
      this.#ended = true;
      this.#schedule();
    });
    stream.on('error', (error: Error) => this.destroy(error));
    stream.on('close', () => {
      // What has come is delivered first.
      this.#ended = true;
      if (this.#arrived) this.#schedule();
      else this.destroy();
    });
    stream.pause();
  }

  override _read(): void {
    if (this.#arrived || this.#ended) this.#schedule();
    else this.stream.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.stream.write(Buffer.from(chunk), (error) => done(error));
  }

  override _final(done: (error?: Error | null) => void): void {
    this.stream.end(() => done());
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    if (this.#turn) clearImmediate(this.#turn);
    this.#arrived = undefined;
    this.stream.destroy();
    done(error);
  }

  #schedule(): void {
    this.#turn ??= setImmediate(() => {
      this.#turn = undefined;
      this.#deliver();
    });
  }

  #deliver(): void {
    const arrived = this.#arrived;
    if (arrived) {
      this.#arrived = arrived.length > PIECE ? arrived.subarray(PIECE) : undefined;
      this.push(arrived.subarray(0, PIECE));
    } else if (this.#ended) {
      this.push(null);
    }
  }
}
