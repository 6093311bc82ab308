/** One request to one backend, and to another one where that is safe. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingMessage } from 'node:http';
import { RELAY_PATH } from '../../protocol/circuit.js';
import { wasNotSent, whyNot, type Transport } from '../ask.js';
import type { Affinity, Place } from './affinity.js';
import type { ProxyBounds, ProxyTimings } from './config.js';
import { brokeOff, noBackend, sendFailure, sessionElsewhere, tooBusy, tooSlow, type ProxyFailure } from './failures.js';
import { backwardHeaders, onwardHeaders } from './headers.js';
import type { Health } from './health.js';
import type { ProxyMetrics } from './metrics.js';
import type { Backend, Pool } from './pool.js';

export interface ForwardParts {
  readonly pool: Pool;
  readonly affinity: Affinity;
  readonly health: Health;
  readonly transport: Transport;
  readonly metrics: ProxyMetrics;
  readonly timings: ProxyTimings;
  readonly bounds: ProxyBounds;
}

/** What may be asked twice without harm (RFC 9110 9.2.2), as far as trackers have it. */
const REPEATABLE = new Set(['GET', 'HEAD', 'OPTIONS']);
/** Their 401 is about a password. */
const CREDENTIALS = /^\/(?:login|register|password)(?:\?|$)/;

/** Where one request goes: the backend that knows its session, else whichever is next. */
export class Route {
  readonly #tried = new Set<Backend>();

  private constructor(
    private readonly parts: Pick<ForwardParts, 'pool' | 'affinity'>,
    private readonly place: Place,
    private readonly url: string,
  ) {}

  static async of(parts: Pick<ForwardParts, 'pool' | 'affinity'>, { raw, ip }: FastifyRequest): Promise<Route> {
    const { affinity } = parts;
    const [path, url] = [raw.url?.split('?')[0], raw.url ?? ''];
    if (path === RELAY_PATH) return new Route(parts, affinity.meetingOf(raw.headers), url);
    return new Route(parts, await affinity.placeOf(raw.headers, ip), url);
  }

  /** Each backend once. */
  next(): Backend | undefined {
    const { place } = this;
    const own = 'backend' in place && place.backend.isUp ? [place.backend] : [];
    const next = [...own, ...this.parts.pool.candidates()].find((one) => !this.#tried.has(one));
    if (next) this.#tried.add(next);
    return next;
  }

  /** Whether no other backend is left. */
  isLast(): boolean {
    return this.parts.pool.backends.every((one) => !one.isUp || this.#tried.has(one));
  }

  /** What to say instead of a backend's answer: it may not know a session that another one, which is away, knows. */
  instead(backend: Backend, { statusCode, headers }: IncomingMessage): ProxyFailure | undefined {
    if (statusCode !== 401 || CREDENTIALS.test(this.url)) return undefined;
    const { place } = this;
    if (place.kind === 'known' && place.backend === backend) this.parts.affinity.forget(place.key);
    const elsewhere = place.kind === 'unknown' ? place.away : place.kind === 'known' && place.backend !== backend;
    // A page to sign in is what a person needs.
    const isJson = headers['content-type']?.startsWith('application/json') === true;
    return elsewhere && isJson ? sessionElsewhere : undefined;
  }
}

type Failed = Error & { readonly statusCode?: number };

export class Forward {
  #underWay = 0;

  constructor(private readonly parts: ForwardParts) {}

  readonly handle = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    if (this.#underWay >= this.parts.bounds.requests) {
      sendFailure(request, reply, tooBusy);
      return reply;
    }
    // Who knows its session is asked for on connections as well.
    this.#underWay += 1;
    const route = await Route.of(this.parts, request).finally(() => (this.#underWay -= 1));
    this.#attempt(request, reply, route);
    return reply;
  };

  #attempt(request: FastifyRequest, reply: FastifyReply, route: Route): void {
    const { pool, metrics, timings } = this.parts;
    const backend = route.next();
    if (!backend) return sendFailure(request, reply, noBackend(pool.backends));
    const ended = this.#begin(backend);
    const startedAt = performance.now();
    const observe = (status: number): void =>
      metrics.observe(request.method, backend.name, status, (performance.now() - startedAt) / 1000);
    // The plugin calls back again when an answer that has begun breaks off.
    let isOver = false;
    const body = request.body as Buffer | undefined;
    try {
      reply.from(undefined, {
        getUpstream: () => backend.url.origin,
        timeout: timings.answer,
        // As it came: the plugin would write a body of JSON anew.
        ...(body?.length ? { body, contentType: request.headers['content-type'] ?? 'application/octet-stream' } : {}),
        rewriteRequestHeaders: (_request, headers) => onwardHeaders(request, headers),
        // The plugin would ask again by itself, ten times, where a backend says 503.
        retryDelay: () => null,
        rewriteHeaders: (headers) => {
          // Of the answer to a client that has gone the plugin tells nothing more.
          if (reply.raw.destroyed) {
            isOver = true;
            ended();
          }
          return backwardHeaders(headers);
        },
        onError: (_reply, { error }) => {
          if (isOver) return;
          isOver = true;
          ended();
          const failure = this.#failed(request, route, backend, error);
          if (failure !== undefined) observe(failure.status);
          if (reply.raw.destroyed) return;
          if (failure === undefined) this.#attempt(request, reply, route);
          else sendFailure(request, reply, failure);
        },
        onResponse: (_request, _reply, answer) => {
          const { stream } = answer as { stream: IncomingMessage };
          isOver = true;
          observe(stream.statusCode ?? 0);
          const late = setTimeout(() => stream.destroy(new Error('the answer does not end')), timings.wholeAnswer);
          stream.once('close', () => {
            clearTimeout(late);
            ended();
          });
          const instead = route.instead(backend, stream);
          if (!instead) return void reply.send(stream);
          stream.destroy();
          reply.removeHeader('content-length');
          sendFailure(request, reply, instead);
        },
      });
    } catch (error) {
      ended();
      throw error;
    }
  }

  #begin(backend: Backend): () => void {
    const release = this.parts.pool.use(backend);
    this.#underWay += 1;
    let isOver = false;
    return () => {
      if (!isOver) this.#underWay -= 1;
      isOver = true;
      release();
    };
  }

  /** @returns what to answer; undefined: it is tried at another backend */
  #failed(request: FastifyRequest, route: Route, backend: Backend, error: Failed): ProxyFailure | undefined {
    const { health, pool, metrics, timings } = this.parts;
    void health.check(backend);
    if (error.statusCode === 504) return tooSlow(backend, timings.answer);
    const { cause } = error;
    const unsent = wasNotSent(cause);
    if (unsent) pool.failed(backend, whyNot(cause), true);
    const again = unsent || REPEATABLE.has(request.method);
    if (!again || (!unsent && route.isLast())) return brokeOff(backend, whyNot(cause));
    metrics.retried();
    return undefined;
  }
}
