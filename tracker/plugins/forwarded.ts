/**
 * Behind a reverse proxy: whom to believe, and what. `X-Forwarded-*` from anybody else is a stranger's word and counts for
 * nothing; nobody is trusted unless the owner says so, this machine neither.
 */
import { isIP } from 'node:net';
import type { FastifyServerOptions } from 'fastify';
import type { App } from './http-types.js';

const BLOCKS = new Set(['loopback', 'linklocal', 'uniquelocal']);
/** A plain path: it is written into pages and cookies. */
const PREFIX = /^(?:\/[A-Za-z0-9._~-]{1,64}){1,8}$/;

/** An address, a CIDR block, or the name of a block. */
export function isProxyAddress(text: string): boolean {
  if (BLOCKS.has(text)) return true;
  const [address = '', bits, more] = text.split('/');
  const version = isIP(address);
  if (version === 0 || more !== undefined) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

export function trustedBy(proxies: readonly string[]): NonNullable<FastifyServerOptions['trustProxy']> {
  return proxies.length > 0 ? [...proxies] : false;
}

/** Sets `forwardedPrefix`: `X-Forwarded-Prefix` of a trusted proxy, which took that path off before it asked us. */
export function addForwarded(app: App): void {
  app.decorateRequest('forwardedPrefix', '');
  app.addHook('onRequest', (request, _reply, done) => {
    // Fastify lists who forwarded only as far as it trusts: with the sender alone, it is no proxy of ours.
    const header = request.headers['x-forwarded-prefix'];
    if (typeof header === 'string' && (request.ips?.length ?? 0) > 1) {
      const prefix = header.replace(/\/+$/, '');
      if (PREFIX.test(prefix) && !prefix.includes('/..')) request.forwardedPrefix = prefix;
    }
    done();
  });
}
