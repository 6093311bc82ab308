/** What every HTTP request passes before its route: the names that we answer to, the headers, JSON bodies, one form of failure. */
import helmet from '@fastify/helmet';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { ParleyError, errorTable, isParleyError } from '../../protocol/errors.js';
import type { Log } from '../services.js';

/** Nothing from elsewhere, nothing inline; pictures, sound and films also from what the page itself has in hand. */
const contentSecurityPolicy = {
  useDefaults: false,
  directives: {
    'default-src': ["'none'"],
    'script-src': ["'self'"],
    'style-src': ["'self'"],
    'img-src': ["'self'", 'blob:', 'data:'],
    'media-src': ["'self'", 'blob:'],
    'connect-src': ["'self'"],
    'font-src': ["'self'"],
    'manifest-src': ["'self'"],
    'worker-src': ["'self'"],
    'base-uri': ["'none'"],
    'form-action': ["'self'"],
    'frame-ancestors': ["'none'"],
  },
};

export async function guard(app: FastifyInstance, origins: () => OriginRules, log: Log): Promise<void> {
  app.addHook('onRequest', async (request) => checkOrigin(request, origins()));
  await app.register(helmet, {
    contentSecurityPolicy,
    crossOriginOpenerPolicy: { policy: 'same-origin' },
    crossOriginResourcePolicy: { policy: 'same-origin' },
    referrerPolicy: { policy: 'no-referrer' },
    // Plain HTTP on this machine: a promise of TLS would lock the browser out of every port of it.
    strictTransportSecurity: false,
  });
  app.removeContentTypeParser('text/plain');
  app.addHook('onRequest', async (request) => checkContentType(request));
  app.setErrorHandler((error, _request, reply) => fail(reply, error, log));
  app.setNotFoundHandler((request, reply) => {
    const [pathname = ''] = request.url.split('?');
    const api = pathname === '/api' || pathname.startsWith('/api/');
    return fail(
      reply,
      new ParleyError('not_found', api ? `There is no ${request.method} ${pathname}.` : undefined),
      log,
    );
  });
}

function checkOrigin({ method, headers, routeOptions }: FastifyRequest, origins: OriginRules): void {
  if (routeOptions.config.machines) {
    const { origin, 'sec-fetch-site': site } = headers;
    // A browser sends `Origin` with each POST; so no page of elsewhere gets here, and any name of this machine will do.
    if (origin === undefined && site === undefined) return;
    if (site !== undefined && site !== 'same-origin') throw new ParleyError('foreign_origin');
  }
  const reading = method === 'GET' || method === 'HEAD';
  if (!origins.hostAllowed(headers.host) || (!reading && !origins.originAllowed(headers.origin, headers.host))) {
    throw new ParleyError('foreign_origin');
  }
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The body is a file: of any type and size, and read by the route alone. */
    readonly anyBody?: true;
    /** A form of this server's own pages: that it is one, its `Origin` says. */
    readonly form?: true;
    /** Open to programs of anywhere, by a secret in its path: browsers are told from them by what they say of themselves. */
    readonly machines?: true;
  }
}

/** A form of a foreign page can send anything but this type without asking first. For files its `Origin` has to do. */
function checkContentType({ method, headers, routeOptions }: FastifyRequest): void {
  const { anyBody, form, machines } = routeOptions.config;
  const type = headers['content-type'] ?? '';
  if (method !== 'POST' || anyBody || machines || /^application\/json\s*(;|$)/i.test(type)) return;
  if (form && headers.origin !== undefined && /^application\/x-www-form-urlencoded\s*(;|$)/i.test(type)) return;
  throw new ParleyError('bad_request', 'Send the body as application/json.');
}

export function fail(reply: FastifyReply, error: unknown, log: Log): FastifyReply {
  const { http, code, message } = failed(error, log);
  if (http === 401) void reply.header('www-authenticate', 'Bearer');
  return reply.code(http).send({ status: 'failed', code, message });
}

/**
 * Which names this server answers to. A web site that points its own name at this address (DNS rebinding) is told apart
 * by `Host`, one that calls from a browser by `Origin`.
 */
export class OriginRules {
  readonly #hosts: ReadonlySet<string>;

  /**
   * `allowed`: further names, `host` or `host:port`, for a server that is bound to more than loopback. `schemes`: those by which its
   * own pages are opened.
   */
  constructor(
    port: number,
    allowed: readonly string[],
    private readonly schemes: readonly ('http' | 'https')[] = ['http'],
  ) {
    const names = ['localhost', '127.0.0.1', '[::1]', ...allowed].map((name) => name.toLowerCase());
    this.#hosts = new Set(names.flatMap((name) => withPort(name, port)));
  }

  hostAllowed(host: string | undefined): boolean {
    return host !== undefined && this.#hosts.has(host.toLowerCase());
  }

  /** Whether a page of this server's own may call another port of it. */
  pageAllowed(origin: string | undefined): boolean {
    return (
      origin === undefined ||
      this.schemes.some((scheme) => {
        const start = `${scheme}://`;
        return origin.toLowerCase().startsWith(start) && this.hostAllowed(origin.slice(start.length));
      })
    );
  }

  /** An absent origin is no browser's. A present one must be that of the page which this very address serves. */
  originAllowed(origin: string | undefined, host: string | undefined): boolean {
    if (origin === undefined) return true;
    return this.schemes.some((scheme) => origin.toLowerCase() === `${scheme}://${String(host).toLowerCase()}`);
  }
}

function withPort(name: string, port: number): string[] {
  const bare = name.includes(':') && !name.includes('[') && name.split(':').length > 2 ? `[${name}]` : name;
  if (/:\d+$/.test(bare.replace(/^\[.*\]/, ''))) return [bare];
  // A browser leaves out the port that http has anyway.
  return port === 80 ? [bare, `${bare}:80`] : [`${bare}:${port}`];
}

/** How this server words an error, whatever it was. What is not the connection's fault goes to the log, and only there. */
export interface Failed {
  readonly code: string;
  readonly message: string;
  readonly http: number;
}

/** What Fastify itself refuses with, in our words. */
const fastifyCodes: Readonly<Record<string, 'too_large' | 'bad_json' | 'bad_request'>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'too_large',
  FST_ERR_CTP_INVALID_JSON_BODY: 'bad_json',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'bad_json',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'bad_request',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'bad_request',
};

export function failed(error: unknown, log: Log): Failed {
  if (isParleyError(error)) return { code: error.code, message: error.message, http: error.http };
  const { code, status } = errorFacts(error);
  const known = fastifyCodes[code];
  if (known) return { code: known, message: errorTable[known].message, http: errorTable[known].http };
  if (status >= 400 && status < 500)
    return { code: 'bad_request', message: errorTable.bad_request.message, http: status };
  log.error({ err: error }, 'a request failed');
  return { code: 'internal', message: errorTable.internal.message, http: 500 };
}

function errorFacts(error: unknown): { code: string; status: number } {
  if (typeof error !== 'object' || error === null) return { code: '', status: 0 };
  return {
    code: 'code' in error && typeof error.code === 'string' ? error.code : '',
    status: 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 0,
  };
}

/** An HTTP answer on a connection that no route has, then its end. */
export function refuse(connection: Duplex, http: number, code: string, message: string): void {
  if (!connection.writable) return void connection.destroy();
  const body = JSON.stringify({ status: 'failed', code, message });
  const head = [
    `HTTP/1.1 ${http} ${STATUS_CODES[http] ?? ''}`,
    'Connection: close',
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  connection.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
