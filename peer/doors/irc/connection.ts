/**
 * One socket of IRC: lines in, one after the other and at a measured pace; lines out, in one write a turn, and bounded. What a line
 * means is the session's.
 */
import type { Socket } from 'node:net';
import { beginsHttp, beginsTls, notForBrowsers } from '../first-byte.js';
import type { SessionPorts } from './context.js';
import { LineReader, type ReadLine } from './line-reader.js';
import { Pace } from './pace.js';
import { Session } from './session.js';
import type { IrcLimits } from './limits.js';

export interface ConnectionParts {
  readonly socket: Socket;
  readonly limits: IrcLimits;
  /** Milliseconds of a clock that is never set. */
  readonly steady: () => number;
  readonly ports: Omit<SessionPorts, 'send' | 'close' | 'soon'>;
  /** It has signed in: it is no stranger any more. Told more than once. */
  readonly seated: () => void;
}

const LINE_END = '\r\n';
/** So much without the end of a line counts as one. Bytes. */
const IDLE_BYTES = 1024;

export class Connection {
  readonly session: Session;
  readonly #parts: ConnectionParts;
  readonly #reader = new LineReader();
  readonly #pace: Pace;
  /** Lines of the chunks that came before reading was stopped, each looked at when its turn comes; and the one whose turn is next. */
  readonly #unread: Iterator<ReadLine, void>[] = [];
  #next: ReadLine | undefined;
  #out: string[] = [];
  #outScheduled = false;
  #working = false;
  #ending = false;
  #first = true;
  #told = false;
  #waiting: NodeJS.Timeout | undefined;
  readonly #signIn: NodeJS.Timeout;
  #heardAt: number;
  #pinged = false;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    const { socket, limits, steady, ports } = parts;
    this.#heardAt = steady();
    this.#pace = new Pace(limits.pace, this.#heardAt);
    this.session = new Session({
      ...ports,
      send: (line) => this.#send(line),
      close: () => this.#end(),
      soon: (work) => void setImmediate(work),
    });
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    // A client that has nothing more to say has gone: IRC has no half of a connection.
    socket.on('end', () => this.#end());
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.#gone());
    socket.on('drain', () => this.#work());
    this.#signIn = setTimeout(
      () => this.session.registered || this.session.end('You took too long to sign in.'),
      limits.signInMs,
    );
  }

  /** To be called now and then: asks a silent client whether it is there, and closes one that does not answer. */
  look(): void {
    const { limits, steady } = this.#parts;
    const silent = steady() - this.#heardAt;
    if (silent > limits.silentMs + limits.answerMs)
      return this.session.end(`Ping timeout: ${Math.round(silent / 1000)} seconds.`);
    if (silent <= limits.silentMs || this.#pinged || !this.session.registered) return;
    this.#pinged = true;
    this.session.deliver({ command: 'PING', params: [this.session.serverName] });
  }

  close(reason: string): void {
    this.session.end(reason);
  }

  destroy(): void {
    this.#parts.socket.destroy();
  }

  #receive(chunk: Buffer): void {
    const { steady } = this.#parts;
    this.#heardAt = steady();
    this.#pinged = false;
    if (this.#ending) return;
    if (this.#first && this.#isNoIrc(chunk)) return;
    this.#first = false;
    this.#unread.push(this.#reader.push(chunk));
    // A piece of a line without end: reading it costs as well.
    const isIdle = chunk.length > IDLE_BYTES && !chunk.includes('\n');
    const wait = isIdle && !this.#waiting ? this.#pace.take(steady()) : 0;
    if (wait > 0) this.#hold(wait);
    else this.#work();
  }

  /** What speaks another protocol gets one helpful line. A browser that was led here is told before anything of it is carried out. */
  #isNoIrc(chunk: Buffer): boolean {
    const { socket } = this.#parts;
    if (beginsTls(chunk)) {
      socket.end(`ERROR :This port speaks IRC without TLS. Switch TLS off in your client for this address.${LINE_END}`);
    } else if (beginsHttp(chunk)) {
      socket.end(
        notForBrowsers('This port speaks IRC, not HTTP. Connect with an IRC client, such as irssi or WeeChat.'),
      );
    } else return false;
    this.#ending = true;
    this.session.gone();
    return true;
  }

  /** Carries out what waits, one line after the other, until a bound is reached. */
  #work(): void {
    if (this.#working || this.#ending || this.#waiting) return;
    const { socket, limits, steady, ports } = this.#parts;
    if (socket.writableLength > limits.pauseBytes) return void socket.pause();
    const next = (this.#next ??= this.#read());
    if (!next) return void (socket.isPaused() && socket.resume());
    const wait = this.#pace.take(steady());
    if (wait > 0) return this.#hold(wait);
    this.#next = undefined;
    if (this.#unread.length > 0) socket.pause();
    this.#working = true;
    const { admit } = ports.host;
    const work = (): Promise<void> => this.session.receive(next);
    void (admit && this.session.registered ? admit(work) : work()).then(() => {
      this.#working = false;
      if (this.session.registered) this.#parts.seated();
      this.#work();
    });
  }

  #read(): ReadLine | undefined {
    for (let lines = this.#unread[0]; lines; lines = this.#unread[0]) {
      const { done, value } = lines.next();
      if (done !== true) return value;
      this.#unread.shift();
    }
    return undefined;
  }

  #hold(wait: number): void {
    const { socket, steady } = this.#parts;
    if (this.#pace.exhausted(steady()))
      return this.session.end('Excess flood: you have sent too many lines for too long.');
    socket.pause();
    if (!this.#told)
      this.session.deliver(this.session.notice('You send faster than is taken here: your lines wait for a moment.'));
    this.#told = true;
    this.#waiting = setTimeout(() => {
      this.#waiting = undefined;
      this.#work();
    }, wait);
  }

  #send(line: string): void {
    this.#out.push(line);
    if (this.#outScheduled) return;
    this.#outScheduled = true;
    setImmediate(() => this.#flush());
  }

  #flush(): void {
    this.#outScheduled = false;
    const { socket, limits } = this.#parts;
    const lines = this.#out;
    this.#out = [];
    if (lines.length === 0 || socket.destroyed || socket.writableEnded) return;
    socket.write(lines.join(LINE_END) + LINE_END);
    if (this.#ending || socket.writableLength <= limits.closeBytes) return;
    // What it has not read yet it will not read: it is told in the last line that may still arrive, then closed.
    this.session.end('You read too slowly. Connect again.');
    socket.destroySoon();
  }

  /** Ends it once all is out; who does not take it is closed all the same. */
  #end(): void {
    if (this.#ending) return;
    this.#ending = true;
    this.#unread.length = 0;
    clearTimeout(this.#waiting);
    setImmediate(() => {
      this.#flush();
      const { socket, limits } = this.#parts;
      socket.resume();
      socket.end();
      const timer = setTimeout(() => socket.destroy(), limits.goodbyeMs);
      timer.unref();
      socket.once('close', () => clearTimeout(timer));
    });
  }

  #gone(): void {
    this.#ending = true;
    clearTimeout(this.#signIn);
    clearTimeout(this.#waiting);
    this.#unread.length = 0;
    this.#out = [];
    this.session.gone();
  }
}
