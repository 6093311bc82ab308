/** Which words of a request the tracker believes (reverse proxies, `Origin`), and what its answers forbid a browser. */
import helmet from '@fastify/helmet';
import type { FastifyServerOptions, onRequestHookHandler } from 'fastify';
import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { ParleyError } from '../../protocol/errors.js';
import type { App } from './http-types.js';

/**
 * Whether a request comes from a page of this tracker. Without `Origin` it comes from no browser, or is a plain navigation.
 * The scheme is not compared, since a proxy may end TLS. `Sec-Fetch-Site` is believed, since no page can set it; it helps
 * when a proxy that is not trusted has changed `Host`.
 */
export function isOwnOrigin({ origin, host, 'sec-fetch-site': site }: IncomingHttpHeaders): boolean {
  if (origin === undefined || site === 'same-origin') return true;
  return URL.canParse(origin) && new URL(origin).host === host?.toLowerCase();
}

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Refuses requests that a page of another site makes a browser send (CSRF). */
export const refuseForeignOrigin: onRequestHookHandler = (request, _reply, done) => {
  // `request.host` is the host that the browser asked for, by the word of a trusted proxy.
  const { headers, host } = request;
  const refused = !safeMethods.has(request.method) && !isOwnOrigin(headers) && !isOwnOrigin({ ...headers, host });
  done(refused ? new ParleyError('foreign_origin') : undefined);
};

/** Allows only our own style sheet, images and forms: no script, no frame, nothing of another site. */
const contentSecurityPolicy = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'"],
    formAction: ["'self'"],
    baseUri: ["'none'"],
    frameAncestors: ["'none'"],
  },
};

export async function addSecurityHeaders(app: App, secure: boolean): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy,
    // A browser must not remember TLS for a host that has none.
    strictTransportSecurity: secure,
    referrerPolicy: { policy: 'same-origin' },
  });
}

const BLOCKS = new Set(['loopback', 'linklocal', 'uniquelocal']);
/** Only plain paths: the prefix is written into pages and cookies. */
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

/** Sets `forwardedPrefix`: the path that a trusted proxy removed from the URL and names in `X-Forwarded-Prefix`. */
export function addForwardedPrefix(app: App): void {
  app.decorateRequest('forwardedPrefix', '');
  app.addHook('onRequest', (request, _reply, done) => {
    // `ips` lists the proxies that Fastify trusts. With one address only, the sender is no trusted proxy.
    const header = request.headers['x-forwarded-prefix'];
    if (typeof header === 'string' && (request.ips?.length ?? 0) > 1) {
      const prefix = header.replace(/\/+$/, '');
      if (PREFIX.test(prefix) && !prefix.includes('/..')) request.forwardedPrefix = prefix;
    }
    done();
  });
}
