/** The pages of a gateway for who has no session: to sign in, and to register. Forms without a script, as the tracker's. */
import { parse } from 'node:querystring';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isParleyError, ParleyError } from '../../protocol/errors.js';
import { escapeHtml } from '../../protocol/html.js';
import type { SessionView } from '../../protocol/local-api.js';
import { LOCAL_LIMITS } from '../local/context.js';
import { guard, type OriginRules } from '../local/http-guard.js';
import { newApp } from '../local/server.js';
import type { SessionCookie } from '../local/sessions.js';
import type { Log } from '../services.js';
import type { GatewayHost } from './gateway-host.js';
import { languageOf, pageTexts, type Language, type PageTexts } from './page-texts.js';
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

type Action = 'sign-in' | 'register';

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

  /** @returns the token of a new session */
  async function enter(body: unknown, register: boolean, address: string): Promise<string> {
    const { username, password } = (body ?? {}) as { username?: unknown; password?: unknown };
    if (typeof username !== 'string' || typeof password !== 'string') throw new ParleyError('bad_request');
    const seat = await host.signIn({ username, password, register, address });
    try {
      const user = host.user(seat.username);
      if (!user?.awake) throw new ParleyError('unavailable');
      return await doors.begin(user, user.awake);
    } finally {
      seat.leave();
    }
  }

  /** For programs: the token also comes in the answer. */
  app.post('/api/login', async ({ body, ip }, reply) => {
    const { register } = (body ?? {}) as { register?: unknown };
    const token = await enter(body, register === true, ip);
    return reply.header('set-cookie', cookie().set(token)).send({ status: 'success', token });
  });

  for (const action of ['sign-in', 'register'] as const) {
    app.get(`/${action}`, async (request, reply) => show(request, reply, { action, name: host.name }));
    app.post(`/${action}`, { config: { form: true } }, async (request, reply) => {
      try {
        const token = await enter(request.body, action === 'register', request.ip);
        return await reply.header('set-cookie', cookie().set(token)).redirect('./', 303);
      } catch (error) {
        if (!isParleyError(error)) throw error;
        const { username } = (request.body ?? {}) as { username?: unknown };
        const typed = typeof username === 'string' ? username.slice(0, 64) : '';
        return show(request, reply.code(error.http), { action, name: host.name, username: typed, error });
      }
    });
  }
  await app.ready();
  return app;
}

interface PageState {
  readonly action: Action;
  readonly name: string;
  readonly username?: string;
  readonly error?: ParleyError;
}

function show(request: FastifyRequest, reply: FastifyReply, state: PageState): FastifyReply {
  return (
    reply
      .type('text/html; charset=utf-8')
      .header('cache-control', 'no-store')
      .header('vary', 'accept-language')
      // With none at all, a form would be sent from an origin that is not this one.
      .header('referrer-policy', 'same-origin')
      .send(page(languageOf(request.headers['accept-language']), state))
  );
}

function page(language: Language, { action, name, username = '', error }: PageState): string {
  const texts = pageTexts[language];
  const isNew = action === 'register';
  const title = isNew ? texts.register : texts.signIn;
  const other = isNew
    ? `<a href="sign-in">${escapeHtml(texts.toSignIn)}</a>`
    : `<a href="register">${escapeHtml(texts.toRegister)}</a>`;
  const said = error ? `<p class="error" role="alert" id="error">${escapeHtml(errorText(texts, error))}</p>` : '';
  const hint = isNew ? `<p class="hint" id="hint">${escapeHtml(texts.passwordHint)}</p>` : '';
  const described = isNew ? ' aria-describedby="hint"' : '';
  const [first, second] = username === '' ? [' autofocus', ''] : ['', ' autofocus'];
  return `<!doctype html>
<html lang="${language}" dir="${language === 'fa' ? 'rtl' : 'ltr'}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)} · ${escapeHtml(name)}</title>
<link rel="icon" href="icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="style.css">
</head>
<body>
<main id="main" class="narrow">
<section class="card">
<h1>${escapeHtml(title)}</h1>
<form method="post" action="${action}" class="stack">
${said}
<div class="field"><label for="username">${escapeHtml(texts.username)}</label>
<input id="username" name="username" dir="ltr" autocomplete="username" autocapitalize="none" spellcheck="false" required maxlength="32" value="${escapeHtml(username)}"${first}></div>
<div class="field"><label for="password">${escapeHtml(texts.password)}</label>
<input id="password" name="password" type="password" autocomplete="${isNew ? 'new-password' : 'current-password'}" required${described}${second}>
${hint}</div>
<button type="submit">${escapeHtml(title)}</button>
</form>
<p class="quiet after">${other}</p>
<p class="notice">${escapeHtml(texts.trust)}</p>
</section>
</main>
</body>
</html>
`;
}

function errorText(texts: PageTexts, { code, message }: ParleyError): string {
  return Object.hasOwn(texts, code) ? texts[code as keyof PageTexts] : message;
}
