/** Invites: codes with which accounts are made, as a list, and one of them as a link and a picture for a phone. */
import { renderSVG } from 'uqr';
import type { InviteRecord } from '../../protocol/admin-api.js';
import type { Registration } from '../settings.js';
import { adminPage } from './admin-layout.js';
import { table } from './admin-lists.js';
import { fieldState, type Problem } from './form-fields.js';
import { Html, html, isOfThisMachine, type Site } from './layout.js';

export interface InvitesPage {
  username: string;
  invites: readonly InviteRecord[];
}

/** What an invite is good for, by who may make an account. */
const MEANING: Readonly<Record<Registration, string>> = {
  open: 'Everybody may make an account here, with or without an invite.',
  invite: 'An account is made with an invite alone.',
  approval: 'Who has an invite is let in at once; everybody else waits for an admin.',
  closed: 'Nobody makes an account here, also not with an invite.',
};

export function invitesPage(site: Site & { registration: Registration }, { username, invites }: InvitesPage): string {
  const rows = invites.map(
    (invite) =>
      html`<tr>
        <th scope="row">
          ${invite.over ? html`<code>${invite.code}</code>` : html`<a href="admin-invite.html?id=${invite.id}"><code>${invite.code}</code></a>`}
          ${invite.admin ? html` <span class="tag">admin</span>` : undefined}
          ${invite.over ? html` <span class="tag">over</span>` : undefined}
        </th>
        <td>${invite.used} of ${invite.uses}</td>
        <td>
          <span class="date">${invite.expires.slice(0, 10)}</span>
          <span class="date">${invite.expires.slice(11, 16)}</span>
        </td>
        <td>${invite.by ?? 'the console'}</td>
        <td class="number">${revokeForm(invite)}</td>
      </tr>`,
  );
  return adminPage(site, {
    title: 'Invites',
    section: 'admin-invites.html',
    username,
    main: html`<section class="card" aria-labelledby="new">
        <h1 id="new">New invite</h1>
        <p class="quiet">${MEANING[site.registration]}</p>
        ${newInviteForm('admin/invites')}
      </section>
      <section class="card" aria-labelledby="invites">
        <h2 id="invites">Invites <span class="count">${invites.length}</span></h2>
        ${invites.length === 0 ? html`<p class="quiet">None yet.</p>` : table(['Code', 'Used', 'Until (UTC)', 'By', ''], rows, 'invites')}
      </section>`,
  });
}

export const INVITE_FIELDS = { uses: 'Accounts', days: 'Days' } as const;

export function newInviteForm(action: string, uses = '10', days = '7', problem?: Problem): Html {
  return html`<form method="post" action="${action}" class="filter">
    ${numberField('uses', uses, 1000, problem)} ${numberField('days', days, 90, problem)}
    <button type="submit">Make an invite</button>
  </form>`;
}

function numberField(name: keyof typeof INVITE_FIELDS, value: string, max: number, problem: Problem | undefined): Html {
  return html`<div class="field">
    <label for="${name}">${INVITE_FIELDS[name]}</label>
    <input
      id="${name}"
      name="${name}"
      type="number"
      min="1"
      max="${max}"
      value="${value}"
      required${fieldState(problem, name)}
    />
  </div>`;
}

export function invitePage(
  site: Site,
  { username, invite, link }: { username: string; invite: InviteRecord; link: string },
): string {
  const people = invite.uses - invite.used === 1 ? 'one account' : `${invite.uses - invite.used} more accounts`;
  return adminPage(site, {
    title: 'Invite',
    section: 'admin-invites.html',
    username,
    main: html`<section class="card" aria-labelledby="invite">
      <h1 id="invite">Invite <code>${invite.code}</code></h1>
      <p>
        Send this link to those whom you invite, or let them scan the picture. It makes
        ${people}${invite.admin ? ', an admin’s' : ''}, until ${invite.expires.slice(0, 16).replace('T', ' ')} (UTC).
      </p>
      <pre class="command" tabindex="0"><code id="invite-link">${link}</code></pre>
      ${isOfThisMachine(link) ? html`<p class="hint">This link works on this computer alone. For others, open this page at the address that the tracker printed for them when it started.</p>` : undefined}
      <p>Or as a line for their terminal:</p>
      <pre class="command" tabindex="0"><code>npx parley peer --invite "${link}"</code></pre>
      <div class="qr" role="img" aria-label="The link as a QR code">${picture(link)}</div>
      ${revokeForm(invite)}
      <p class="actions after"><a class="button" href="admin-invites.html">All invites</a></p>
    </section>`,
  });
}

/** Markup of the library alone: what it draws is not in it as text. */
function picture(link: string): Html {
  return new Html(renderSVG(link, { border: 2 }));
}

function revokeForm({ id, code, over }: InviteRecord): Html {
  return html`<form method="post" action="admin/invites/${id}/revoke">
    <button type="submit" class="plain small danger" aria-label="${over ? 'Remove' : 'Revoke'} the invite ${code}">
      ${over ? 'Remove' : 'Revoke'}
    </button>
  </form>`;
}
