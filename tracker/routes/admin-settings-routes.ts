import Type from 'typebox';
import { ChangeSettings, SettingsNow, type EditableSettings } from '../../protocol/admin-api.js';
import { Failure } from '../../protocol/tracker-api.js';
import { adminErrorPage, rootOf, typedIn, type Again } from '../pages/admin-layout.js';
import { SETTING_NAMES, settingsForm, settingsPage } from '../pages/admin-settings-page.js';
import { addFormBodies, isForm, truthOf } from '../plugins/bodies.js';
import type { App } from '../plugins/http-types.js';
import { perAccount } from '../plugins/limits.js';
import { sendPage } from '../plugins/pages.js';
import { authenticate, needsSession, requireAdmin, signedIn, signInFirst } from '../plugins/session.js';
import type { Services } from '../services.js';

/** A minute and an admin. */
const CHANGES_MAX = 60;
const NOTHING: { settings: Partial<EditableSettings>; fixed: readonly (keyof EditableSettings)[] } = {
  settings: {},
  fixed: [],
};

/** The settings that admins change: by API, and as a page of the administration. */
export async function adminSettingsRoutes(app: App, services: Services): Promise<void> {
  const { accounts, administration, sessions, settings, settingsBook } = services;
  const config = { errorPage: adminErrorPage(settings) };
  const again: Again = (request, problem) => {
    // Whoever is signed out sees what they typed, and nothing of what holds.
    const { settings: held, fixed } = request.session ? settingsBook.view() : NOTHING;
    const typed = (key: keyof EditableSettings) => typedIn(request, key) ?? held[key];
    const [name, welcome, registration] = [typed('name'), typed('welcome'), typed('registration')];
    const values = { name, welcome, registration, guests: typed('guests'), userList: typed('userList') };
    return settingsForm(`${rootOf(request)}admin/settings`, values, fixed, problem);
  };
  addFormBodies(app);

  await app.register(async (scope: App) => {
    scope.addHook('onRequest', authenticate(sessions));
    scope.addHook('onRequest', requireAdmin(accounts));
    const limit = perAccount(scope, CHANGES_MAX);
    const schema = { tags: ['Administration'], security: needsSession };
    const response = { 200: SettingsNow, '4xx': Failure };
    const now = () => {
      const { settings: held, fixed } = settingsBook.view();
      return { status: 'success' as const, settings: held, fixed: [...fixed] };
    };

    scope.get(
      '/admin/settings',
      {
        schema: {
          ...schema,
          summary: 'The settings that admins can change; `fixed`: the command line says them',
          response,
        },
      },
      now,
    );

    scope.post(
      '/admin/settings',
      {
        schema: {
          ...schema,
          summary: 'Change some of them: they hold at once, and are kept in settings.json',
          body: ChangeSettings,
          consumes: ['application/json', 'application/x-www-form-urlencoded'],
          response,
        },
        preValidation: truthOf('guests'),
        config: { errorPage: adminErrorPage(settings, again), fieldNames: SETTING_NAMES },
      },
      async (request, reply) => {
        await limit(request);
        await administration.changeSettings(signedIn(request).username, request.body);
        if (isForm(request)) return reply.redirect('../admin-settings.html?saved=yes', 303);
        return now();
      },
    );
  });

  await app.register(async (scope: App) => {
    scope.addHook('onRequest', signInFirst(sessions));
    scope.addHook('onRequest', requireAdmin(accounts));
    const Saved = Type.Object({ saved: Type.Optional(Type.Literal('yes')) });
    const schema = { hide: true, querystring: Saved };
    scope.get('/admin-settings.html', { schema, config }, async (request, reply) => {
      const { username } = signedIn(request);
      const saved = request.query.saved === 'yes';
      return sendPage(reply, settingsPage(settings, { username, ...settingsBook.view(), saved }));
    });
  });
}
