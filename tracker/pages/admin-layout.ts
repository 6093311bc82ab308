/** What the pages of admins have in common. They are forms and links: no script. */
import type { FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import type { ErrorPage } from '../plugins/http-types.js';
import { problemOf, problemText, type Problem } from './form-fields.js';
import { html, page, type Html, type Site } from './layout.js';

const SECTIONS = [
  ['admin.html', 'People'],
  ['admin-channels.html', 'Channels'],
  ['admin-invites.html', 'Invites'],
  ['admin-settings.html', 'Settings'],
  ['admin-log.html', 'Log'],
] as const;
export type AdminSection = (typeof SECTIONS)[number][0];

export interface AdminPage {
  title: string;
  section: AdminSection;
  username: string;
  main: Html;
  root?: string | undefined;
}

export function adminPage(site: Site, { title, section, username, main, root = '' }: AdminPage): string {
  const links = SECTIONS.map(
    ([href, name]) =>
      html`<a href="${root}${href}" ${section === href ? html`aria-current="page"` : undefined}>${name}</a>`,
  );
  return page(site, {
    title,
    root,
    aside: signOutForm(username, root),
    main: html`<nav class="tabs" aria-label="Administration">${links}</nav>
      ${main}`,
  });
}

/** What a page says of the form that led to it. */
export const Said = Type.Optional(Type.Literal('unchanged'));
export type Said = Static<typeof Said>;

export function saidText(said: Said | undefined): Html | undefined {
  return said && html`<p class="notice" role="status">Nothing was changed: it was so already.</p>`;
}

export function signOutForm(username: string, root = ''): Html {
  return html`<form method="post" action="${root}logout" class="who">
    <span>Signed in as <strong>${username}</strong></span> <button type="submit" class="plain small">Sign out</button>
  </form>`;
}

/** The form of a refused request, with what was typed into it. */
export type Again = (request: FastifyRequest, problem: Problem) => Html;

/**
 * For routes that forms of somebody signed in post to: says what was wrong, and leads back.
 * @param again the form with what was typed, to be mended where it is
 */
export function adminErrorPage(site: Site, again?: Again): ErrorPage {
  return (failure, request, field) => {
    const root = rootOf(request);
    const problem = problemOf(failure, field);
    const isSignedOut = failure.code === 'not_signed_in';
    // Nothing here is for whoever is no admin, and nothing that another site has filled in is shown.
    const isOver = failure.code === 'not_admin' || failure.code === 'foreign_origin';
    const form = isOver || request.method === 'GET' ? undefined : again?.(request, problem);
    // In a tab of its own, so that the form stays.
    const [tab, label] = form ? [html` target="_blank"`, 'Sign in in another tab'] : [undefined, 'Sign in'];
    const signIn = html`<a class="button" href="${root}login.html" ${tab}>${label}</a>`;
    const place = isOver ? './' : sectionOf(request);
    const back = html`<a class="button ${form ? 'plain' : ''}" href="${root}${place}">Back</a>`;
    return page(site, {
      title: 'That did not work',
      width: 'narrow',
      root,
      main: html`<section class="card">
        <h1>That did not work</h1>
        ${problemText({ ...problem, message: isSignedOut ? signedOut(form !== undefined) : problem.message })}
        ${isSignedOut && form ? html`<p class="actions after">${signIn}</p>` : undefined}
        ${form ? html`<div class="after">${form}</div>` : undefined}
        ${isSignedOut && form ? undefined : html`<p class="actions after">${isSignedOut ? signIn : back}</p>`}
      </section>`,
    });
  };
}

function signedOut(hasForm: boolean): string {
  const next = hasForm ? 'Sign in in another tab, then send this again.' : 'Sign in, then do it again.';
  return `You are signed out, and nothing was changed. ${next}`;
}

/** What was typed into a field of a form that was refused. */
export function typedIn({ body }: Pick<FastifyRequest, 'body'>, field: string): string | undefined {
  const value = (body as Readonly<Record<string, unknown>> | null | undefined)?.[field];
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}

/** Where a request comes from: the part of the administration that it is about, or the dashboard. */
function sectionOf({ url }: Pick<FastifyRequest, 'url'>): AdminSection | './' {
  if (!url.startsWith('/admin')) return './';
  const [, part] = /^\/admin[/-](channel|invite|setting)/.exec(url) ?? [];
  return SECTIONS.find(([href]) => part !== undefined && href.startsWith(`admin-${part}`))?.[0] ?? 'admin.html';
}

/** From the path of the request to that of the tracker. */
export function rootOf({ url }: Pick<FastifyRequest, 'url'>): string {
  const [path = ''] = url.split('?');
  return '../'.repeat(Math.max(0, path.split('/').length - 2));
}
