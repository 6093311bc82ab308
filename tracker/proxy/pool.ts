/** Which backend a request goes to: a machine without sockets, timers or a clock. */
import type { Policy } from './config.js';

export interface Backend {
  readonly url: URL;
  /** As people know it: its origin. */
  readonly name: string;
  readonly isUp: boolean;
  /** Why it is not used, as the end of a sentence. */
  readonly reason: string;
  /** Requests under way and WebSockets. */
  readonly load: number;
}

/** So many checks must fail in turn before a backend that was heard is left out: one may be lost to a busy machine. */
const FAILED_CHECKS = 2;

class Entry implements Backend {
  readonly name: string;
  isUp = false;
  reason = 'not asked yet';
  load = 0;
  failedChecks = 0;

  constructor(readonly url: URL) {
    this.name = url.origin;
  }
}

export class Pool {
  readonly #entries: readonly Entry[];
  /** Of `failover`: the one that all use. */
  #active: Entry | undefined;
  #turn = 0;

  constructor(
    urls: readonly URL[],
    private readonly policy: Policy,
    private readonly changed: (backend: Backend) => void = () => undefined,
  ) {
    this.#entries = urls.map((url) => new Entry(url));
  }

  get backends(): readonly Backend[] {
    return this.#entries;
  }

  /** Those that are up, in the order in which a session without a place would be offered to them. */
  candidates(): readonly Backend[] {
    const up = this.#entries.filter(({ isUp }) => isUp);
    const [first] = up;
    if (!first) return [];
    if (this.policy === 'least-connections') return up.sort((a, b) => a.load - b.load);
    if (this.policy === 'round-robin') {
      this.#turn = (this.#turn + 1) % this.#entries.length;
      const after = (entry: Entry): number =>
        (this.#entries.indexOf(entry) - this.#turn + this.#entries.length) % this.#entries.length;
      return up.sort((a, b) => after(a) - after(b));
    }
    if (!this.#active?.isUp) this.#active = first;
    const active = this.#active;
    return [active, ...up.filter((entry) => entry !== active)];
  }

  /** @returns what to call once when the request or the WebSocket has ended */
  use(backend: Backend): () => void {
    const entry = this.#find(backend);
    entry.load += 1;
    let ended = false;
    return () => {
      if (!ended) entry.load -= 1;
      ended = true;
    };
  }

  /** It has answered a check. */
  healthy(backend: Backend): void {
    const entry = this.#find(backend);
    entry.failedChecks = 0;
    if (entry.isUp) return;
    entry.isUp = true;
    entry.reason = '';
    this.changed(entry);
  }

  /** A check failed. `certainly`: nothing listens there, or it is another tracker, which no second check would change. */
  failed(backend: Backend, reason: string, certainly: boolean): void {
    const entry = this.#find(backend);
    entry.failedChecks += 1;
    const stays = entry.isUp && !certainly && entry.failedChecks < FAILED_CHECKS;
    if (stays) return;
    const was = entry.isUp;
    entry.isUp = false;
    entry.reason = reason;
    if (was) this.changed(entry);
  }

  #find(backend: Backend): Entry {
    const entry = this.#entries.find((one) => one === backend);
    if (!entry) throw new Error('bug: a backend of another pool');
    return entry;
  }
}
