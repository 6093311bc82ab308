/** Asks the backends again and again how they are. */
import type { Log } from '../log.js';
import { ask, wasNotSent, whyNot, type Transport } from '../ask.js';
import type { ProxyTimings } from './config.js';
import type { Backend, Pool } from './pool.js';

export interface HealthParts {
  readonly pool: Pool;
  readonly transport: Transport;
  readonly timings: Pick<ProxyTimings, 'health' | 'healthEvery'>;
  readonly log: Log;
}

export class Health {
  readonly #parts: HealthParts;
  readonly #checking = new Map<Backend, Promise<void>>();
  /** Of the first backend that was heard: trackers stand for one another only with the same one. */
  #ca: string | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: HealthParts) {
    this.#parts = parts;
  }

  /** Resolves when each has been asked once. Never rejects. */
  async start(): Promise<void> {
    // In order, so that the first of the list says which CA it is.
    for (const backend of this.#parts.pool.backends) await this.check(backend);
    this.#timer = setInterval(() => {
      for (const backend of this.#parts.pool.backends) void this.check(backend);
    }, this.#parts.timings.healthEvery);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Now, also between two times: a request to it has failed. Never rejects. */
  check(backend: Backend): Promise<void> {
    const running = this.#checking.get(backend);
    if (running) return running;
    const checking = this.#check(backend).finally(() => this.#checking.delete(backend));
    this.#checking.set(backend, checking);
    return checking;
  }

  async #check(backend: Backend): Promise<void> {
    const { pool } = this.#parts;
    try {
      const { status, body } = await this.#ask(backend, '/healthz');
      if (status !== 200 || !isSuccess(body))
        return pool.failed(backend, `HTTP ${status} for /healthz, which no tracker answers`, false);
      if (!backend.isUp && !(await this.#isSameNetwork(backend)))
        return pool.failed(backend, 'it has another CA than the others, so it is no copy of them', true);
      pool.healthy(backend);
    } catch (error) {
      pool.failed(backend, whyNot(error), wasNotSent(error));
    }
  }

  async #isSameNetwork(backend: Backend): Promise<boolean> {
    const { status, body } = await this.#ask(backend, '/ca');
    if (status !== 200) throw new Error(`HTTP ${status} for its CA`);
    this.#ca ??= body.trim();
    return body.trim() === this.#ca;
  }

  #ask(backend: Backend, path: string) {
    const { transport, timings } = this.#parts;
    return ask(backend.url, path, { transport, ms: timings.health });
  }
}

function isSuccess(body: string): boolean {
  try {
    return (JSON.parse(body) as { status?: unknown } | null)?.status === 'success';
  } catch {
    return false;
  }
}
