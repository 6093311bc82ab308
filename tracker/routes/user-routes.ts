import Type from 'typebox';
import { userKey, type Username } from '../../protocol/ids.js';
import { Failure, ListUsers, OneUser, UserList, UsernameField } from '../../protocol/tracker-api.js';
import type { App } from '../plugins/http-types.js';
import { perAccount } from '../plugins/limits.js';
import { authenticate, needsSession, signedIn } from '../plugins/session.js';
import type { Services } from '../services.js';

export async function userRoutes(app: App, { sessions, settings, users }: Services): Promise<void> {
  const schema = { tags: ['Users'], security: needsSession };
  const limitReads = perAccount(app, settings.limits.userReadsPerAccount);
  app.addHook('onRequest', authenticate(sessions));

  app.get(
    '/users',
    {
      schema: {
        ...schema,
        summary: 'Accounts, present or not, by name: a page of all, or of those whose name holds `q`',
        querystring: ListUsers,
        response: { 200: UserList, '4xx': Failure },
      },
    },
    async (request) => {
      await limitReads(request);
      const [found, more] = await users.list(signedIn(request).user, request.query);
      return { status: 'success' as const, users: found, more };
    },
  );

  app.get(
    '/users/:username',
    {
      schema: {
        ...schema,
        summary: 'One account by its whole name',
        params: Type.Object({ username: UsernameField }),
        response: { 200: OneUser, '4xx': Failure },
      },
    },
    async (request) => {
      await limitReads(request);
      return { status: 'success' as const, user: await users.find(userKey(request.params.username as Username)) };
    },
  );
}
