/** One connection of the line door: bytes → the machine → the user's peer, at a measured pace; what it is told, within a bound. */
import type { Duplex } from 'node:stream';
import { isParleyError, ParleyError, type ErrorCode } from '../../../protocol/errors.js';
import type { Log } from '../../services.js';
import type { Host, Seat } from '../host.js';
import { Feed } from './feed.js';
import { Pace, type PaceLimits } from './pace.js';
import { answer } from './peer-requests.js';
import { Session, type SessionEffect, type SessionInput } from './session.js';
import { CLIENT_LINE_MAX, ClientLines } from './split.js';

export interface LineLimits {
  /** Connections in all, and of these, ones that have not registered (`Strangers`). */
  readonly connections: number;
  readonly strangers: number;
  /** How long a client may take to register. */
  readonly registerMs: number;
  /** Unsent bytes at which a client that reads too slowly is closed. */
  readonly unsentBytes: number;
  /** How long a client that is closed may take to read why. */
  readonly closeMs: number;
  readonly pace: PaceLimits;
}

export interface ClientParts {
  readonly socket: Duplex;
  readonly address: string;
  readonly host: Host;
  /** Where a browser that comes here is sent. */
  readonly web: string | undefined;
  readonly limits: LineLimits;
  readonly log: Log;
  /** Milliseconds of a clock that is never set back. */
  readonly steady: () => number;
  /** It has registered: it is no stranger any more. */
  readonly seated: () => void;
}

export class LineClient {
  readonly #parts: ClientParts;
  readonly #session: Session;
  readonly #lines = new ClientLines();
  readonly #pace: Pace;
  /** Received, and not looked at yet. */
  readonly #chunks: Buffer[] = [];
  readonly #late: NodeJS.Timeout;
  #seat: Seat | undefined;
  #feed: Feed | undefined;
  #isWorking = false;
  #isEnding = false;
  #isClosed = false;
  #wake: () => void = () => undefined;

