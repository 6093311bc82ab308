import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import { ListAccounts, ListAudit } from '../../protocol/admin-api.js';
import type { Username } from '../../protocol/ids.js';
import { UsernameField } from '../../protocol/tracker-api.js';
import { adminErrorPage, Said } from '../pages/admin-layout.js';
import { logPage } from '../pages/admin-log-page.js';
import { accountPage, peoplePage } from '../pages/admin-people-page.js';
import type { App } from '../plugins/http-types.js';
import { sendPage } from '../plugins/pages.js';
import { requireAdmin, signedIn, signInFirst } from '../plugins/session.js';
import type { Services } from '../services.js';

const LOG_PAGE = 100;

/** The pages of admins. Who is not signed in is asked to sign in, and comes back by the link of the dashboard. */
export async function adminPageRoutes(app: App, services: Services): Promise<void> {
  const { accounts, administration, audit, sessions, settings } = services;
  app.addHook('onRequest', signInFirst(sessions));
  app.addHook('onRequest', requireAdmin(accounts));
  const config = { errorPage: adminErrorPage(settings) };
  const by = (request: FastifyRequest) => signedIn(request).username;

  app.get('/admin.html', { schema: { hide: true, querystring: ListAccounts }, config }, async (request, reply) => {
    const { q = '', state = '' } = request.query;
    const [found, more] = await administration.list(request.query);
    return sendPage(reply, peoplePage(settings, { username: by(request), accounts: found, more, q, state }));
  });

  const Shown = Type.Object({ name: UsernameField, said: Said });
  app.get('/admin-account.html', { schema: { hide: true, querystring: Shown }, config }, async (request, reply) => {
    const { name, said } = request.query;
    const found = await administration.find(name as Username);
    return sendPage(reply, accountPage(settings, { username: by(request), ...found, said }));
  });

  app.get('/admin-log.html', { schema: { hide: true, querystring: ListAudit }, config }, async (request, reply) => {
    const page = await audit.page(request.query.before, LOG_PAGE);
    return sendPage(reply, logPage(settings, { username: by(request), ...page }));
  });
}
