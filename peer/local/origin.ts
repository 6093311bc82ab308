/**
 * Which names this server answers to. A web site that points its own name at this address (DNS rebinding) is told apart
 * by `Host`, one that calls from a browser by `Origin`.
 */
export class OriginRules {
  readonly #hosts: ReadonlySet<string>;

  /** `allowed`: further names, `host` or `host:port`, for a server that is bound to more than loopback. */
  constructor(port: number, allowed: readonly string[]) {
    const names = ['localhost', '127.0.0.1', '[::1]', ...allowed].map((name) => name.toLowerCase());
    this.#hosts = new Set(names.flatMap((name) => withPort(name, port)));
  }

  hostAllowed(host: string | undefined): boolean {
    return host !== undefined && this.#hosts.has(host.toLowerCase());
  }

  /** An absent origin is no browser's. A present one must be that of the page which this very address serves. */
  originAllowed(origin: string | undefined, host: string | undefined): boolean {
    return origin === undefined || origin.toLowerCase() === `http://${String(host).toLowerCase()}`;
  }
}

function withPort(name: string, port: number): string[] {
  const bare = name.includes(':') && !name.includes('[') && name.split(':').length > 2 ? `[${name}]` : name;
  if (/:\d+$/.test(bare.replace(/^\[.*\]/, ''))) return [bare];
  // A browser leaves out the port that http has anyway.
  return port === 80 ? [bare, `${bare}:80`] : [`${bare}:${port}`];
}
