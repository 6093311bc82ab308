/** Routers of the kinds that there are (RFC 4787), and what becomes of a SYN that comes to one. Nothing else of TCP is here. */
import type { SeenAt } from '../../../protocol/punch-messages.js';

/**
 * `open`: none, or one that lets everybody in. `address`, `port`: lets in from an address, or an address and port, that was sent to before.
 * `reset`: as `port`, and refuses others aloud. `symmetric`: as `port`, with another port outside for each destination.
 */
export type RouterKind = 'open' | 'address' | 'port' | 'reset' | 'symmetric';
export const ROUTER_KINDS: readonly RouterKind[] = ['open', 'address', 'port', 'reset', 'symmetric'];

/** A socket that tries to connect, as the network knows it. */
export interface Connecting {
  readonly router: Router;
  /** Where it seems to be, for whom it tries to reach. */
  readonly outside: SeenAt;
  /** No two devices behind one router have the same. */
  readonly localPort: number;
  readonly target: SeenAt;
  /** The other one tries the same, from there to here: both are connected (simultaneous open, RFC 9293 3.5). */
  readonly met: (other: Connecting) => void;
  /** Nobody listens there, or the router says so. */
  readonly refused: () => void;
}

/** What is sent to an address is let in from there for so long. Milliseconds. */
const REMEMBERED_MS = 120_000;

const name = ({ host, port }: SeenAt): string => `${host}:${port}`;

export class Router {
  /** Sockets that try to connect, by their port inside. */
  readonly sockets = new Map<number, Connecting>();
  /** Ports outside, by the port inside, and the destination where that matters. */
  readonly #ports = new Map<string, number>();
  readonly #inside = new Map<number, number>();
  /** Until when who is let in to a port inside. */
  readonly #letIn = new Map<string, number>();
  #last = 20_000;

  constructor(
    readonly host: string,
    readonly kind: RouterKind,
  ) {}

  /** The port outside of one inside, for that destination. */
  outside(localPort: number, target: SeenAt | 'reflector'): SeenAt {
    const to = this.kind === 'symmetric' ? (target === 'reflector' ? target : name(target)) : '';
    const key = `${localPort} ${to}`;
    let port = this.#ports.get(key);
    if (port === undefined) {
      port = this.#last += 7;
      this.#ports.set(key, port);
      this.#inside.set(port, localPort);
    }
    return { host: this.host, port };
  }

  /** Something goes out to there. */
  sent(localPort: number, { host, port }: SeenAt, now: number): void {
    for (const who of [host, `${host}:${port}`]) this.#letIn.set(`${localPort} ${who}`, now + REMEMBERED_MS);
  }

  /** A SYN comes in. `silent`: it is dropped. */
  receives(port: number, from: SeenAt, now: number): Connecting | 'refused' | 'silent' {
    const localPort = this.#inside.get(port);
    const isFor = this.kind !== 'symmetric' || (localPort !== undefined && this.outside(localPort, from).port === port);
    if (localPort === undefined || !isFor || !this.#lets(localPort, from, now))
      return this.kind === 'reset' ? 'refused' : 'silent';
    const socket = this.sockets.get(localPort);
    return socket && name(socket.target) === name(from) ? socket : 'refused';
  }

  #lets(localPort: number, { host, port }: SeenAt, now: number): boolean {
    if (this.kind === 'open') return true;
    const who = this.kind === 'address' ? host : `${host}:${port}`;
    return (this.#letIn.get(`${localPort} ${who}`) ?? -Infinity) >= now;
  }
}

/** Whether a hole can be made between two of these: behind a symmetric one nobody is where the other side was told. */
export function canMeet(one: RouterKind, other: RouterKind): boolean {
  return one !== 'symmetric' && other !== 'symmetric';
}
