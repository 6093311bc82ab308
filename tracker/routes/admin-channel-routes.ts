import type { FastifyReply } from 'fastify';
import Type from 'typebox';
import { AdminChannelChanged, AdminChannelList, ListChannels, RenameChannel } from '../../protocol/admin-api.js';
import type { ChannelName } from '../../protocol/ids.js';
import { ChannelField, Failure } from '../../protocol/tracker-api.js';
import type { Admin } from '../administration/administration.js';
import type { ChannelDeed } from '../administration/channel-administration.js';
import { channelPage, channelsPage, RENAME_FIELDS, renameForm } from '../pages/admin-channels-page.js';
import { adminErrorPage, Said, typedIn, type Again } from '../pages/admin-layout.js';
import { addFormBodies, isForm } from '../plugins/bodies.js';
import type { App } from '../plugins/http-types.js';
import { perAccount } from '../plugins/limits.js';
import { sendPage } from '../plugins/pages.js';
import { authenticate, needsSession, requireAdmin, signedIn, signInFirst } from '../plugins/session.js';
import type { Services } from '../services.js';

const Named = Type.Object({ name: ChannelField });
const failures = { '4xx': Failure };
const consumes = ['application/json', 'application/x-www-form-urlencoded'];
/** A minute and an admin. */
const ACTIONS_MAX = 240;

/** Channels as admins see them: by API, and as pages of the administration. */
export async function adminChannelRoutes(app: App, services: Services): Promise<void> {
  const { accounts, channelAdministration: channels, sessions, settings } = services;
  const config = { errorPage: adminErrorPage(settings) };
  // The address of the form is the one that it was sent to.
  const again: Again = (request, problem) => renameForm('rename', typedIn(request, 'title') ?? '', problem);
  addFormBodies(app);

  await app.register(async (scope: App) => {
    scope.addHook('onRequest', authenticate(sessions));
    scope.addHook('onRequest', requireAdmin(accounts));
    const limit = perAccount(scope, ACTIONS_MAX);
    const schema = { tags: ['Administration'], security: needsSession };
    const changed = { response: { 200: AdminChannelChanged, ...failures } };

    scope.get(
      '/admin/channels',
      {
        schema: {
          ...schema,
          summary: 'All channels, in pages',
          querystring: ListChannels,
          response: { 200: AdminChannelList, ...failures },
        },
      },
      async (request) => {
        const [found, more] = await channels.list(request.query);
        return { status: 'success' as const, channels: found, more };
      },
    );

    scope.get(
      '/admin/channels/:name',
      { schema: { ...schema, summary: 'One channel', params: Named, ...changed } },
      async (request) => ({
        status: 'success' as const,
        channel: await channels.find(request.params.name as ChannelName),
      }),
    );

    scope.post(
      '/admin/channels/:name/rename',
      {
        schema: {
          ...schema,
          summary: 'What it is called from now on; its conversation stays the same',
          params: Named,
          body: RenameChannel,
          consumes,
          ...changed,
        },
        config: { errorPage: adminErrorPage(settings, again), fieldNames: RENAME_FIELDS },
      },
      async (request, reply) => {
        await limit(request);
        const name = request.params.name as ChannelName;
        const done = await channels.rename(signedIn(request).username, name, request.body.title);
        return isForm(request) ? backTo(reply, done) : { status: 'success' as const, ...done };
      },
    );

    const states = [
      ['archive', 'archived', 'Nobody writes there or joins any more; it can be read'],
      ['unarchive', 'used', 'It is used again'],
      ['delete', 'deleted', 'For good: it is on no list, and nobody is in it; its members keep what they have'],
    ] as const;
    for (const [path, state, summary] of states) {
      const act = (by: Admin, name: ChannelName): Promise<ChannelDeed> => channels.setState(by, name, state);
      scope.post(
        `/admin/channels/:name/${path}`,
        { schema: { ...schema, summary, params: Named, ...changed }, config },
        async (request, reply) => {
          await limit(request);
          const name = request.params.name as ChannelName;
          const done = await act(signedIn(request).username, name);
          return isForm(request) ? backTo(reply, done) : { status: 'success' as const, ...done };
        },
      );
    }
  });

  await app.register(async (scope: App) => {
    scope.addHook('onRequest', signInFirst(sessions));
    scope.addHook('onRequest', requireAdmin(accounts));

    scope.get(
      '/admin-channels.html',
      { schema: { hide: true, querystring: ListChannels }, config },
      async (request, reply) => {
        const { q = '', state = '' } = request.query;
        const [found, more] = await channels.list(request.query);
        const { username } = signedIn(request);
        return sendPage(reply, channelsPage(settings, { username, channels: found, more, q, state }));
      },
    );

    const Shown = Type.Object({ name: ChannelField, said: Said });
    scope.get('/admin-channel.html', { schema: { hide: true, querystring: Shown }, config }, async (request, reply) => {
      const { name, said } = request.query;
      const channel = await channels.find(name as ChannelName);
      return sendPage(reply, channelPage(settings, { username: signedIn(request).username, channel, said }));
    });
  });
}

function backTo(reply: FastifyReply, { channel, unchanged }: ChannelDeed): FastifyReply {
  const said = unchanged ? '&said=unchanged' : '';
  return reply.redirect(`../../../admin-channel.html?name=${channel.name}${said}`, 303);
}
