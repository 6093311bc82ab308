/** Which backend a request belongs to: those that share nothing know only the sessions that were made there, and two sides of a circuit must meet. */
import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { parse } from 'cookie';
import { ask, type Transport } from '../ask.js';
import type { Backend, Pool } from './pool.js';

export interface AffinityParts {
  readonly pool: Pool;
  readonly transport: Transport;
  readonly askMs: number;
  /** Sessions that are remembered. */
  readonly max: number;
}

export type Place =
  /** No session is shown: any backend will do. */
  | { readonly kind: 'none' }
  /** The same for all who show the same, as long as the same backends are up. */
  | { readonly kind: 'meeting'; readonly backend: Backend }
  | { readonly kind: 'known'; readonly backend: Backend; readonly key: string }
  /** None that answers knows it; `away`: some do not answer, and may. */
  | { readonly kind: 'unknown'; readonly away: boolean };

export class Affinity {
  readonly #parts: AffinityParts;
  /** By the hash of what shows the session, the one used longest ago first. */
  readonly #places = new Map<string, Backend>();
  readonly #looking = new Map<string, Promise<Place>>();

  constructor(parts: AffinityParts) {
    this.#parts = parts;
  }

  /**
   * Where the two sides of a circuit meet. Any backend will do that knows the CA, but it must be one: that with the highest hash of
   * circuit and backend (rendezvous hashing), so that a backend that goes takes along its own circuits alone. The ticket is not
   * checked here: who shows a false one is refused wherever it leads.
   */
  meetingOf({ authorization = '' }: IncomingHttpHeaders): Place {
    const circuit = circuitOf(authorization);
    const weight = ({ name }: Backend): string => createHash('sha256').update(`${circuit} ${name}`).digest('hex');
    const up = this.#parts.pool.backends.filter(({ isUp }) => isUp);
    const [first, ...others] = circuit === undefined ? [] : up;
    if (!first) return { kind: 'none' };
    return { kind: 'meeting', backend: others.reduce((a, b) => (weight(b) > weight(a) ? b : a), first) };
  }

  /** @param address whose request it is, for the limits of the backend. Never rejects. */
  async placeOf(headers: IncomingHttpHeaders, address: string): Promise<Place> {
    const shown = shownBy(headers);
    if (shown === undefined || this.#parts.pool.backends.length === 1) return { kind: 'none' };
    const key = createHash('sha256').update(JSON.stringify(shown)).digest('base64url');
    const known = this.#places.get(key);
    if (known?.isUp) {
      this.#remember(key, known);
      return { kind: 'known', backend: known, key };
    }
    // Those who come at once with the same session ask once.
    let looking = this.#looking.get(key);
    if (!looking) {
      looking = this.#look(key, { ...shown, 'x-forwarded-for': address }).finally(() => this.#looking.delete(key));
      this.#looking.set(key, looking);
    }
    return looking;
  }

  /** Its backend does not take this session any more. */
  forget(key: string): void {
    this.#places.delete(key);
  }

  /** Asks them in turn; the first that knows the session has it. */
  async #look(key: string, headers: Readonly<Record<string, string>>): Promise<Place> {
    const { pool, transport, askMs } = this.#parts;
    let away = pool.backends.some(({ isUp }) => !isUp);
    for (const backend of pool.candidates()) {
      try {
        const { status } = await ask(backend.url, '/me', { transport, ms: askMs, headers });
        if (status === 200) {
          this.#remember(key, backend);
          return { kind: 'known', backend, key };
        }
        away ||= status !== 401;
      } catch {
        away = true;
      }
    }
    return { kind: 'unknown', away };
  }

  #remember(key: string, backend: Backend): void {
    this.#places.delete(key);
    this.#places.set(key, backend);
    const [oldest] = this.#places.keys();
    if (this.#places.size > this.#parts.max && oldest !== undefined) this.#places.delete(oldest);
  }
}

/** The headers by which a request shows its session, and nothing else of it. */
function shownBy({ authorization, cookie }: IncomingHttpHeaders): Readonly<Record<string, string>> | undefined {
  if (authorization !== undefined) return authorization.startsWith('Bearer ') ? { authorization } : undefined;
  const own = Object.entries(parse(cookie ?? '')).filter(([name]) => /^session_token(?:_\d+)?$/.test(name));
  if (own.length === 0) return undefined;
  return { cookie: own.map(([name, value]) => `${name}=${encodeURIComponent(value ?? '')}`).join('; ') };
}

/** What a ticket says of itself, unproven. */
function circuitOf(authorization: string): string | undefined {
  const [, body] = /^Bearer ([A-Za-z0-9_-]{1,2048})\./i.exec(authorization) ?? [];
  if (body === undefined) return undefined;
  try {
    const facts = JSON.parse(Buffer.from(body, 'base64url').toString()) as { circuit?: unknown } | null;
    return typeof facts?.circuit === 'string' ? facts.circuit : undefined;
  } catch {
    return undefined;
  }
}
