/** The connections of the door: how many, for how long, and whether they are still there. Streams within them are Connect's. */
import { constants, type ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { endOf, Strangers } from '../strangers.js';
import type { Connection } from './callers.js';
import type { GrpcLimits } from './limits.js';

interface Known extends Connection {
  readonly socket: Socket;
  isTrusted: boolean;
  refusals: number;
  session: ServerHttp2Session | undefined;
  streams: number;
  /** Since when there has been no call, and whether a ping has not been answered yet. */
  idleSince: number;
  isAsked: boolean;
}

type End = Pick<Socket | TLSSocket, 'remoteAddress' | 'remotePort'>;

const TOO_MANY = 'Too many calls without a good token. Get one with "parley token", then connect again.';

export class Connections {
  readonly #limits: GrpcLimits;
  /** By the address and port at the other end, which a TLS socket has from the one below it. */
  readonly #known = new Map<string, Known>();
  readonly #strangers: Strangers<string>;
  readonly #looking: NodeJS.Timeout;

  constructor(limits: GrpcLimits) {
    this.#limits = limits;
    this.#strangers = new Strangers(limits.strangers);
    this.#looking = setInterval(() => this.#look(performance.now()), limits.lookMs);
    this.#looking.unref();
  }

  get size(): number {
    return this.#known.size;
  }

  /** Strangers make room for each other; whoever has shown a good token stays. */
  add(socket: Socket): void {
    const end = endOf(socket);
    const known: Known = {
      ...{
        socket,
        isTrusted: false,
        refusals: 0,
        session: undefined,
        streams: 0,
        idleSince: performance.now(),
        isAsked: false,
      },
      trusted: () => {
        known.isTrusted = true;
        this.#strangers.delete(end);
      },
      refused: () => {
        known.refusals += 1;
        if (!known.isTrusted && known.refusals > this.#limits.refusals) this.#close(known, TOO_MANY);
      },
    };
    this.#known.set(end, known);
    socket.once('close', () => {
      this.#known.delete(end);
      this.#strangers.delete(end);
    });
    this.#strangers.add(end, socket.remoteAddress ?? '', () => socket.destroy());
    if (this.#known.size > this.#limits.connections) this.#strangers.makeRoom();
  }

  of(socket: End): Connection {
    return this.#known.get(endOf(socket)) ?? { trusted: () => undefined, refused: () => undefined };
  }

  /** A session of HTTP/2 begins on a connection. */
  speaks(session: ServerHttp2Session): void {
    const known = this.#known.get(endOf(session.socket));
    if (!known) return session.destroy();
    known.session = session;
    session.on('stream', (stream) => {
      known.streams += 1;
      stream.once('close', () => {
        known.streams -= 1;
        known.idleSince = performance.now();
      });
    });
  }

  /** No new calls; those in progress end by themselves, or are cut off. */
  async close(): Promise<void> {
    clearInterval(this.#looking);
    const all = [...this.#known.values()];
    const closed = all.map(({ socket }) => new Promise((resolve) => socket.once('close', resolve)));
    for (const { socket, session } of all) {
      if (session && !session.destroyed) session.close();
      else socket.end();
    }
    const timer = setTimeout(() => all.forEach(({ socket }) => socket.destroy()), this.#limits.closeMs);
    await Promise.all(closed);
    clearTimeout(timer);
  }

  #look(now: number): void {
    for (const known of this.#known.values()) {
      const { socket, session, streams, idleSince, isTrusted, isAsked } = known;
      // Of HTTP/1, the server has its own timeouts.
      if (!session) continue;
      // It has ended, and the other end keeps the connection open all the same.
      if (session.destroyed) {
        socket.destroy();
        continue;
      }
      const { idleMs, strangerIdleMs } = this.#limits;
      if (streams === 0 && now - idleSince > (isTrusted ? idleMs : strangerIdleMs)) {
        session.close();
        continue;
      }
      if (isAsked) {
        socket.destroy();
        continue;
      }
      known.isAsked = session.ping(() => {
        known.isAsked = false;
      });
    }
  }

  #close({ socket, session }: Known, why: string): void {
    if (!session || session.destroyed) return void socket.destroySoon();
    session.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM, 0, Buffer.from(why));
    session.close();
    setTimeout(() => socket.destroy(), this.#limits.closeMs).unref();
  }
}
