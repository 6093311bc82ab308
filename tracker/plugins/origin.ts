import type { onRequestHookHandler } from 'fastify';
import type { IncomingHttpHeaders } from 'node:http';
import { ParleyError } from '../../protocol/errors.js';

/**
 * Whether a browser sent this from a page of ours. No Origin: no browser, or a plain navigation. The scheme is not
 * compared, since a proxy may speak TLS for us. A browser that tells the site is believed, since no page can set that
 * header: a proxy that is not set up may have changed `Host`.
 */
export function isOwnOrigin({ origin, host, 'sec-fetch-site': site }: IncomingHttpHeaders): boolean {
  if (origin === undefined || site === 'same-origin') return true;
  return URL.canParse(origin) && new URL(origin).host === host?.toLowerCase();
}

const harmless = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Refuses what another site makes a browser send (CSRF). */
export const refuseForeignOrigin: onRequestHookHandler = (request, _reply, done) => {
  // `request.host` is what a trusted proxy says that the browser asked for.
  const { headers, host } = request;
  const refused = !harmless.has(request.method) && !isOwnOrigin(headers) && !isOwnOrigin({ ...headers, host });
  done(refused ? new ParleyError('foreign_origin') : undefined);
};
