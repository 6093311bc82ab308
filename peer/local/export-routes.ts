/** `GET /api/export`: all data of the user as one archive (section 8), made while it is read. */
import type { FastifyInstance } from 'fastify';
import type { ServerResponse } from 'node:http';
import { ParleyError } from '../../protocol/errors.js';
import { exportArchive, exportName } from '../export/archive.js';
import { exportParts } from '../export/parts.js';
import { sessionOf, type LocalContext } from './context.js';
import type { SessionCookie } from './sessions.js';

export function exportRoutes(app: FastifyInstance, context: LocalContext, cookie: () => SessionCookie): void {
  const { services, limits } = context;
  let busy = false;
  // It cannot be said of one that is not made how long it is.
  app.get('/api/export', { exposeHeadRoute: false }, async ({ headers }, reply) => {
    if (!sessionOf(headers, cookie(), context)) throw new ParleyError('not_signed_in');
    if (busy) throw new ParleyError('unavailable', 'Your data is being exported already. Wait until that has ended.');
    busy = true;
    const archive = exportArchive(exportParts(services));
    const over = endUnread(reply.raw, limits.bodyIdleMs);
    archive.once('close', () => {
      busy = false;
      over();
    });
    return reply
      .type('application/zip')
      .header('cache-control', 'no-store')
      .header('x-content-type-options', 'nosniff')
      .header(
        'content-disposition',
        `attachment; filename="${exportName(services.account.username, services.clock.now())}"`,
      )
      .send(archive);
  });
}

/** A reader that takes nothing for so long is ended. @returns what ends the watch */
function endUnread({ socket }: ServerResponse, idleMs: number): () => void {
  if (!socket) return () => undefined;
  let before = -1;
  const watch = setInterval(() => {
    // What is not taken fills the way: nothing more is written, and something waits.
    if (socket.bytesWritten === before && socket.writableLength > 0) socket.destroy();
    before = socket.bytesWritten;
  }, idleMs);
  return () => clearInterval(watch);
}
