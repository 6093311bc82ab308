/** What every HTTP request passes before its route: the names that we answer to, the headers, JSON bodies, one form of failure. */
import helmet from '@fastify/helmet';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ParleyError } from '../../protocol/errors.js';
import type { Log } from '../services.js';
import { failed } from './failures.js';
import type { OriginRules } from './origin.js';

/** Nothing from elsewhere, nothing inline; pictures also from what the page itself has in hand. */
const contentSecurityPolicy = {
  useDefaults: false,
  directives: {
    'default-src': ["'none'"],
    'script-src': ["'self'"],
    'style-src': ["'self'"],
    'img-src': ["'self'", 'blob:', 'data:'],
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

function checkOrigin({ method, headers }: FastifyRequest, origins: OriginRules): void {
  const reading = method === 'GET' || method === 'HEAD';
  if (!origins.hostAllowed(headers.host) || (!reading && !origins.originAllowed(headers.origin, headers.host))) {
    throw new ParleyError('foreign_origin');
  }
}

/** A form of a foreign page can send anything but this type without asking first. */
function checkContentType({ method, headers }: FastifyRequest): void {
  if (method !== 'POST' || /^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '')) return;
  throw new ParleyError('bad_request', 'Send the body as application/json.');
}

export function fail(reply: FastifyReply, error: unknown, log: Log): FastifyReply {
  const { http, code, message } = failed(error, log);
  if (http === 401) void reply.header('www-authenticate', 'Bearer');
  return reply.code(http).send({ status: 'failed', code, message });
}
