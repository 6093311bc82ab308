import type { AuditEntry } from '../../protocol/admin-api.js';
import { adminPage } from './admin-layout.js';
import { table } from './admin-lists.js';
import { html, type Site } from './layout.js';

/** In the words of the pages, where the name of an action is not one. */
const WORDS: Readonly<Record<string, string>> = {
  end_sessions: 'signed out everywhere',
  revoke_device: 'revoked a device of',
  make_admin: 'made an admin of',
  remove_admin: 'took the role of admin from',
  reset_link: 'made a reset link for',
  reset_password: 'chose a new password by a link for',
  disable: 'disabled',
  enable: 'enabled',
  approve: 'approved',
  remove: 'removed',
  change_setting: 'changed the setting',
  make_invite: 'made an invite',
  revoke_invite: 'revoked an invite',
  rename_channel: 'renamed',
  archive_channel: 'archived',
  unarchive_channel: 'took from the archive',
  delete_channel: 'deleted',
  use_setup: 'became the first admin by the invite of the console:',
};

export function logPage(
  site: Site,
  { username, entries, more }: { username: string; entries: readonly AuditEntry[]; more: boolean },
): string {
  const rows = entries.map(
    ({ at, by, action, subject, detail }) =>
      html`<tr>
        <td><span class="date">${at.slice(0, 10)}</span> <span class="date">${at.slice(11, 19)}</span></td>
        <th scope="row">${by ?? 'the command line'}</th>
        <td>
          ${WORDS[action] ?? action}
          <strong>${subject}</strong> ${detail === undefined ? undefined : html`<code>${detail}</code>`}
        </td>
      </tr>`,
  );
  const last = entries.at(-1)?.id ?? '';
  return adminPage(site, {
    title: 'Log',
    section: 'admin-log.html',
    username,
    main: html`<section class="card" aria-labelledby="log">
      <h1 id="log">What was done</h1>
      <p class="quiet">The latest first, in UTC. The last 10,000 are kept.</p>
      ${entries.length === 0 ? html`<p class="quiet">Nothing yet.</p>` : table(['When', 'Who', 'What'], rows, 'log')}
      ${more ? html`<p class="after"><a class="button plain" href="admin-log.html?before=${last}" rel="next">Older</a></p>` : undefined}
    </section>`,
  });
}
