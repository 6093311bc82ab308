/**
 * Connections of which nobody knows yet whose they are: of these there are only so many at once. One too many, and the oldest of those
 * from where most of them come makes room: whoever opens thousands pushes out their own, and those who come from elsewhere have their time.
 */
import type { Socket } from 'node:net';

interface Stranger {
  readonly origin: string;
  leave: () => void;
}

export class Strangers<Key> {
  readonly #known = new Map<Key, Stranger>();
  /** Of each origin, the oldest first. */
  readonly #origins = new Map<string, Set<Key>>();

  constructor(private readonly most: number) {}

  get size(): number {
    return this.#known.size;
  }

  /**
   * One that is known already keeps its place.
   * @param leave sends it away: called at most once, and not after `delete`
   */
  add(key: Key, address: string, leave: () => void): void {
    const known = this.#known.get(key);
    if (known) return void (known.leave = leave);
    const origin = originOf(address);
    this.#known.set(key, { origin, leave });
    const keys = this.#origins.get(origin) ?? new Set();
    this.#origins.set(origin, keys.add(key));
    if (this.size > this.most) this.makeRoom();
  }

  /** It is no stranger any more, or has gone. */
  delete(key: Key): void {
    const known = this.#known.get(key);
    if (!known) return;
    this.#known.delete(key);
    const keys = this.#origins.get(known.origin);
    keys?.delete(key);
    if (keys?.size === 0) this.#origins.delete(known.origin);
  }

  /** All of them are sent away. */
  clear(): void {
    for (const key of [...this.#known.keys()]) this.#sendAway(key);
  }

  /** One of them is sent away. */
  makeRoom(): void {
    let crowd = new Set<Key>();
    for (const keys of this.#origins.values()) if (keys.size > crowd.size) crowd = keys;
    for (const key of crowd) return this.#sendAway(key);
  }

  #sendAway(key: Key): void {
    const known = this.#known.get(key);
    this.delete(key);
    known?.leave();
  }
}

/** Of IPv6 the network: whoever has one address has all of its last 64 bits. IPv4 within IPv6 is IPv4. */
export function originOf(address: string): string {
  const [plain = ''] = address.toLowerCase().split('%');
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(plain)?.[1];
  if (mapped !== undefined || !plain.includes(':')) return mapped ?? plain;
  const [left = [], right] = plain.split('::').map((part) => (part === '' ? [] : part.split(':')));
  const zeros = right ? Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0') : [];
  return [...left, ...zeros, ...(right ?? [])].slice(0, 4).join(':');
}

/** The other end of a connection: what a TLS socket has in common with the one below it. */
export function endOf({ remoteAddress = '', remotePort = 0 }: Pick<Socket, 'remoteAddress' | 'remotePort'>): string {
  return `${remoteAddress} ${remotePort}`;
}
