/**
 * The WebSocket port of a gateway: the JSON and text commands of the local server (SPEC.md section 8), at any path, for whoever has
 * a token or signs in by the first frame. After that the socket belongs to the door of that user.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { errorTable, isParleyError, ParleyError } from '../../protocol/errors.js';
import { passwordAndCode } from '../../protocol/invite-code.js';
import { COMMAND_MAX, INVITE_MAX } from '../../protocol/limits.js';
import { failed, refuse, type OriginRules } from '../local/http-guard.js';
import type { Audience } from '../local/events.js';
import type { HeldClient } from '../local/hosted-door.js';
import type { Seat } from '../doors/host.js';
import { Strangers } from '../doors/strangers.js';
import type { Log } from '../services.js';
import type { GatewayHost } from './gateway-host.js';
import type { UserDoors } from './user-doors.js';

export interface SocketsParts {
  readonly host: GatewayHost;
  readonly doors: UserDoors;
  /** Of the web port: its pages may call this one. */
  readonly pages: () => OriginRules;
  /** Said to a browser that opens this port as a page. */
  readonly web: () => string;
  readonly log: Log;
}

const LOGIN_MS = 30_000;
const STRANGERS_MAX = 512;
const FRAMES_MAX = 32;
/** How long one that is sent away may take to go. */
const CLOSE_MS = 2_000;
const POLICY = 1008;
const HOW =
  'Sign in first: {"id":1,"command":"session.login","username":"U","password":"P"}, or login U P, or register U P';

interface Login {
  readonly register: boolean;
  readonly username: string;
  readonly password: string;
  /** With which the account may be made. */
  readonly invite?: string | undefined;
  readonly audience: Audience;
  readonly id?: number;
}

