/**
 * One WebSocket: frames in, at a measured pace; frames out, once a tick. What a frame means is told by `json-commands.ts`
 * and `text-mode.ts`.
 */
import type { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import type { Connection, LocalContext } from './context.js';
import type { Audience, EventReader } from './events.js';
import { jsonCommand } from './json-commands.js';
import { textCommand } from './text-commands.js';

/** WebSocket close codes (RFC 6455, section 7.4.1). */
const POLICY = 1008;
const TRY_AGAIN = 1013;

export interface ClientParts {
  readonly socket: WebSocket;
  /** The connection below it. */
  readonly connection: Duplex;
  readonly address: string;
  /** The session that it came with, if any. */
  readonly session: string | undefined;
  /** It has signed in otherwise, and is to hear this. */
  readonly welcome?: Audience;
  readonly context: LocalContext;
}

export class Client implements Connection, EventReader {
  readonly session: string | undefined;
  readonly address: string;
  readonly #socket: WebSocket;
  readonly #context: LocalContext;
  readonly #outbox: Outbox;
  /** Frames that wait for their turn: at most those of the chunk in which reading was stopped. */
  readonly #inbox: string[] = [];
  readonly #loginTimer: NodeJS.Timeout | undefined;
  #authorised: boolean;
  #audience: Audience | undefined;
  #strangerFrames = 0;
  #inProgress = 0;
  #tickScheduled = false;
  #turnStarted: number | undefined;
  #spoken = false;
  #isHeld = false;
  #quietPings = 0;

  constructor({ socket, connection, address, session, welcome, context }: ClientParts) {
    this.#socket = socket;
    this.#context = context;
    this.#outbox = new Outbox(socket, connection);
    this.session = session;
    this.address = address;
    this.#authorised = session !== undefined || welcome !== undefined;
    socket.on('message', (data, isBinary) => this.#receive(data, isBinary));
    socket.on('pong', () => (this.#quietPings = 0));
    // A frame that is too large or no WebSocket at all: ws has closed with the code that says so.
    socket.on('error', (error) => context.services.log.debug({ err: error, address }, 'a local socket failed'));
    socket.once('close', () => this.#gone());
    connection.on('drain', () => this.#schedule());
    if (this.#authorised) this.#attach(welcome ?? 'events');
    else this.#loginTimer = setTimeout(() => this.close(POLICY, 'Sign in first.'), context.limits.loginMs);
  }

  get #open(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  get authorised(): boolean {
    return this.#authorised;
  }

  async login(password: string): Promise<void> {
    const { attempts, services } = this.#context;
    await attempts.run(this.address, () => services.account.login(password, false));
    clearTimeout(this.#loginTimer);
    this.#authorised = this.#open;
  }

  speaks(audience: Audience): void {
    if (!this.#authorised || this.#spoken) return;
    this.#spoken = true;
    if (this.#audience !== audience) this.#attach(audience);
  }

  tell(message: object): void {
    this.tellText(JSON.stringify(message));
  }

  tellText(text: string): void {
    this.#context.hub.flush();
    this.#outbox.add(text);
    this.#schedule();
  }

  track(work: Promise<void>): void {
    this.#inProgress += 1;
    const ended = (): void => {
      this.#inProgress -= 1;
      this.#quietPings = 0;
      if (this.#inbox.length > 0 || this.#socket.isPaused) this.#schedule();
    };
    void work.then(ended, ended);
  }

  enqueue(frames: readonly Buffer[]): void {
    if (this.#outbox.unsent > this.#context.limits.closeBytes) this.restart();
    else for (const frame of frames) this.#outbox.add(frame);
    this.#schedule();
  }

  flush(): void {
    if (this.#open) this.#outbox.flush();
    else this.#outbox.clear();
  }

  restart(): void {
    this.close(TRY_AGAIN, 'Read too slowly. Connect again.');
  }

  signedOut(reason: string): void {
    this.tell({ type: 'signed_out', reason });
    this.close(POLICY, 'Signed out.');
  }

  close(code: number, reason: string): void {
    this.#context.hub.detach(this);
    this.#authorised = false;
    this.flush();
    // Reading goes on, so that the other side's close frame arrives.
    this.#socket.resume();
    this.#socket.close(code, reason);
  }

  terminate(): void {
    this.#socket.terminate();
  }

  /** While it is held, nothing more is read from it and no command of it begins; what it is told goes out as ever. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    // Its pongs were not read either.
    this.#quietPings = 0;
    this.#work();
  }

  /** To be called at every ping interval. */
  ping(): void {
    const ended = this.#authorised && this.session !== undefined && !this.#context.sessions.has(this.session);
    if (ended) this.signedOut('This session has ended. Sign in again.');
    if (this.#isHeld) return;
    if (this.#quietPings >= 2) this.#socket.terminate();
    else if (this.#open) this.#socket.ping();
    this.#quietPings += 1;
  }

  #attach(audience: Audience): void {
    this.#audience = audience;
    try {
      this.#context.hub.attach(this, audience);
    } catch (error) {
      this.#context.services.log.error({ err: error }, 'no snapshot could be made');
      this.close(TRY_AGAIN, 'The peer cannot read its history right now. Connect again.');
    }
  }

  #receive(data: RawData, isBinary: boolean): void {
    this.#quietPings = 0;
    if (!this.#open) return;
    if (!this.#authorised && ++this.#strangerFrames > this.#context.limits.strangerFrames)
      return this.close(POLICY, 'Sign in first.');
    if (isBinary)
      return this.tell({ type: 'error', code: 'bad_request', message: 'Commands are text frames, not binary ones.' });
    // ws hands over one Buffer: its `binaryType` was not changed.
    this.#inbox.push((data as Buffer).toString());
    this.#work();
  }

  /** Carries out what waits, until a bound is reached. */
  #work(): void {
    const { services, limits } = this.#context;
    this.#turnStarted ??= services.clock.now();
    let done = 0;
    while (done < this.#inbox.length && this.#open && !this.#saturated()) {
      if (services.clock.now() - this.#turnStarted >= limits.turnMs) break;
      const frame = this.#inbox[done] ?? '';
      done += 1;
      if (frame.trimStart().startsWith('{')) jsonCommand(frame, this, this.#context);
      else textCommand(frame, this, this.#context);
    }
    this.#inbox.splice(0, done);
    // Closing, it is read on, as `close` says.
    if (!this.#open) return;
    const saturated = this.#saturated();
    if (saturated || this.#inbox.length > 0) this.#socket.pause();
    else if (this.#socket.isPaused) this.#socket.resume();
    // Saturated, it waits for what comes to an end: a command, the connection's `drain`, or that it is held.
    if (done > 0 || (!saturated && this.#inbox.length > 0)) this.#schedule();
  }

  #saturated(): boolean {
    const { commandsInProgress, pauseBytes } = this.#context.limits;
    return this.#isHeld || this.#inProgress >= commandsInProgress || this.#outbox.waiting > pauseBytes;
  }

  #schedule(): void {
    if (this.#tickScheduled) return;
    this.#tickScheduled = true;
    setImmediate(() => {
      this.#tickScheduled = false;
      this.#turnStarted = undefined;
      this.flush();
      if (this.#inbox.length > 0 || this.#socket.isPaused) this.#work();
    });
  }

  #gone(): void {
    clearTimeout(this.#loginTimer);
    this.#context.hub.detach(this);
    this.#inbox.length = 0;
    this.#outbox.clear();
  }
}

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
