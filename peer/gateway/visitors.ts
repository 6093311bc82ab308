/** The gateway's web address for who has no session: to sign in, to register, to come as a guest; by form, or by a program. */
import { parse } from 'node:querystring';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { INVITE_MAX } from '../../protocol/limits.js';
import { isParleyError, ParleyError } from '../../protocol/errors.js';
import type { SessionView } from '../../protocol/local-api.js';
import type { Seat } from '../doors/host.js';
import { LOCAL_LIMITS } from '../local/context.js';
import { guard, type OriginRules } from '../local/http-guard.js';
import { newApp } from '../local/server.js';
import type { SessionCookie } from '../local/sessions.js';
import type { Log } from '../services.js';
import type { GatewayHost } from './gateway-host.js';
import { languageOf } from './page-texts.js';
import { visitorPage, type Action, type PageState } from './visitor-page.js';
import type { UserDoors } from './user-doors.js';

/** How the pages look: the tracker's style sheet and mark, given by who starts both. */
export interface Look {
  readonly stylesheet: string;
  readonly icon: string;
}

export interface VisitorParts {
  readonly host: GatewayHost;
  readonly doors: UserDoors;
  readonly origins: () => OriginRules;
  readonly cookie: () => SessionCookie;
  readonly look: Look;
  readonly log: Log;
}

const FORM_MAX = 4096;

export async function visitorPages({
  host,
  doors,
  origins,
  cookie,
  look,
  log,
}: VisitorParts): Promise<FastifyInstance> {
  const app = newApp(log, LOCAL_LIMITS);
  await guard(app, origins, log);
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: FORM_MAX },
    (_request, body, done) => done(null, parse(String(body))),
  );
  app.get('/', async (_request, reply) => reply.redirect('sign-in', 303));
  app.get('/healthz', async () => ({ status: 'success' }));
  app.get('/style.css', async (_request, reply) => reply.type('text/css; charset=utf-8').send(look.stylesheet));
  app.get('/icon.svg', async (_request, reply) => reply.type('image/svg+xml').send(look.icon));
  app.get('/api/session', async (_request, reply): Promise<SessionView> => {
    void reply.header('cache-control', 'no-store');
    return { username: '', signedIn: false, tracker: { url: '', state: 'connected' }, gateway: true };
  });

  /** @returns the token of a new session, and whose it is */
  async function enter(request: FastifyRequest, action: Action): Promise<{ token: string; username: string }> {
    const { username, password } = (request.body ?? {}) as { username?: unknown; password?: unknown };
    if (typeof username !== 'string') throw new ParleyError('bad_request');
    const seat = await takeSeat(username, password, action, request);
    try {
      const user = host.user(seat.username);
      if (!user?.awake) throw new ParleyError('unavailable');
      return { token: await doors.begin(user, user.awake), username: seat.username };
    } finally {
      seat.leave();
    }
  }

  async function takeSeat(
    username: string,
    password: unknown,
    action: Action,
    { ip: address, raw, body }: FastifyRequest,
  ): Promise<Seat> {
    if (action === 'guest') return host.guest({ username, address, gone: () => raw.socket.destroyed });
    if (typeof password !== 'string') throw new ParleyError('bad_request');
    const { invite } = (body ?? {}) as { invite?: unknown };
    const code = typeof invite === 'string' && invite !== '' ? invite.slice(0, INVITE_MAX) : undefined;
    return host.signIn({ username, password, register: action === 'register', invite: code, address });
  }

  /** For programs: the token also comes in the answer. Without a password it is a guest's. */
  app.post('/api/login', async (request, reply) => {
    const { register, password } = (request.body ?? {}) as { register?: unknown; password?: unknown };
    const action = password === undefined ? 'guest' : register === true ? 'register' : 'sign-in';
    const { token, username } = await enter(request, action);
    return reply.header('set-cookie', cookie().set(token)).send({ status: 'success', username, token });
  });

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    state: Omit<PageState, 'name' | 'guests'>,
  ): Promise<FastifyReply> {
    const guests = await host.guestsAllowed();
    return sendPage(request, reply, { ...state, name: host.name, guests });
  }

  for (const action of ['sign-in', 'register', 'guest'] as const) {
    app.get(`/${action}`, async (request, reply) =>
      action === 'guest' && !(await host.guestsAllowed())
        ? reply.redirect('sign-in', 303)
        : show(request, reply, { action }),
    );
    app.post(`/${action}`, { config: { form: true } }, async (request, reply) => {
      try {
        const { token } = await enter(request, action);
        return await reply.header('set-cookie', cookie().set(token)).redirect('./', 303);
      } catch (error) {
        if (!isParleyError(error)) throw error;
        const { username } = (request.body ?? {}) as { username?: unknown };
        const typed = typeof username === 'string' ? username.slice(0, 64) : '';
        return show(request, reply.code(error.http), { action, username: typed, error });
      }
    });
  }
  await app.ready();
  return app;
}

function sendPage(request: FastifyRequest, reply: FastifyReply, state: PageState): FastifyReply {
  return (
    reply
      .type('text/html; charset=utf-8')
      .header('cache-control', 'no-store')
      .header('vary', 'accept-language')
      // With none at all, a form would be sent from an origin that is not this one.
      .header('referrer-policy', 'same-origin')
      .send(visitorPage(languageOf(request.headers['accept-language']), state))
  );
}