  constructor(parts: ClientParts) {
    this.#parts = parts;
    const { socket, limits, steady, web } = parts;
    this.#session = new Session({ web });
    this.#pace = new Pace(steady(), limits.pace);
    this.#late = setTimeout(() => void this.#step({ type: 'late' }), limits.registerMs);
    socket.on('error', (err) => parts.log.debug({ err }, 'a line client failed'));
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.once('end', () => this.#received());
    socket.once('close', () => this.#gone());
  }

  /** With a line that says why. */
  end(code: ErrorCode, message: string): void {
    void this.#step({ type: 'over', code, message });
  }

  destroy(): void {
    this.#parts.socket.destroy();
  }

  #receive(chunk: Buffer): void {
    if (this.#isEnding) return;
    this.#chunks.push(chunk);
    void this.#work();
  }

  /** The client has said all that it wants to say: what it asked is still answered. */
  #received(): void {
    if (!this.#isWorking) this.#close();
    else this.#isEnding = true;
  }

  async #work(): Promise<void> {
    if (this.#isWorking) return;
    this.#isWorking = true;
    this.#parts.socket.pause();
    for (let chunk = this.#chunks.shift(); chunk && !this.#isClosed; chunk = this.#chunks.shift())
      await this.#take(chunk);
    this.#isWorking = false;
    if (this.#isEnding) this.#close();
    else this.#parts.socket.resume();
  }

  /** One line after the other, so that what waits takes no more memory than its bytes. */
  async #take(chunk: Buffer): Promise<void> {
    // Empty lines, or a piece of one without end: reading it costs as well.
    let idle = Math.floor(chunk.length / CLIENT_LINE_MAX);
    for (const piece of this.#lines.push(chunk)) {
      if (this.#isClosed) return;
      idle -= 1;
      await this.#keepPace(await this.#step({ type: 'line', piece }));
    }
    if (idle > 0) await this.#keepPace(false, idle);
  }

  async #keepPace(isBad: boolean, lines = 1): Promise<void> {
    const verdict = this.#pace.line(this.#parts.steady(), isBad, lines);
    if (verdict.pace === 'well' || this.#isClosed) return;
    if (verdict.pace === 'over') return this.end('rate_limited', 'You went on writing too fast. Connect again later.');
    if (verdict.first)
      this.#tell({ type: 'error', code: 'rate_limited', message: 'That is too fast. What you send now waits.' });
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, verdict.ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** @returns whether something was refused */
  async #step(input: SessionInput): Promise<boolean> {
    let refused = false;
    for (const effect of this.#session.step(input)) refused = (await this.#perform(effect)) || refused;
    return refused;
  }

  async #perform(effect: SessionEffect): Promise<boolean> {
    switch (effect.do) {
      case 'tell':
        this.#tell(effect.message);
        return 'code' in effect.message;
      case 'answer':
        this.#parts.socket.write(effect.text);
        return false;
      case 'sign_in': {
        const refused = await this.#step(await this.#outcome(() => this.#signIn(effect)));
        // What it hears comes after `registered`.
        if (this.#seat && !this.#isClosed) this.#feed = new Feed(this.#seat.services, (line) => this.#tell(line));
        return refused;
      }
      case 'ask':
        return this.#step(await this.#outcome(() => this.#ask(effect)));
      case 'close':
        this.#close();
        return false;
    }
  }

  async #outcome(work: () => Promise<SessionInput>): Promise<SessionInput> {
    try {
      return await work();
    } catch (error) {
      if (isParleyError(error)) return { type: 'failed', code: error.code, message: error.message };
      this.#parts.log.error({ err: error }, 'a request of a line client failed');
      return { type: 'failed', code: 'internal', message: new ParleyError('internal').message };
    }
  }

  async #signIn({ username, password, invite }: Extract<SessionEffect, { do: 'sign_in' }>): Promise<SessionInput> {
    const { host, address, seated } = this.#parts;
    const seat =
      password === undefined
        ? await host.guest({ username, address, gone: () => this.#isClosed })
        : await host.signIn({ username, password, register: true, invite, address });
    if (this.#isClosed) {
      seat.leave();
      return { type: 'done' };
    }
    this.#seat = seat;
    clearTimeout(this.#late);
    seated();
    void seat.over.then(({ code, message }) => this.end(code, message));
    return { type: 'seated', username: seat.username, isGuest: password === undefined };
  }

  async #ask({ request, channel }: Extract<SessionEffect, { do: 'ask' }>): Promise<SessionInput> {
    if (!this.#seat) throw new ParleyError('not_signed_in');
    const { services } = this.#seat;
    services.preferences.active(true);
    const { admit } = this.#parts.host;
    const work = (): ReturnType<typeof answer> => answer(services, request, channel);
    const { lines, channel: next } = await (admit ? admit(work) : work());
    for (const line of lines) this.#tell(line);
    return { type: 'done', ...(next === undefined ? {} : { channel: next }) };
  }

  #tell(message: object): void {
    const { socket, limits } = this.#parts;
    if (this.#isClosed || !socket.writable) return;
    if (socket.writableCorked === 0) {
      // What comes within one turn is bounded by what causes it; what is left of earlier turns, by how fast it is read.
      if (socket.writableLength > limits.unsentBytes && !this.#isEnding) {
        this.#isEnding = true;
        return this.end('unavailable', 'You read too slowly, and what waits for you is too much. Connect again.');
      }
      socket.cork();
      setImmediate(() => socket.uncork());
    }
    socket.write(`${JSON.stringify(message)}\n`);
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#leave();
    const { socket, limits } = this.#parts;
    while (socket.writableCorked > 0) socket.uncork();
    socket.end();
    // Reading goes on, so that the other side's end arrives; who never reads is cut off.
    socket.resume();
    const timer = setTimeout(() => socket.destroy(), limits.closeMs);
    socket.once('close', () => clearTimeout(timer));
  }

  #gone(): void {
    this.#leave();
    this.#chunks.length = 0;
  }

  #leave(): void {
    this.#isClosed = true;
    clearTimeout(this.#late);
    this.#feed?.close();
    this.#seat?.leave();
    this.#wake();
  }
}
