/** A real local server and real WebSockets to it, for tests. */
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { WebSocket } from 'ws';
import type { EntryView } from '../../protocol/local-api.js';
import { TempDir } from '../../test/support/temp-dir.js';
import type { LocalLimits } from './context.js';
import { startLocalServer, type LocalServer } from './server.js';
import { LocalSessions, type StoredSession } from './sessions.js';
import { TestPeer } from './test-services.js';

export type Frame = Record<string, unknown>;

/** The entries of all events, in the order in which they came. */
export function entriesOf(frames: readonly Frame[]): EntryView[] {
  return frames.flatMap((frame) => (frame['type'] === 'entries' ? (frame['entries'] as EntryView[]) : []));
}

/** Sends bytes as they are and reads until the other side ends. */
export async function rawAnswer(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(bytes);
  return text(socket);
}

/** A request with just these headers, `Host` among them or not. */
export function requestText(line: string, headers: Record<string, string>, body = ''): string {
  const lines = Object.entries({ connection: 'close', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${line} HTTP/1.1\r\n${lines.join('')}\r\n${body}`;
}

/** One side of a WebSocket: frames in the order in which they came. */
export class TestSocket {
  readonly frames: Frame[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  readonly #waiting = new Set<() => void>();
  #taken = 0;

  constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => {
      this.frames.push(JSON.parse(data.toString()) as Frame);
      for (const wake of [...this.#waiting]) wake();
    });
    this.closed = new Promise((resolve) =>
      socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() })),
    );
    // Closing codes are what tests look at.
    socket.on('error', () => undefined);
  }

  send(message: object | string): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** The next frame, not yet taken, of which this holds; those before it are left out. */
  next(wanted: (frame: Frame) => boolean = () => true): Promise<Frame> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        while (this.#taken < this.frames.length) {
          const frame = this.frames[this.#taken++] ?? {};
          if (!wanted(frame)) continue;
          this.#waiting.delete(look);
          return resolve(frame);
        }
      };
      this.#waiting.add(look);
      void this.closed.then(({ code, reason }) => reject(new Error(`closed with ${code} ${reason}`)));
      look();
    });
  }

  type(type: string): Promise<Frame> {
    return this.next((frame) => frame['type'] === type);
  }

  /** Runs a command and waits for its result. */
  command(id: number, command: string, args: object = {}): Promise<Frame> {
    this.send({ id, command, ...args });
    return this.next((frame) => frame['type'] === 'result' && frame['id'] === id);
  }
}

/** A local server over a peer in memory, with one session; everything it opened ends with `stop`. */
export class TestDoor {
  readonly #sockets: WebSocket[] = [];

  private constructor(
    readonly peer: TestPeer,
    readonly server: LocalServer,
    readonly stored: StoredSession[],
    readonly token: string,
    private readonly folder: TempDir,
  ) {}

  static async start({
    limits = {},
    stored = [],
  }: { limits?: Partial<LocalLimits>; stored?: StoredSession[] } = {}): Promise<TestDoor> {
    const peer = new TestPeer();
    const folder = new TempDir();
    const storage = {
      load: () => stored,
      save: (sessions: readonly StoredSession[]) => void stored.splice(0, stored.length, ...structuredClone(sessions)),
    };
    const sessions = new LocalSessions({ storage, clock: peer.clock });
    const server = await startLocalServer({
      services: peer,
      sessions,
      host: '127.0.0.1',
      port: 0,
      uiDir: folder.path,
      limits,
    });
    return new TestDoor(peer, server, stored, await sessions.create(), folder);
  }

  /** Fetches; `Host` is that of the server's own address. */
  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(new URL(path, `http://127.0.0.1:${this.server.port}`), { redirect: 'manual', ...init });
  }

  post(path: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
    const init = {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    };
    return this.fetch(path, init);
  }

  /** As somebody who signed in before, unless given other headers. */
  open(headers: Record<string, string> = { authorization: `Bearer ${this.token}` }): TestSocket {
    const socket = new WebSocket(`ws://127.0.0.1:${this.server.port}/ws`, { headers });
    this.#sockets.push(socket);
    return new TestSocket(socket);
  }

  /** With its snapshot taken. */
  async window(): Promise<TestSocket> {
    const socket = this.open();
    await socket.type('snapshot');
    return socket;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.terminate();
    await this.server.close();
    await this.folder.remove();
  }
}
