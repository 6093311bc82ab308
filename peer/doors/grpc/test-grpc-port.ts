/** A gRPC port over alice's peer, and what calls it: for the tests of what comes to it that should not. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { credentials } from '@grpc/grpc-js';
import { GrpcClient } from '../../../test/support/grpc-client.js';
import { ParleyError } from '../../../protocol/errors.js';
import type { TlsFiles } from '../../gateway/self-made.js';
import { TestPeer } from '../../local/test-services.js';
import type { TokenHost } from '../host.js';
import type { GrpcLimits } from './limits.js';
import { startGrpcServer, type GrpcServer } from './server.js';

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

export class TestGrpcPort {
  readonly peer = new TestPeer();
  readonly sockets: Socket[] = [];
  /** Whether alice's token counts. */
  isGood = true;
  /** How many calls hold her peer. */
  held = 0;
  readonly #clients: GrpcClient[] = [];
  readonly #doors: GrpcServer[] = [];

  /** Whose turn it is, where the host has more to do than it can. */
  admit: TokenHost['admit'];

  /** Each token is that of one user's peer; only alice's is good. */
  readonly #users: TokenHost = {
    byToken: async (token) => {
      if (token !== 'good' || !this.isGood) throw new ParleyError('not_signed_in');
      this.held += 1;
      let isHeld = true;
      const leave = (): void => {
        if (isHeld) this.held -= 1;
        isHeld = false;
      };
      const { peer } = this;
      return {
        username: peer.me,
        services: peer,
        over: new Promise(() => undefined),
        leave,
        isGood: () => this.isGood,
      };
    },
  };

  /** The one that was opened last. */
  get door(): GrpcServer {
    const last = this.#doors.at(-1);
    if (!last) throw new Error('open one first');
    return last;
  }

  async open(limits: Partial<GrpcLimits> = {}, tls?: TlsFiles): Promise<void> {
    const users = { ...this.#users, admit: this.admit };
    const options = { users, host: '127.0.0.1', port: 0, log: quiet, tls };
    this.#doors.push(await startGrpcServer({ ...options, limits: { closeMs: 200, ...limits } }));
  }

  /** With `null` it shows no token. */
  client(token: string | null = 'good', ...rest: [] | [ReturnType<typeof credentials.createSsl>]): GrpcClient {
    const made = new GrpcClient(this.door.port, token ?? undefined, ...rest);
    this.#clients.push(made);
    return made;
  }

  /** A connection on which these bytes were written. */
  async raw(bytes = ''): Promise<Socket> {
    const socket = connect(this.door.port, '127.0.0.1');
    this.sockets.push(socket);
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write(bytes);
    return socket;
  }

  /** All that is answered until the port closes the connection. */
  async answerTo(bytes: string): Promise<string> {
    const parts: Buffer[] = [];
    const socket = await this.raw(bytes);
    socket.on('data', (part: Buffer) => parts.push(part));
    await once(socket, 'close');
    return Buffer.concat(parts).toString('latin1');
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    for (const each of this.#clients) each.close();
    for (const each of this.#doors) await each.close();
  }
}
