import { Readable } from 'node:stream';
import { REFLECTIONS_PER_MINUTE, Reflected } from '../../protocol/reach.js';
import { Failure } from '../../protocol/tracker-api.js';
import type { App } from '../plugins/http-types.js';
import { perSession } from '../plugins/limits.js';
import { seenAt } from '../plugins/seen.js';
import { authenticate, needsSession } from '../plugins/session.js';
import type { Services } from '../services.js';

const tags = ['Reach'];

/**
 * `GET /reflect`, on each of the ports that answer it.
 * @param otherPort where else it is answered; asked at each call, since that port opens later
 */
export async function reflectRoute(
  app: App,
  { sessions }: Pick<Services, 'sessions'>,
  otherPort: () => number | undefined,
): Promise<void> {
  const limit = perSession(app, REFLECTIONS_PER_MINUTE);
  // The side that closes first keeps the connection's ports busy for a minute. The caller wants to use its own again.
  app.addHook('onRequest', (_request, reply, done) => {
    void reply.header('connection', 'close');
    done();
  });
  app.addHook('onSend', (_request, reply, payload, done) => {
    // The end of the answer is that of the connection: else a client that has read it closes at the same moment.
    reply.raw.useChunkedEncodingByDefault = false;
    done(null, typeof payload === 'string' ? Readable.from([payload]) : payload);
  });
  app.addHook('onRequest', authenticate(sessions));

  app.get(
    '/reflect',
    {
      schema: {
        tags,
        security: needsSession,
        summary: 'Where this connection comes from, as the tracker sees it',
        response: { 200: Reflected, '4xx': Failure, '5xx': Failure },
      },
    },
    async (request) => {
      await limit(request);
      const seen = seenAt(request);
      const other = seen.proxied ? undefined : otherPort();
      return { status: 'success' as const, ...seen, ...(other !== undefined && { other_port: other }) };
    },
  );
}
