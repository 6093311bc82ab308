/**
 * One WebSocket: frames in, at a measured pace; frames out, once a tick. What a frame means is told by `json-commands.ts`
 * and `text-mode.ts`.
 */
import type { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import type { Caller } from './caller.js';
import type { Door } from './door.js';
import type { Audience, EventReader } from './events.js';
import { jsonCommand } from './json-commands.js';
import { Outbox } from './outbox.js';
import { textCommand } from './text-mode.js';

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
  readonly door: Door;
}

export class Client implements Caller, EventReader {
  readonly session: string | undefined;
  readonly address: string;
  readonly #socket: WebSocket;
  readonly #door: Door;
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
  #quietPings = 0;

  constructor({ socket, connection, address, session, door }: ClientParts) {
    this.#socket = socket;
    this.#door = door;
    this.#outbox = new Outbox(socket, connection);
    this.session = session;
    this.address = address;
    this.#authorised = session !== undefined;
    socket.on('message', (data, isBinary) => this.#receive(data, isBinary));
    socket.on('pong', () => (this.#quietPings = 0));
    // A frame that is too large or no WebSocket at all: ws has closed with the code that says so.
    socket.on('error', (error) => door.services.log.debug({ err: error, address }, 'a local socket failed'));
    socket.once('close', () => this.#gone());
    connection.on('drain', () => this.#schedule());
    if (this.#authorised) this.#attach('events');
    else this.#loginTimer = setTimeout(() => this.close(POLICY, 'Sign in first.'), door.limits.loginMs);
  }

  get #open(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  get authorised(): boolean {
    return this.#authorised;
  }

  async login(password: string): Promise<void> {
    const { attempts, services } = this.#door;
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
    this.#door.hub.flush();
    this.#outbox.add(text);
    this.#schedule();
  }

  track(work: Promise<void>): void {
    this.#inProgress += 1;
    void work.finally(() => {
      this.#inProgress -= 1;
      this.#quietPings = 0;
      if (this.#inbox.length > 0 || this.#socket.isPaused) this.#schedule();
    });
  }

  enqueue(frames: readonly Buffer[]): void {
    if (this.#outbox.unsent > this.#door.limits.closeBytes) this.restart();
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
    this.#door.hub.detach(this);
    this.#authorised = false;
    this.flush();
    // Reading goes on, so that the other side's close frame arrives.
    this.#socket.resume();
    this.#socket.close(code, reason);
  }

  terminate(): void {
    this.#socket.terminate();
  }

  /** To be called at every ping interval. */
  ping(): void {
    const ended = this.#authorised && this.session !== undefined && !this.#door.sessions.has(this.session);
    if (ended) this.signedOut('This session has ended. Sign in again.');
    if (this.#quietPings >= 2) this.#socket.terminate();
    else if (this.#open) this.#socket.ping();
    this.#quietPings += 1;
  }

  #attach(audience: Audience): void {
    this.#audience = audience;
    try {
      this.#door.hub.attach(this, audience);
    } catch (error) {
      this.#door.services.log.error({ err: error }, 'no snapshot could be made');
      this.close(TRY_AGAIN, 'The peer cannot read its history right now. Connect again.');
    }
  }

  #receive(data: RawData, isBinary: boolean): void {
    this.#quietPings = 0;
    if (!this.#open) return;
    if (!this.#authorised && ++this.#strangerFrames > this.#door.limits.strangerFrames)
      return this.close(POLICY, 'Sign in first.');
    if (isBinary)
      return this.tell({ type: 'error', code: 'bad_request', message: 'Commands are text frames, not binary ones.' });
    // ws hands over one Buffer: its `binaryType` was not changed.
    this.#inbox.push((data as Buffer).toString());
    this.#work();
  }

  /** Carries out what waits, until a bound is reached. */
  #work(): void {
    const { services, limits } = this.#door;
    this.#turnStarted ??= services.clock.now();
    let done = 0;
    while (done < this.#inbox.length && this.#open && !this.#saturated()) {
      if (services.clock.now() - this.#turnStarted >= limits.turnMs) break;
      const frame = this.#inbox[done] ?? '';
      done += 1;
      if (frame.trimStart().startsWith('{')) jsonCommand(frame, this, this.#door);
      else textCommand(frame, this, this.#door);
    }
    this.#inbox.splice(0, done);
    const saturated = this.#saturated();
    if (saturated || this.#inbox.length > 0) this.#socket.pause();
    else if (this.#socket.isPaused) this.#socket.resume();
    // Saturated, it waits for what comes to an end: a command, or the connection's `drain`.
    if (done > 0 || (!saturated && this.#inbox.length > 0)) this.#schedule();
  }

  #saturated(): boolean {
    const { commandsInProgress, pauseBytes } = this.#door.limits;
    return this.#inProgress >= commandsInProgress || this.#outbox.waiting > pauseBytes;
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
    this.#door.hub.detach(this);
    this.#inbox.length = 0;
    this.#outbox.clear();
  }
}
