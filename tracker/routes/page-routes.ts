import { icon, stylesheet } from '../pages/assets.js';
import { resetPage, resetScript } from '../pages/reset-pages.js';
import { dashboardPage } from '../pages/dashboard-page.js';
import { joinPage, joinScript, loginPage, registerPage, registerScript, welcomePage } from '../pages/visitor-pages.js';
import type { App } from '../plugins/http-types.js';
import { allowOwnScripts, sendPage, urlOf } from '../plugins/pages.js';
import { sessionOf } from '../plugins/session.js';
import type { Services } from '../services.js';

export async function pageRoutes(app: App, services: Services): Promise<void> {
  const { accounts, channels, deviceDetails, directory, sessions, settings } = services;
  const schema = { hide: true };

  app.get('/', { schema }, async (request, reply) => {
    const session = await sessionOf(sessions, request.raw);
    if (!session) return sendPage(reply.code(401), welcomePage(settings));
    const joined = new Set<string>(await channels.ofUser(session.user));
    const page = dashboardPage(settings, {
      username: session.username,
      admin: await accounts.isAdmin(session.user),
      url: urlOf(request),
      peers: directory.all(),
      channels: channels.records(joined),
      devices: await deviceDetails.list(session.username),
    });
    return sendPage(reply, page);
  });

  app.get('/login.html', { schema }, (request, reply) => {
    const { reset } = request.query as { reset?: unknown };
    const said = reset === 'done' ? 'Your password is changed. Sign in with the new one.' : undefined;
    sendPage(reply, loginPage(settings, {}, said));
  });
  app.get('/join', { schema }, (request, reply) => {
    allowOwnScripts(reply);
    sendPage(reply, joinPage(settings, { url: urlOf(request) }));
  });
  app.get('/register.html', { schema }, (_request, reply) => {
    allowOwnScripts(reply);
    sendPage(reply, registerPage(settings, {}));
  });
  app.get('/reset.html', { schema }, (_request, reply) => {
    allowOwnScripts(reply);
    sendPage(reply, resetPage(settings, {}));
  });
  const scripts = { reset: resetScript, register: registerScript, join: joinScript };
  for (const [name, text] of Object.entries(scripts)) {
    app.get(`/${name}.js`, { schema }, (_request, reply) => {
      void reply.type('text/javascript; charset=utf-8').header('cache-control', 'max-age=3600').send(text);
    });
  }
  app.get('/icon.svg', { schema }, (_request, reply) => {
    void reply.type('image/svg+xml').header('cache-control', 'max-age=86400').send(icon);
  });
  app.get('/style.css', { schema }, (_request, reply) => {
    void reply.type('text/css; charset=utf-8').header('cache-control', 'max-age=3600').send(stylesheet);
  });
}
