/** What the pages of admins have in common. They are forms and links: no script. */
import type { FastifyRequest } from 'fastify';
import type { Failure } from '../../protocol/tracker-api.js';
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

export function signOutForm(username: string, root = ''): Html {
  return html`<form method="post" action="${root}logout" class="who">
    <span>Signed in as <strong>${username}</strong></span> <button type="submit" class="plain small">Sign out</button>
  </form>`;
}

/**
 * For routes that forms of admins post to: says what was wrong, and leads back.
 * @param again the form with what was typed, to be mended where it is
 */
export function adminErrorPage(
  site: Site,
  again?: (request: FastifyRequest) => Html,
): (failure: Failure, request: FastifyRequest) => string {
  return (failure, request) => {
    const root = rootOf(request);
    const next =
      failure.code === 'not_signed_in' ? 'login.html' : failure.code === 'not_admin' ? './' : sectionOf(request);
    const form = next === 'login.html' || next === './' ? undefined : again?.(request);
    const label = next === 'login.html' ? 'Sign in' : 'Back';
    return page(site, {
      title: 'That did not work',
      width: 'narrow',
      root,
      main: html`<section class="card">
        <h1>That did not work</h1>
        <p class="error" role="alert">${failure.message}</p>
        ${form ? html`<div class="after">${form}</div>` : undefined}
        <p class="actions after"><a class="button ${form ? 'plain' : ''}" href="${root}${next}">${label}</a></p>
      </section>`,
    });
  };
}

/** What was typed into a field of a form that was refused. */
export function typedIn({ body }: Pick<FastifyRequest, 'body'>, field: string): string | undefined {
  const value = (body as Readonly<Record<string, unknown>> | null | undefined)?.[field];
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}

/** The part of the administration that a request is about. */
function sectionOf({ url }: Pick<FastifyRequest, 'url'>): AdminSection {
  const [, part] = /^\/admin[/-](channel|invite|setting)/.exec(url) ?? [];
  return SECTIONS.find(([href]) => part !== undefined && href.startsWith(`admin-${part}`))?.[0] ?? 'admin.html';
}

/** From the path of the request to that of the tracker. */
export function rootOf({ url }: Pick<FastifyRequest, 'url'>): string {
  const [path = ''] = url.split('?');
  return '../'.repeat(Math.max(0, path.split('/').length - 2));
}
