/**
 * Connections that have not proven who they are. Anybody can open them, so there is a bound in all and a bound for each
 * address; beyond it the oldest goes, which an honest one, being quick, seldom is.
 */
export interface UnauthenticatedConnection {
  readonly host: string | undefined;
  /** Turned away; may call `leave`. */
  evict(): void;
}

export interface UnauthenticatedLimits {
  readonly unproven: number;
  readonly unprovenPerAddress: number;
}

export class UnauthenticatedConnections {
  /** In the order of their arrival. */
  readonly #connections = new Set<UnauthenticatedConnection>();
  readonly #byHost = new Map<string, Set<UnauthenticatedConnection>>();

  constructor(private readonly limits: UnauthenticatedLimits) {}

  get size(): number {
    return this.#connections.size;
  }

  add(connection: UnauthenticatedConnection): void {
    this.#connections.add(connection);
    const host = hostOf(connection);
    if (host !== undefined) {
      const sameHost = this.#byHost.get(host) ?? new Set();
      this.#byHost.set(host, sameHost.add(connection));
      if (sameHost.size > this.limits.unprovenPerAddress) this.#evictFirst(sameHost);
    }
    if (this.#connections.size > this.limits.unproven) this.#evictFirst(this.#connections);
  }

  remove(connection: UnauthenticatedConnection): void {
    this.#connections.delete(connection);
    const host = hostOf(connection);
    const sameHost = host === undefined ? undefined : this.#byHost.get(host);
    if (host === undefined || !sameHost) return;
    sameHost.delete(connection);
    if (sameHost.size === 0) this.#byHost.delete(host);
  }

  #evictFirst(connections: ReadonlySet<UnauthenticatedConnection>): void {
    const [oldest] = connections;
    if (!oldest) return;
    this.remove(oldest);
    oldest.evict();
  }
}

/** Undefined for those who are bounded in all, but not by address: loopback, and streams that have no address. */
function hostOf({ host }: UnauthenticatedConnection): string | undefined {
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
