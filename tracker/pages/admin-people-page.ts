/** What admins see of accounts: the list of all, and one of them with what can be done to it. */
import type { AdminAccount } from '../../protocol/admin-api.js';
import type { DeviceRecord } from '../../protocol/tracker-api.js';
import { deviceCell, lastUse, revokeForm } from './device-cells.js';
import { adminPage, saidText, type Said } from './admin-layout.js';
import { askedDeed, deed, factsTable, listPage, table } from './admin-lists.js';
import { html, type Html, type Site } from './layout.js';

export interface PeoplePage {
  username: string;
  accounts: readonly AdminAccount[];
  more: boolean;
  q: string;
  state: string;
}

const STATES = [
  ['', 'All'],
  ['used', 'In use'],
  ['pending', 'Waiting for approval'],
  ['disabled', 'Disabled'],
  ['removed', 'Removed'],
] as const;

export function peoplePage(site: Site, { username, accounts, more, q, state }: PeoplePage): string {
  const rows = accounts.map(
    (account) =>
      html`<tr>
        <th scope="row">
          <a href="admin-account.html?name=${account.username}">${account.username}</a>${tags(account)}
        </th>
        <td class="date">${account.created.slice(0, 10)}</td>
        <td class="date">${account.online ? 'online' : (account.last_seen?.slice(0, 10) ?? 'never')}</td>
      </tr>`,
  );
  return listPage(site, {
    ...{ username, section: 'admin.html', title: 'People', id: 'people', listed: 'Accounts' },
    ...{ search: { q, maxLength: 32, state }, states: STATES, heads: ['Name', 'Since', 'Last online'], rows },
    none: 'No account matches. Change the name or the filter.',
    after: more ? accounts.at(-1)?.username : undefined,
  });
}

export interface AccountPage {
  username: string;
  account: AdminAccount;
  sessions: number;
  devices: readonly DeviceRecord[];
  said?: Said | undefined;
}

export function accountPage(site: Site, { username, account, sessions, devices, said }: AccountPage): string {
  const name = account.username;
  return adminPage(site, {
    title: name,
    section: 'admin.html',
    username,
    main: html`<section class="card" aria-labelledby="account">
        <h1 id="account">${name}${tags(account)}</h1>
        ${saidText(said)}
        ${factsTable([
          ['Since', account.created.slice(0, 10)],
          ['Last online', account.online ? 'now' : (account.last_seen?.slice(0, 16).replace('T', ' ') ?? 'never')],
          ['Signed in', `${sessions} ${sessions === 1 ? 'session' : 'sessions'}`],
        ])}
        ${actions(account)}
      </section>
      ${devicesCard(name, devices)}`,
  });
}

function actions({ username, state, admin }: AdminAccount): Html {
  const action = (path: string, ...said: [label: string, what: string, danger?: boolean]): Html =>
    deed(`admin/accounts/${username}/${path}`, ...said);
  const remove = (what: string): Html =>
    askedDeed(`admin/accounts/${username}/remove`, ['Remove', what], {
      question: `Whoever uses ${username} now needs a new device, also if the account is enabled again.`,
      answer: `Remove ${username}`,
    });
  if (state !== 'used') {
    const isNew = state === 'pending';
    const kept = 'The name stays taken, so that nobody else comes in its place.';
    return html`<ul class="deeds">
      ${action('enable', isNew ? 'Approve' : 'Enable', 'Lets the account in.')}
      ${state === 'removed' ? undefined : isNew ? action('remove', 'Refuse', kept, true) : remove(kept)}
    </ul>`;
  }
  return html`<ul class="deeds">
    ${action('reset', 'Reset the password', 'Makes a link with which its user chooses a new one, once.')}
    ${action('end-sessions', 'Sign out everywhere', 'Every device needs the password again.')}
    ${admin ? action('remove-admin', 'Make no admin', 'It stays an account like others.') : action('make-admin', 'Make an admin', 'It can then do all that is done on these pages.')}
    ${action('disable', 'Disable', 'Nobody gets in with it until it is enabled again. Its peers are disconnected.', true)}
    ${remove('Disables it, revokes its devices for good, and takes it out of all channels.')}
  </ul>`;
}

function devicesCard(name: string, devices: readonly DeviceRecord[]): Html {
  const rows = devices.map(
    (device) =>
      html`<tr>
        <th scope="row">${deviceCell(device)}</th>
        <td>${lastUse(device)}</td>
        <td class="number">
          ${device.revoked ? 'revoked' : revokeForm(`admin/accounts/${name}/devices/${device.device}/revoke`, device)}
        </td>
      </tr>`,
  );
  return html`<section class="card" aria-labelledby="devices">
    <h2 id="devices">Devices <span class="count">${devices.length}</span></h2>
    ${devices.length === 0 ? html`<p class="quiet">None. A peer registers itself when it first starts.</p>` : table(['Device', 'Last use', ''], rows, 'devices')}
    <p class="hint">A revoked device is never let in again: it needs a new key.</p>
  </section>`;
}

function tags({ state, admin }: AdminAccount): Html {
  const shown = [admin ? 'admin' : '', state === 'used' ? '' : state].filter((tag) => tag !== '');
  return html`${shown.map((tag) => html` <span class="tag">${tag}</span>`)}`;
}
