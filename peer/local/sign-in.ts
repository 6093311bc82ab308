/** Signing in to this peer: by the account's password, or by a one-time link. */
import type { FastifyInstance } from 'fastify';
import { Compile } from 'typebox/compile';
import { LocalLogin, type SessionView } from '../../protocol/local-api.js';
import { badRequest } from '../commands/command.js';
import type { LoginLinks, SessionCookie } from './sessions.js';
import { sessionOf, type LocalContext } from './context.js';
import { page } from './http-routes.js';

export interface SessionRouteParts {
  readonly context: LocalContext;
  readonly links: LoginLinks;
  /** Known once the server listens. */
  readonly cookie: () => SessionCookie;
}

const loginBody = Compile(LocalLogin);

export function sessionRoutes(app: FastifyInstance, { context, links, cookie }: SessionRouteParts): void {
  const { services, sessions, attempts } = context;
  const { account } = services;

  app.get('/api/session', async ({ headers }, reply): Promise<SessionView> => {
    void reply.header('cache-control', 'no-store');
    const session = sessionOf(headers, cookie(), context);
    const token = cookie().read(headers);
    if (session && token && sessions.check(token) === session && (await sessions.renew(session))) {
      void reply.header('set-cookie', cookie().set(token));
    }
    return { username: account.username, signedIn: session !== undefined, tracker: services.people.tracker() };
  });

  app.post('/api/login', async ({ body, ip }, reply) => {
    if (!loginBody.Check(body)) throw badRequest('login', loginBody.Errors(body)[0]);
    const { password, register = false, invite } = body;
    await attempts.run(ip, () => account.login(password, register, invite));
    void reply.header('set-cookie', cookie().set(await sessions.create()));
    return { status: 'success', username: account.username };
  });

  app.post('/api/logout', async ({ headers }, reply) => {
    const session = sessionOf(headers, cookie(), context);
    if (session) await sessions.end(session);
    void reply.header('set-cookie', cookie().clear());
    return { status: 'success' };
  });

  // No HEAD: a program that only looks at a link must not use it up.
  app.get<{ Params: { token: string } }>('/enter/:token', { exposeHeadRoute: false }, async ({ params }, reply) => {
    void reply.header('cache-control', 'no-store');
    if (!links.use(params.token)) {
      const text = 'A link opens Parley once. This one has been used, or its peer has been started again since.';
      return reply
        .code(401)
        .type('text/html; charset=utf-8')
        .send(page('This link is used up', text, 'Sign in with your password'));
    }
    return reply.header('set-cookie', cookie().set(await sessions.create())).redirect('/', 303);
  });
}