export class GatewaySockets {
  readonly #parts: SocketsParts;
  readonly #server = new WebSocketServer({
    ...{ noServer: true, clientTracking: false, perMessageDeflate: false, maxPayload: COMMAND_MAX },
  });
  readonly #strangers = new Strangers<WebSocket>(STRANGERS_MAX);
  /** Signed in. */
  readonly #adopted = new Map<WebSocket, HeldClient>();
  #isBehind = false;
  #isStopping = false;

  /** While the gateway has more to do than it can, nothing is read, and TCP tells the clients. */
  readonly #behind = (isBehind: boolean): void => {
    this.#isBehind = isBehind;
    for (const client of this.#adopted.values()) client.hold(isBehind);
  };

  constructor(parts: SocketsParts) {
    this.#parts = parts;
    parts.host.load.on('behind', this.#behind);
  }

  readonly request = (_request: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(426, { 'content-type': 'text/plain; charset=utf-8', upgrade: 'websocket', connection: 'close' });
    response.end(`This port is for WebSockets, not for a browser's page. Open ${this.#parts.web()} instead.\n`);
  };

  readonly upgrade = (request: IncomingMessage, connection: Duplex, head: Buffer): void => {
    const { doors, pages, log } = this.#parts;
    connection.on('error', (err) => log.debug({ err }, 'an upgrade failed'));
    try {
      if (!pages().pageAllowed(request.headers.origin)) throw new ParleyError('foreign_origin');
    } catch (error) {
      const { http, code, message } = failed(error, log);
      return refuse(connection, http, code, message);
    }
    const address = request.socket.remoteAddress ?? '';
    const owner = doors.ownerOf(request.headers);
    const token = doors.tokenOf(request.headers);
    this.#server.handleUpgrade(request, connection, head, (socket) => {
      if (!owner) return this.#stranger(socket, connection, address);
      // Its door hears what comes from now on.
      socket.pause();
      void this.#admit(socket, connection, address, 'events', async () => {
        const seat = await owner.seat();
        const door = owner.awake && (await doors.doorOf(owner.awake));
        if (door?.sessions.check(token) !== undefined) return seat;
        seat.leave();
        throw new ParleyError('not_signed_in');
      }).finally(() => this.#readOn(socket));
    });
  };

  close(): void {
    this.#parts.host.load.off('behind', this.#behind);
    this.#isStopping = true;
    this.#strangers.clear();
    this.#server.close();
  }

  #stranger(socket: WebSocket, connection: Duplex, address: string): void {
    const waits = (): void => this.#strangers.add(socket, address, () => this.#sendAway(socket));
    waits();
    const timer = setTimeout(() => socket.close(POLICY, 'Sign in first.'), LOGIN_MS);
    const over = (): void => {
      clearTimeout(timer);
      this.#strangers.delete(socket);
      socket.off('message', hear);
    };
    let frames = 0;
    let isBusy = false;
    /** Frames that came with the one that signs in. */
    const waiting: [Buffer, boolean][] = [];
    const hear = (data: Buffer, isBinary: boolean): void => {
      frames += 1;
      if (frames > FRAMES_MAX) return socket.close(POLICY, 'Sign in first.');
      if (isBusy) return void waiting.push([data, isBinary]);
      const login = isBinary ? undefined : loginIn(data.toString());
      if (!login) return socket.send(JSON.stringify({ type: 'error', code: 'not_signed_in', message: HOW }));
      isBusy = true;
      // Whose password is being checked makes room for nobody.
      this.#strangers.delete(socket);
      socket.pause();
      void this.#admit(socket, connection, address, login.audience, () => this.#signIn(login, address), {
        done: (seat) => {
          over();
          socket.send(JSON.stringify(accepted(login, seat)));
        },
        failed: (error) => socket.send(JSON.stringify(refused(login, error, this.#parts.log))),
      }).finally(() => {
        isBusy = false;
        if (!this.#adopted.has(socket) && socket.readyState === socket.OPEN) waits();
        for (const frame of waiting.splice(0)) socket.emit('message', ...frame);
        this.#readOn(socket);
      });
    };
    socket.on('error', (err) => this.#parts.log.debug({ err }, 'a socket failed'));
    socket.on('message', hear);
    socket.once('close', over);
  }

  #sendAway(socket: WebSocket): void {
    if (this.#isStopping) return socket.close(1001, 'The gateway is stopping.');
    socket.close(1013, 'Too many came after you and did not sign in either. Connect again.');
    // Nothing is owed to who never answers.
    setTimeout(() => socket.terminate(), CLOSE_MS).unref();
  }

  #signIn({ username, password, register, invite }: Login, address: string): Promise<Seat> {
    return this.#parts.host.signIn({ username, password, register, invite, address });
  }

  /** Whom a door has taken over, the door reads. */
  #readOn(socket: WebSocket): void {
    if (!this.#adopted.has(socket)) socket.resume();
  }

  /** Takes a seat for the socket, and hands it to its user's door. */
  async #admit(
    socket: WebSocket,
    connection: Duplex,
    address: string,
    audience: Audience,
    take: () => Promise<Seat>,
    tell?: { done(seat: Seat): void; failed(error: unknown): void },
  ): Promise<void> {
    const { host, doors, log } = this.#parts;
    try {
      const seat = await take();
      socket.once('close', () => seat.leave());
      const awake = host.user(seat.username)?.awake;
      if (socket.readyState !== socket.OPEN || !awake) {
        seat.leave();
        return socket.close(1013, 'Connect again.');
      }
      const door = await doors.doorOf(awake);
      tell?.done(seat);
      const client = door.adopt(socket, connection, address, audience);
      this.#adopted.set(socket, client);
      client.hold(this.#isBehind);
      socket.once('close', () => this.#adopted.delete(socket));
    } catch (error) {
      if (tell) return tell.failed(error);
      socket.close(POLICY, failed(error, log).message.slice(0, 120));
    }
  }
}

function loginIn(frame: string): Login | undefined {
  const text = /^\s*(login|register)\s+(\S+)\s(.*)$/s.exec(frame);
  if (text) {
    const [, verb, username = '', rest = ''] = text;
    if (verb === 'login') return { register: false, username, password: rest, audience: 'text' };
    return { register: true, username, ...passwordAndCode(rest), audience: 'text' };
  }
  try {
    const value = JSON.parse(frame) as Record<string, unknown> | null;
    const { id, command, username, password, register, invite } = value ?? {};
    if (command !== 'session.login' || typeof id !== 'number' || typeof username !== 'string') return undefined;
    if (typeof password !== 'string') return undefined;
    const code = typeof invite === 'string' && invite !== '' ? invite.slice(0, INVITE_MAX) : undefined;
    return { register: register === true, username, password, invite: code, audience: 'events', id };
  } catch {
    return undefined; // Whoever sent it is told how to sign in.
  }
}

function accepted({ id, audience }: Login, { username }: Seat): object {
  return audience === 'text'
    ? { type: 'login_result', ok: true, username }
    : { type: 'result', id, ok: true, username };
}

function refused({ id, audience }: Login, error: unknown, log: Log): object {
  const { code, message } = isParleyError(error)
    ? { code: error.code, message: error.message }
    : { code: 'internal', message: errorTable.internal.message };
  if (code === 'internal') log.error({ err: error }, 'a sign-in failed');
  const why = { ok: false, code, message };
  return audience === 'text' ? { type: 'login_result', ...why } : { type: 'result', id, ...why };
}
