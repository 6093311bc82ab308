/** The page that a visitor of a gateway sees: a form to sign in, to register, or to come in as a guest; in three languages. */
import type { ParleyError } from '../../protocol/errors.js';
import { escapeHtml } from '../../protocol/html.js';
import { GUEST_NAME_MAX, INVITE_MAX } from '../../protocol/limits.js';
import { pageTexts, type Language, type PageTexts } from './page-texts.js';

export type Action = 'sign-in' | 'register' | 'guest';

export interface PageState {
  readonly action: Action;
  /** Of the gateway. */
  readonly name: string;
  /** Whether guests are let in. */
  readonly guests: boolean;
  /** What was typed. */
  readonly username?: string;
  /** Why it failed. */
  readonly error?: ParleyError;
}

export function visitorPage(language: Language, state: PageState): string {
  const { action, name, guests, username = '', error } = state;
  const texts = pageTexts[language];
  const title = { 'sign-in': texts.signIn, register: texts.register, guest: texts.guest }[action];
  const said = error
    ? `<p class="error" role="alert" id="error">${escapeHtml(errorText(texts, action, error))}</p>`
    : '';
  const links = [
    ...(action === 'sign-in' ? [] : [link('sign-in', texts.toSignIn)]),
    ...(action === 'register' ? [] : [link('register', texts.toRegister)]),
    ...(action === 'guest' || !guests ? [] : [link('guest', texts.toGuest)]),
  ];
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
${action === 'guest' ? guestField(texts, username) : accountFields(texts, action, username)}
<button type="submit">${escapeHtml(title)}</button>
</form>
${links.join('\n')}
<p class="notice">${escapeHtml(action === 'guest' ? texts.guestTrust : texts.trust)}</p>
</section>
</main>
</body>
</html>
`;
}

const link = (to: Action, text: string): string => `<p class="quiet after"><a href="${to}">${escapeHtml(text)}</a></p>`;

const NAME = 'name="username" dir="ltr" autocapitalize="none" spellcheck="false" required';

function accountFields(texts: PageTexts, action: 'sign-in' | 'register', username: string): string {
  const isNew = action === 'register';
  const hint = isNew ? `<p class="hint" id="hint">${escapeHtml(texts.passwordHint)}</p>` : '';
  const described = isNew ? ' aria-describedby="hint"' : '';
  const [first, second] = username === '' ? [' autofocus', ''] : ['', ' autofocus'];
  return `<div class="field"><label for="username">${escapeHtml(texts.username)}</label>
<input id="username" ${NAME} autocomplete="username" maxlength="32" value="${escapeHtml(username)}"${first}></div>
<div class="field"><label for="password">${escapeHtml(texts.password)}</label>
<input id="password" name="password" type="password" autocomplete="${isNew ? 'new-password' : 'current-password'}" required${described}${second}>
${hint}</div>${isNew ? inviteField(texts) : ''}`;
}

/** Where everybody may make an account, it stays empty. */
function inviteField(texts: PageTexts): string {
  return `
<div class="field"><label for="invite">${escapeHtml(texts.invite)}</label>
<input id="invite" name="invite" dir="ltr" autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="${INVITE_MAX}" aria-describedby="invite-hint">
<p class="hint" id="invite-hint">${escapeHtml(texts.inviteHint)}</p></div>`;
}

function guestField(texts: PageTexts, username: string): string {
  return `<div class="field"><label for="username">${escapeHtml(texts.username)}</label>
<input id="username" ${NAME} autocomplete="off" maxlength="${GUEST_NAME_MAX}" value="${escapeHtml(username)}" aria-describedby="hint" autofocus>
<p class="hint" id="hint">${escapeHtml(texts.guestHint)}</p></div>`;
}

/** Of a guest some errors have another next step. */
function errorText(texts: PageTexts, action: Action, { code, message }: ParleyError): string {
  const keys = [...(action === 'guest' ? [`guest_${code}`] : []), code];
  const key = keys.find((one): one is keyof PageTexts => Object.hasOwn(texts, one));
  return key === undefined ? message : texts[key];
}
