import type { FastifyInstance } from 'fastify';
import { ParleyError } from '../../protocol/errors.js';
import { sessionOf, type SessionCookie } from './authority.js';
import type { Door } from './door.js';

const YEAR_S = 365 * 24 * 3600;

/**
 * `GET /api/pictures/:id`: pictures of profiles. The id is that of the bytes, so that a browser never asks twice. They come
 * from others: what they are was told by their first bytes, and opened by themselves they can do nothing.
 */
export function pictureRoutes(app: FastifyInstance, door: Door, cookie: () => SessionCookie): void {
  app.get<{ Params: { id: string } }>('/api/pictures/:id', async ({ headers, params }, reply) => {
    if (!sessionOf(headers, cookie(), door)) throw new ParleyError('not_signed_in');
    const picture = door.services.profiles.picture(params.id);
    if (!picture) throw new ParleyError('not_found');
    return reply
      .type(picture.mime)
      .header('cache-control', `private, max-age=${YEAR_S}, immutable`)
      .header('content-security-policy', "default-src 'none'; sandbox")
      .header('x-content-type-options', 'nosniff')
      .send(Buffer.from(picture.bytes));
  });
}
