/**
 * Connections that have not proven who they are. Anybody can open them, so there is a bound in all and a bound for each
 * address; beyond it the oldest goes, which an honest one, being quick, seldom is.
 */
export interface Guest {
  readonly host: string | undefined;
  /** Turned away; may call `leave`. */
  evict(): void;
}

export interface RoomLimits {
  readonly unproven: number;
  readonly unprovenPerAddress: number;
}

export class WaitingRoom {
  /** In the order of their arrival. */
  readonly #guests = new Set<Guest>();
  readonly #byHost = new Map<string, Set<Guest>>();

  constructor(private readonly limits: RoomLimits) {}

  get size(): number {
    return this.#guests.size;
  }

  enter(guest: Guest): void {
    this.#guests.add(guest);
    const host = hostOf(guest);
    if (host !== undefined) {
      const neighbours = this.#byHost.get(host) ?? new Set();
      this.#byHost.set(host, neighbours.add(guest));
      if (neighbours.size > this.limits.unprovenPerAddress) this.#evictFirst(neighbours);
    }
    if (this.#guests.size > this.limits.unproven) this.#evictFirst(this.#guests);
  }

  leave(guest: Guest): void {
    this.#guests.delete(guest);
    const host = hostOf(guest);
    const neighbours = host === undefined ? undefined : this.#byHost.get(host);
    if (host === undefined || !neighbours) return;
    neighbours.delete(guest);
    if (neighbours.size === 0) this.#byHost.delete(host);
  }

  #evictFirst(guests: ReadonlySet<Guest>): void {
    const [oldest] = guests;
    if (!oldest) return;
    this.leave(oldest);
    oldest.evict();
  }
}

/** Undefined for those who are bounded in all, but not by address: loopback, and streams that have no address. */
function hostOf({ host }: Guest): string | undefined {
  if (host === undefined || host === '::1') return undefined;
  const v4 = host.startsWith('::ffff:') ? host.slice(7) : host;
  if (v4.startsWith('127.')) return undefined;
  return v4.includes(':') ? network(v4) : v4;
}

/** The first half of an IPv6 address: one customer has a whole /64. */
function network(address: string): string {
  const [head, tail] = address.split('::').map((half) => half.split(':').filter((group) => group !== ''));
  const zeros = tail && head ? Array.from({ length: 8 - head.length - tail.length }, () => '0') : [];
  return [...(head ?? []), ...zeros, ...(tail ?? [])].slice(0, 4).join(':');
}
