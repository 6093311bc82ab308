/** The set-up over HTTP: open to nobody but the browser that came by the one-time link. */
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { Compile } from 'typebox/compile';
import { ParleyError } from '../../protocol/errors.js';
import { parseUsername } from '../../protocol/ids.js';
import { SetupBody, SetupCheck, type SessionView, type SetupTracker } from '../../protocol/local-api.js';
import { badRequest } from '../commands/command.js';
import type { SessionCookie, LoginLinks, LocalSessions } from '../local/sessions.js';
import { page } from '../local/http-routes.js';
import type { RateLimit } from './rate-limit.js';

export interface SetupRouteParts {
  readonly links: LoginLinks;
  /** Of this set-up alone, in memory. */
  readonly sessions: LocalSessions;
  readonly cookie: () => SessionCookie;
  readonly rates: { readonly check: RateLimit; readonly setUp: RateLimit };
  /** What the daemon was started with. */
  readonly address: string | undefined;
  readonly deviceName: string | undefined;
  check(address: string): Promise<SetupTracker>;
  /** The token of the browser's session, once everything is on the disk. */
  setUp(wanted: SetupBody): Promise<string>;
  /** The answer has been sent, or its reader is gone. */
  finished(): void;
}

const checkBody = Compile(SetupCheck);
const setupBody = Compile(SetupBody);
const WAITING = 'Nobody has set this peer up yet. Open the link that it printed when it was started.';

export function setupRoutes(app: FastifyInstance, parts: SetupRouteParts): void {
  const { links, sessions, cookie, rates, address, deviceName } = parts;
  const authorised = (headers: IncomingHttpHeaders): boolean => sessions.check(cookie().read(headers)) !== undefined;
  const demand = (headers: IncomingHttpHeaders): void => {
    if (!authorised(headers)) throw new ParleyError('not_signed_in', WAITING);
  };
  let done = false;

  app.get('/healthz', async () => ({ status: 'success' }));

  app.get('/api/session', async ({ headers }, reply): Promise<SessionView> => {
    void reply.header('cache-control', 'no-store');
    const may = authorised(headers);
    return {
      username: '',
      signedIn: false,
      tracker: { url: '', state: 'connecting', reason: WAITING },
      // What it was started with is the business of whoever started it.
      setup: {
        authorised: may,
        ...(may && address !== undefined && { address }),
        ...(may && deviceName !== undefined && { device: deviceName }),
      },
    };
  });

  app.post('/api/setup/check', async ({ headers, body }): Promise<SetupTracker & { status: 'success' }> => {
    demand(headers);
    if (!checkBody.Check(body)) throw badRequest('setup', checkBody.Errors(body)[0]);
    const { tracker, ca, invited, local } = await rates.check.run(() => parts.check(body.address));
    return { status: 'success', tracker, ca, invited, local };
  });

  app.post('/api/setup', async ({ headers, body }, reply) => {
    demand(headers);
    if (!setupBody.Check(body)) throw badRequest('setup', setupBody.Errors(body)[0]);
    if (!parseUsername(body.username)) throw new ParleyError('bad_name');
    const token = await rates.setUp.run(() => {
      if (done) throw new ParleyError('unavailable', 'This peer has just been set up. Reload the page.');
      return parts.setUp(body);
    });
    done = true;
    // Its reader may be gone already: what is on the disk counts all the same.
    if (reply.raw.destroyed) parts.finished();
    else reply.raw.once('close', () => parts.finished());
    return reply.header('set-cookie', cookie().set(token)).send({ status: 'success', username: body.username });
  });

  app.get<{ Params: { token: string } }>('/enter/:token', { exposeHeadRoute: false }, async ({ params }, reply) => {
    void reply.header('cache-control', 'no-store');
    if (!links.use(params.token)) return usedUp(reply);
    return reply.header('set-cookie', cookie().set(await sessions.create())).redirect('/', 303);
  });
}

function usedUp(reply: FastifyReply): FastifyReply {
  const text =
    'The link opens the set-up once, in one browser. Go on in that one; or stop the peer with Ctrl-C and start it again, ' +
    'which prints a new link.';
  return reply.code(401).type('text/html; charset=utf-8').send(page('This link is used up', text));
}
