import { Readable } from 'node:stream';
import { ParleyError } from '../../protocol/errors.js';
import type { DeviceId } from '../../protocol/ids.js';
import { AskCheck, CHECK_EVERY_MS, Checked, REFLECTIONS_PER_MINUTE, Reflected } from '../../protocol/reach.js';
import { Failure } from '../../protocol/tracker-api.js';
import type { App } from '../plugins/http-types.js';
import { perAccount, perBodyField, perSession } from '../plugins/limits.js';
import { isBehindStranger, seenAt } from '../plugins/seen.js';
import { authenticate, needsSession, signedIn } from '../plugins/session.js';
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
  // However many sessions somebody has.
  const limitOfAll = perAccount(app, 4 * REFLECTIONS_PER_MINUTE);
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
      await limitOfAll(request);
      const seen = seenAt(request);
      const other = seen.proxied ? undefined : otherPort();
      return { status: 'success' as const, ...seen, ...(other !== undefined && { other_port: other }) };
    },
  );
}

/** Whether a device can be dialled where it calls from (SPEC.md section 2). */
export async function reachRoutes(app: App, { devices, reachChecks, sessions }: Services): Promise<void> {
  const limit = perBodyField(app, 'device', { max: 1, windowMs: CHECK_EVERY_MS });
  app.addHook('onRequest', authenticate(sessions));

  app.post(
    '/reach/check',
    {
      schema: {
        tags,
        security: needsSession,
        summary: 'Dial ports of the caller, at the address it is seen at, and look which device answers',
        body: AskCheck,
        response: { 200: Checked, '4xx': Failure, '5xx': Failure },
      },
    },
    async (request) => {
      const device = request.body.device as DeviceId;
      if (!(await devices.check(signedIn(request).username, device))) {
        throw new ParleyError('forbidden', 'Only a device that is registered here may ask. Register it first.');
      }
      if (isBehindStranger(request)) {
        const why = 'A proxy stands between that this tracker does not trust, so it cannot see where this peer is.';
        throw new ParleyError('bad_request', `${why} Whoever runs the tracker can name the proxy (--trust-proxy).`);
      }
      await limit(request);
      const { host } = seenAt(request);
      const results = await reachChecks.check(host, signedIn(request).user, device, request.body.ports);
      return { status: 'success' as const, host, results };
    },
  );
}
