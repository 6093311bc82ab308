/**
 * What the service worker keeps and gives out: the page's own files, so that the page opens while the daemon is down and
 * can say so. Nothing of the conversations: neither /api nor /ws nor a picture passes here.
 */

/** A build of the UI: its files relative to the scope, `''` for the page itself, and a name that no other build has. */
export interface Shell {
  readonly version: string;
  readonly files: readonly string[];
}

/** What is used of the browser's own. */
export interface ShellTools {
  readonly caches: CacheStorage;
  readonly fetch: (request: Request, init?: RequestInit) => Promise<Response>;
  /** The worker's scope, an absolute URL that ends in `/`. */
  readonly scope: string;
}

const PREFIX = 'parley-shell-';
/** A daemon that does not answer its page within this time is taken for one that is not there. */
const PAGE_WAIT_MS = 4000;

export class ShellKeeper {
  constructor(
    private readonly shell: Shell,
    private readonly tools: ShellTools,
  ) {}

  get #name(): string {
    return PREFIX + this.shell.version;
  }

  /** All files or none, so that a page and its parts are always of one build. */
  async install(): Promise<void> {
    const cache = await this.tools.caches.open(this.#name);
    await cache.addAll(
      this.shell.files.map((file) => {
        // What bears its hash in its name cannot have changed under it.
        const kept: RequestCache = isHashed(file) ? 'default' : 'reload';
        return new Request(this.tools.scope + file, { cache: kept });
      }),
    );
  }

  /** Keeps the build before this one too: windows that still show it may yet ask for a part of it. */
  async activate(): Promise<void> {
    const names = (await this.tools.caches.keys()).filter((name) => name.startsWith(PREFIX));
    const kept = [...names.filter((name) => name !== this.#name).slice(-1), this.#name];
    await Promise.all(names.filter((name) => !kept.includes(name)).map((name) => this.tools.caches.delete(name)));
  }

  /** Whether a page that was loaded with this script is of this build. */
  holds(script: string): boolean {
    return this.shell.files.some((file) => this.tools.scope + file === script);
  }

  /** Undefined: no business of ours, the browser asks the daemon as if we were not there. */
  answer(request: Request): Promise<Response> | undefined {
    const { scope } = this.tools;
    if (request.method !== 'GET' || !request.url.startsWith(scope)) return undefined;
    const file = request.url.slice(scope.length).replace(/[?#].*$/, '');
    if (request.mode === 'navigate')
      return file === '' || file === 'index.html' ? this.#newest(request, '') : undefined;
    if (isHashed(file)) return this.#kept(request);
    return file !== '' && this.shell.files.includes(file) ? this.#newest(request, file) : undefined;
  }

  /** The daemon's, or the kept one while it does not answer. */
  async #newest(request: Request, file: string): Promise<Response> {
    try {
      return await this.tools.fetch(request, { signal: AbortSignal.timeout(PAGE_WAIT_MS) });
    } catch (error) {
      const cache = await this.tools.caches.open(this.#name);
      const kept = await cache.match(this.tools.scope + file, { ignoreVary: true });
      if (!kept) throw error;
      return kept;
    }
  }

  async #kept(request: Request): Promise<Response> {
    return (await this.tools.caches.match(request, { ignoreVary: true })) ?? this.tools.fetch(request);
  }
}

function isHashed(file: string): boolean {
  return file.startsWith('assets/');
}
