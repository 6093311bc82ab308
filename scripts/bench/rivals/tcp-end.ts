/** A connection of a rival's clients: plain TCP, as these servers are measured at their best. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { End } from '../chain.js';

const ANSWER_MS = 10_000;

export interface Speech {
  /** The next frames of what has come, and what is left of it. */
  split(buffered: string): { readonly frames: readonly string[]; readonly rest: string };
  /** What is answered to a frame at once; absent: nothing ever is. */
  answer?(frame: string): string | undefined;
}

/** Bytes are letters of Latin-1, so that a protocol of bytes is one of texts. */
export class TcpEnd implements End {
  readonly #frames = new Set<(frame: string) => void>();
  #rest = '';

  private constructor(
    readonly connection: Socket,
    private readonly speech: Speech,
  ) {
    connection.setEncoding('latin1');
    connection.on('error', () => undefined);
    connection.on('data', (chunk: string) => this.#take(chunk));
  }

  static async open(port: number, speech: Speech): Promise<TcpEnd> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    return new TcpEnd(socket, speech);
  }

  send(frame: string): void {
    this.connection.write(frame, 'latin1');
  }

  onFrame(listener: (frame: string) => void): void {
    this.#frames.add(listener);
  }

  onClose(listener: (why: string) => void): void {
    this.connection.on('close', () => listener('the server hung up'));
  }

  close(): void {
    this.connection.destroy();
  }

  /** Sends, and waits for the first frame that fits. */
  async ask(frame: string, fits: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void): void => {
        clearTimeout(timer);
        this.#frames.delete(hear);
        settle();
      };
      const hear = (heard: string): void => {
        const found = fits.exec(heard);
        if (found) end(() => resolve(found));
      };
      const timer = setTimeout(() => end(() => reject(new Error(`no answer that fits ${fits}`))), ANSWER_MS);
      this.onFrame(hear);
      this.send(frame);
    });
  }

  #take(chunk: string): void {
    const { frames, rest } = this.speech.split(this.#rest + chunk);
    this.#rest = rest;
    for (const frame of frames) {
      const answer = this.speech.answer?.(frame);
      if (answer !== undefined) this.send(answer);
      for (const hear of this.#frames) hear(frame);
    }
  }
}
