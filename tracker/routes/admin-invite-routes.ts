import { hash, X509Certificate } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import { InviteList, InviteMade, InviteRecord, MakeInvite } from '../../protocol/admin-api.js';
import { ParleyError } from '../../protocol/errors.js';
import { formatInvite } from '../../protocol/invite.js';
import { INVITE_TRACKERS_MAX } from '../../protocol/limits.js';
import { Failure } from '../../protocol/tracker-api.js';
import { adminErrorPage, rootOf, typedIn, type Again } from '../pages/admin-layout.js';
import { INVITE_FIELDS, invitePage, invitesPage, newInviteForm } from '../pages/admin-invites-page.js';
import { isOfThisMachine } from '../pages/layout.js';
import { addFormBodies, isForm, numbersOf } from '../plugins/bodies.js';
import type { App } from '../plugins/http-types.js';
import { perAccount } from '../plugins/limits.js';
import { sendPage, urlOf } from '../plugins/pages.js';
import { authenticate, needsSession, requireAdmin, signedIn, signInFirst } from '../plugins/session.js';
import type { Services } from '../services.js';

const Id = Type.Object({ id: InviteRecord.properties.id });
const failures = { '4xx': Failure };
/** A minute and an admin. */
const ACTIONS_MAX = 60;

/** Codes with which accounts are made: by API, and as pages of the administration. */
export async function adminInviteRoutes(app: App, services: Services): Promise<void> {
  const { accounts, administration, authority, invites, sessions, settings } = services;
  const ca = hash(
    'sha256',
    new X509Certificate(authority.certificate).publicKey.export({ type: 'spki', format: 'der' }),
    'base64url',
  );
  const config = { errorPage: adminErrorPage(settings) };
  const again: Again = (request, problem) =>
    newInviteForm(`${rootOf(request)}admin/invites`, typedIn(request, 'uses'), typedIn(request, 'days'), problem);
  addFormBodies(app);

  /** For those who reach the tracker as the admin does, or, on its own machine, by the addresses that its keeper has named. */
  const linkOf = (request: FastifyRequest, { code }: InviteRecord): string => {
    const url = urlOf(request);
    const own = isOfThisMachine(url) && settings.trackers.length > 0 ? [] : [url];
    const trackers = [...new Set([...own, ...settings.trackers])].slice(0, INVITE_TRACKERS_MAX);
    return formatInvite({ trackers, ca, code });
  };

  await app.register(async (scope: App) => {
    scope.addHook('onRequest', authenticate(sessions));
    scope.addHook('onRequest', requireAdmin(accounts));
    const limit = perAccount(scope, ACTIONS_MAX);
    const schema = { tags: ['Administration'], security: needsSession };

    scope.get(
      '/admin/invites',
      { schema: { ...schema, summary: 'All invites, the latest first', response: { 200: InviteList, ...failures } } },
      async () => ({ status: 'success' as const, invites: await invites.list() }),
    );

    scope.post(
      '/admin/invites',
      {
        schema: {
          ...schema,
          summary: 'A code with which so many accounts are made, within so many days',
          body: MakeInvite,
          consumes: ['application/json', 'application/x-www-form-urlencoded'],
          response: { 200: InviteMade, ...failures },
        },
        preValidation: numbersOf('uses', 'days'),
        config: { errorPage: adminErrorPage(settings, again), fieldNames: INVITE_FIELDS },
      },
      async (request, reply) => {
        await limit(request);
        const invite = await administration.makeInvite(signedIn(request).username, request.body);
        if (isForm(request)) return reply.redirect(`../admin-invite.html?id=${invite.id}`, 303);
        return { status: 'success' as const, invite, link: linkOf(request, invite) };
      },
    );

    scope.post(
      '/admin/invites/:id/revoke',
      {
        schema: {
          ...schema,
          summary: 'It makes no more accounts; those that it made stay',
          params: Id,
          response: { 200: InviteMade, ...failures },
        },
        config,
      },
      async (request, reply) => {
        await limit(request);
        const invite = await administration.revokeInvite(signedIn(request).username, request.params.id);
        if (isForm(request)) return reply.redirect('../../../admin-invites.html', 303);
        return { status: 'success' as const, invite, link: linkOf(request, invite) };
      },
    );
  });

  await app.register(async (scope: App) => {
    scope.addHook('onRequest', signInFirst(sessions));
    scope.addHook('onRequest', requireAdmin(accounts));
    const hidden = { hide: true };

    scope.get('/admin-invites.html', { schema: hidden, config }, async (request, reply) => {
      const { username } = signedIn(request);
      return sendPage(reply, invitesPage(settings, { username, invites: await invites.list() }));
    });

    scope.get('/admin-invite.html', { schema: { ...hidden, querystring: Id }, config }, async (request, reply) => {
      const invite = (await invites.list()).find(({ id, over }) => id === request.query.id && !over);
      if (!invite) throw new ParleyError('not_found', 'That invite is over. Look at the list of invites again.');
      const { username } = signedIn(request);
      return sendPage(reply, invitePage(settings, { username, invite, link: linkOf(request, invite) }));
    });
  });
}
