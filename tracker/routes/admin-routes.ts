import type { FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import {
  AccountChanged,
  AccountList,
  AuditList,
  ListAccounts,
  ListAudit,
  OneAccount,
  ResetMade,
  UseReset,
} from '../../protocol/admin-api.js';
import type { DeviceId, Username } from '../../protocol/ids.js';
import { DeviceField, Failure, UsernameField } from '../../protocol/tracker-api.js';
import type { Admin, Deed } from '../administration/administration.js';
import { adminErrorPage, rootOf } from '../pages/admin-layout.js';
import { resetErrorPage, resetMadePage } from '../pages/reset-pages.js';
import { addFormBodies, isForm } from '../plugins/bodies.js';
import type { App } from '../plugins/http-types.js';
import { sendPage, urlOf } from '../plugins/pages.js';
import { perAccount, perAddress } from '../plugins/limits.js';
import { authenticate, needsSession, requireAdmin, signedIn } from '../plugins/session.js';
import type { Services } from '../services.js';

const tags = ['Administration'];
const Named = Type.Object({ username: UsernameField });
const NamedDevice = Type.Object({ username: UsernameField, device: DeviceField });
const Done = Type.Object({ status: Type.Literal('success'), username: UsernameField });
const failures = { '4xx': Failure };
/** A minute and an admin: more than a person does, and less than fills the audit log with one stolen session. */
const ACTIONS_MAX = 240;

/** Accounts as admins see them; and the one call for everybody, with a reset link. */
export async function adminRoutes(app: App, services: Services): Promise<void> {
  const { accounts, administration, audit, sessions, settings } = services;
  addFormBodies(app);

  app.post(
    '/reset',
    {
      schema: {
        tags: ['Account'],
        summary: 'Choose a new password with a code that an admin has made; all sessions of before end',
        body: UseReset,
        consumes: ['application/json', 'application/x-www-form-urlencoded'],
        response: { 200: Done, ...failures },
      },
      config: {
        ...perAddress(settings.limits.loginsPerAddress),
        errorPage: resetErrorPage(settings),
        fieldNames: { code: 'Code', password: 'New password' },
      },
    },
    async (request, reply) => {
      const username = await administration.useReset(request.body.code, request.body.password);
      if (isForm(request)) return reply.redirect('login.html?reset=done', 303);
      return { status: 'success' as const, username };
    },
  );

  await app.register(async (scope: App) => {
    scope.addHook('onRequest', authenticate(sessions));
    scope.addHook('onRequest', requireAdmin(accounts));
    const limit = perAccount(scope, ACTIONS_MAX);
    const schema = { tags, security: needsSession };
    const config = { errorPage: adminErrorPage(settings) };

    scope.get(
      '/admin/accounts',
      {
        schema: {
          ...schema,
          summary: 'All accounts but those of guests, in pages',
          querystring: ListAccounts,
          response: { 200: AccountList, ...failures },
        },
      },
      async (request) => {
        const [found, more] = await administration.list(request.query);
        return { status: 'success' as const, accounts: found, more };
      },
    );

    scope.get(
      '/admin/accounts/:username',
      { schema: { ...schema, summary: 'One account', params: Named, response: { 200: OneAccount, ...failures } } },
      async (request) => ({
        status: 'success' as const,
        ...(await administration.find(request.params.username as Username)),
      }),
    );

    scope.get(
      '/admin/audit',
      {
        schema: {
          ...schema,
          summary: 'What admins did, the latest first',
          querystring: ListAudit,
          response: { 200: AuditList, ...failures },
        },
      },
      async ({ query }) => ({ status: 'success' as const, ...(await audit.page(query.before, query.limit ?? 100)) }),
    );

    const actions: readonly [path: string, summary: string, (by: Admin, name: Username) => Promise<Deed>][] = [
      ['disable', 'Let nobody in with the account; its sessions end', (by, name) => administration.disable(by, name)],
      ['enable', 'Let a disabled, removed or pending account in again', (by, name) => administration.enable(by, name)],
      ['remove', 'Disable it, revoke its devices, leave its channels', (by, name) => administration.remove(by, name)],
      ['end-sessions', 'Sign it out everywhere', (by, name) => administration.endSessions(by, name)],
      ['make-admin', 'Make it an admin', (by, name) => administration.setAdmin(by, name, true)],
      ['remove-admin', 'Make it no admin', (by, name) => administration.setAdmin(by, name, false)],
    ];
    for (const [path, summary, act] of actions) {
      scope.post(
        `/admin/accounts/:username/${path}`,
        { schema: { ...schema, summary, params: Named, response: { 200: AccountChanged, ...failures } }, config },
        async (request, reply) => {
          await limit(request);
          const done = await act(signedIn(request).username, request.params.username as Username);
          return isForm(request) ? backTo(reply, done) : { status: 'success' as const, ...done };
        },
      );
    }

    scope.post(
      '/admin/accounts/:username/devices/:device/revoke',
      {
        schema: {
          ...schema,
          summary: 'Revoke a device of it, for good',
          params: NamedDevice,
          response: { 200: AccountChanged, ...failures },
        },
        config,
      },
      async (request, reply) => {
        await limit(request);
        const { username, device } = request.params;
        const by = signedIn(request).username;
        const done = await administration.revokeDevice(by, username as Username, device as DeviceId);
        return isForm(request) ? backTo(reply, done, 5) : { status: 'success' as const, ...done };
      },
    );

    scope.post(
      '/admin/accounts/:username/reset',
      {
        schema: {
          ...schema,
          summary: 'A code with which its user chooses a new password, once and within a day',
          params: Named,
          response: { 200: ResetMade, ...failures },
        },
        config,
      },
      async (request, reply) => {
        await limit(request);
        const made = await administration.makeReset(signedIn(request).username, request.params.username as Username);
        if (isForm(request)) return showReset(request, reply, made);
        return { status: 'success' as const, code: made.code, expires: new Date(made.expires).toISOString() };
      },
    );
  });

  function showReset(request: FastifyRequest, reply: FastifyReply, made: { code: string; expires: number }) {
    const [username = ''] = made.code.split('.');
    const link = `${urlOf(request)}/reset.html#${made.code}`;
    const by = signedIn(request).username;
    return sendPage(
      reply,
      resetMadePage(settings, { by, username, link, expires: made.expires, root: rootOf(request) }),
    );
  }
}

function backTo(reply: FastifyReply, { account, unchanged }: Deed, depth = 3): FastifyReply {
  const said = unchanged ? '&said=unchanged' : '';
  return reply.redirect(`${'../'.repeat(depth)}admin-account.html?name=${account.username}${said}`, 303);
}
