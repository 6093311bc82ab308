import type { onRequestHookHandler } from 'fastify';
import type { IncomingHttpHeaders } from 'node:http';
import { ParleyError } from '../../protocol/errors.js';

/**
 * Whether a browser sent this from a page of ours. No Origin: no browser, or a plain navigation. The scheme is not
 * compared, since a proxy may speak TLS for us.
 */
export function isOwnOrigin({ origin, host }: IncomingHttpHeaders): boolean {
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === host?.toLowerCase();
}

const harmless = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Refuses what another site makes a browser send (CSRF). */
export const refuseForeignOrigin: onRequestHookHandler = (request, _reply, done) => {
  const refused = !harmless.has(request.method) && !isOwnOrigin(request.headers);
  done(refused ? new ParleyError('foreign_origin') : undefined);
};
