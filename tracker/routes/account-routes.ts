import type { FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { isParleyError } from '../../protocol/errors.js';
import { userKey, type UserKey, type Username } from '../../protocol/ids.js';
import { Credentials, Failure, Me, Registration, UsernameField } from '../../protocol/tracker-api.js';
import { PASSWORD_MAX } from '../../protocol/limits.js';
import { adminErrorPage, typedIn } from '../pages/admin-layout.js';
import { problemOf } from '../pages/form-fields.js';
import { loginPage, registerPage } from '../pages/visitor-pages.js';
import { DAY_MS } from '../daily-limits.js';
import { addFormBodies, isForm } from '../plugins/bodies.js';
import type { App, ErrorPage } from '../plugins/http-types.js';
import { perAddress, perAddressWithin } from '../plugins/limits.js';
import { networkOf } from '../plugins/seen.js';
import { authenticate, clearSessionCookie, needsSession, setSessionCookie, signedIn } from '../plugins/session.js';
import type { Services } from '../services.js';

const success = Type.Literal('success');
const Registered = Type.Object({ status: success, username: UsernameField });
const LoggedIn = Type.Object({ status: success, username: UsernameField, token: Type.String() });
const Done = Type.Object({ status: success });
const Password = Type.String({ maxLength: 4 * PASSWORD_MAX });
const PasswordChange = Type.Object({
  old: Password,
  new: Password,
  /** Whether the others that were let in stay so. The device that asks does. Without it all need the new password. */
  devices: Type.Optional(Type.Union([Type.Literal('stay'), Type.Literal('sign_out')])),
});
const Logout = Type.Object({ everywhere: Type.Optional(Type.Boolean()) });
const tags = ['Account'];
const CREDENTIAL_FIELDS = { username: 'Username', password: 'Password', invite: 'Invite code' } as const;

export async function accountRoutes(app: App, services: Services): Promise<void> {
  const { accounts, channels, deviceSessions, failedLogins, guests, resets, sessions, settings } = services;
  const { limits } = settings;
  const limitADay = perAddressWithin(app, limits.registrationsPerAddressADay, DAY_MS);
  addFormBodies(app);

  /** Runs a check of a password, and counts a wrong one against its account. */
  async function countFailures<T>(user: UserKey, check: () => Promise<T>): Promise<T> {
    failedLogins.check(user);
    try {
      return await check();
    } catch (error) {
      if (isParleyError(error) && error.code === 'invalid_credentials') failedLogins.count(user);
      throw error;
    }
  }

  async function startSession(request: FastifyRequest, reply: FastifyReply, username: string, password: string) {
    const account = await countFailures(userKey(username as Username), () =>
      accounts.authenticate(username, password, networkOf(request.ip)),
    );
    const { key, epoch } = account;
    const token = await sessions.open(key, account.username, { epoch });
    setSessionCookie(request, reply, token);
    return { username: account.username, token };
  }

  app.post(
    '/register',
    {
      schema: {
        tags,
        summary: 'Make an account',
        body: Registration,
        consumes: ['application/json', 'application/x-www-form-urlencoded'],
        response: { 200: Registered, '4xx': Failure },
      },
      config: {
        ...perAddress(limits.registrationsPerAddress),
        fieldNames: CREDENTIAL_FIELDS,
        errorPage: (failure, request, field) =>
          registerPage(settings, {
            problem: problemOf(failure, field),
            username: typedIn(request, 'username'),
            invite: typedIn(request, 'invite'),
          }),
      },
    },
    async (request, reply) => {
      const { username: name, password, invite } = request.body;
      const had = deviceSessions.proves(request.body);
      if (!had) await limitADay(request);
      const { 'x-forwarded-for': by, forwarded = by } = request.headers;
      const facts = {
        had,
        isForwarded: forwarded !== undefined,
        from: networkOf(request.ip),
        ...(invite !== undefined && { invite }),
      };
      const username = await accounts.register(name, password, facts);
      if (isForm(request)) {
        await startSession(request, reply, name, password);
        return reply.redirect('./', 303);
      }
      return { status: 'success' as const, username };
    },
  );

  app.post(
    '/login',
    {
      schema: {
        tags,
        summary: 'Sign in: the token also comes as a cookie',
        body: Credentials,
        consumes: ['application/json', 'application/x-www-form-urlencoded'],
        response: { 200: LoggedIn, '4xx': Failure },
      },
      config: {
        ...perAddress(limits.loginsPerAddress),
        fieldNames: CREDENTIAL_FIELDS,
        failureMessages: { invalid_credentials: 'Invalid credentials' },
        errorPage: (failure, request, field) =>
          loginPage(settings, { problem: problemOf(failure, field), username: typedIn(request, 'username') }),
      },
    },
    async (request, reply) => {
      const { username, password } = request.body;
      const login = await startSession(request, reply, username, password);
      if (isForm(request)) return reply.redirect('./', 303);
      return { status: 'success' as const, ...login };
    },
  );

  const failed = adminErrorPage(settings);
  /** Whoever is signed out already has what they wanted. Nobody else is told that they are. */
  const stillSignedIn: ErrorPage = (failure, request) =>
    failure.code === 'not_signed_in' ? loginPage(settings, {}, 'You are signed out.') : failed(failure, request);

  await app.register(async (scope: App) => {
    scope.addHook('onRequest', authenticate(sessions));
    const schema = { tags, security: needsSession };

    scope.post(
      '/logout',
      {
        schema: {
          ...schema,
          summary: 'End this session; `everywhere`: all of the user, and let no device in without the password',
          body: Logout,
          response: { 200: Done, '4xx': Failure },
        },
        config: { errorPage: stillSignedIn },
      },
      async (request, reply) => {
        const session = signedIn(request);
        if (request.body.everywhere === true) {
          await accounts.endSignIns(session.user);
          await resets.end(session.user);
        }
        await deviceSessions.signOut(session);
        if (request.body.everywhere === true) await sessions.closeAll(session.user);
        await guests.left(session.user, session.username);
        clearSessionCookie(request, reply, session);
        if (isForm(request)) return reply.redirect('login.html', 303);
        return { status: 'success' as const };
      },
    );

    scope.get(
      '/me',
      { schema: { ...schema, summary: 'Who is signed in', response: { 200: Me, '4xx': Failure } } },
      async (request) => {
        const { user, username } = signedIn(request);
        const { registration } = settings;
        const [own, admin] = await Promise.all([channels.ofUser(user), accounts.isAdmin(user)]);
        return { status: 'success' as const, username, channels: [...own], admin, registration };
      },
    );

    scope.post(
      '/password',
      {
        schema: {
          ...schema,
          summary: 'Change the password: all sessions end, and a new one starts',
          body: PasswordChange,
          response: { 200: LoggedIn, '4xx': Failure },
        },
        config: perAddress(limits.loginsPerAddress),
      },
      async (request, reply) => {
        const { user, username, device } = signedIn(request);
        const { old, new: next, devices } = request.body;
        await countFailures(user, () =>
          accounts.changePassword(username, {
            ...{ old, next, keepDevices: devices === 'stay' },
            from: networkOf(request.ip),
          }),
        );
        // A link that somebody else got hold of would undo it.
        await resets.end(user);
        const account = await accounts.find(user);
        if (devices && device && account) await deviceSessions.keep(device, account);
        await sessions.closeAll(user);
        const token = await sessions.open(user, username, { epoch: account?.epoch ?? 0, ...(device && { device }) });
        setSessionCookie(request, reply, token);
        return { status: 'success' as const, username, token };
      },
    );
  });
}
