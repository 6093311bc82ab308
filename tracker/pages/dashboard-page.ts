import type { ChannelRecord, DeviceRecord, PeerRecord } from '../../protocol/tracker-api.js';
import { signOutForm } from './admin-layout.js';
import { deviceCell, lastUse, revokeForm } from './device-cells.js';
import { html, isOfThisMachine, page, welcomeText, type Html, type Site } from './layout.js';

export interface Dashboard {
  username: string;
  /** Leads to the pages of admins. */
  admin: boolean;
  /** The tracker's own address. */
  url: string;
  peers: readonly PeerRecord[];
  channels: readonly ChannelRecord[];
  devices: readonly DeviceRecord[];
}

/** The page shows no more than a person can read; `/get-list` has them all. */
const SHOWN_MAX = 200;

export function dashboardPage(site: Site, dashboard: Dashboard): string {
  const { username, admin, peers, channels, devices } = dashboard;
  return page(site, {
    title: 'Dashboard',
    aside: signOutForm(username),
    main: html`<h1 class="visually-hidden">Dashboard</h1>
      ${admin ? html`<p><a class="button plain" href="admin.html">Administration</a></p>` : undefined}
      ${welcomeText(site)} ${startSection(dashboard)}
      <div class="columns">${peopleSection(peers)} ${channelsSection(channels)}</div>
      ${devicesSection(devices, peers)}`,
  });
}

function startSection({ username, url, peers }: Dashboard): Html {
  const running = peers.some((peer) => peer.username === username);
  return html`<section class="card" aria-labelledby="start">
    <h2 id="start">${running ? 'Your peer is running' : 'Start your peer'}</h2>
    <p>
      ${running ? 'To start another one, on another device:' : 'Run this in a clone of Parley, then open the address that it prints:'}
    </p>
    <pre class="command"><code>npx parley peer --username ${username} --tracker ${url}</code></pre>
    ${isOfThisMachine(url) ? html`<p class="hint">This address works on this computer alone. On another one, put the address in its place that the tracker printed for others when it started.</p>` : undefined}
  </section>`;
}

function peopleSection(peers: readonly PeerRecord[]): Html {
  const byName = [...peers].sort((a, b) => a.username.localeCompare(b.username, 'en'));
  const rows = byName.slice(0, SHOWN_MAX).map(
    (peer) =>
      html`<tr>
        <th scope="row">${peer.username}</th>
        <td><span class="dot ${peer.status}" aria-hidden="true"></span>${peer.status}</td>
        <td class="address">${peer.ip}:${peer.port}</td>
      </tr>`,
  );
  const table = html`<div class="scroll" tabindex="0" role="group" aria-labelledby="people">
    <table>
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Status</th>
          <th scope="col">Address</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
  return html`<section class="card" aria-labelledby="people">
    <h2 id="people">Online <span class="count">${peers.length}</span></h2>
    ${peers.length === 0 ? html`<p class="quiet">Nobody yet. Start your peer, and you are the first.</p>` : table}
    ${more(peers.length)}
  </section>`;
}

function channelsSection(channels: readonly ChannelRecord[]): Html {
  const rows = channels.slice(0, SHOWN_MAX).map(
    (channel) =>
      html`<tr>
        <th scope="row">
          #${channel.name}${channel.joined ? html` <span class="tag">joined</span>` : undefined}
          ${channel.topic === '' ? undefined : html`<span class="topic">${channel.topic}</span>`}
        </th>
        <td class="number">${channel.members}</td>
      </tr>`,
  );
  return html`<section class="card" aria-labelledby="channels">
    <h2 id="channels">Channels <span class="count">${channels.length}</span></h2>
    <div class="scroll" tabindex="0" role="group" aria-labelledby="channels">
      <table>
        <thead>
          <tr>
            <th scope="col">Channel</th>
            <th scope="col" class="number">Members</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>
    ${more(channels.length)}
  </section>`;
}

function devicesSection(devices: readonly DeviceRecord[], peers: readonly PeerRecord[]): Html {
  const online = new Set(peers.map((peer) => peer.device));
  const rows = devices.map(
    (device) =>
      html`<tr>
        <th scope="row">${deviceCell(device)}</th>
        <td>${lastUse(device)}</td>
        <td>${device.revoked ? 'revoked' : online.has(device.device) ? 'online' : 'offline'}</td>
        <td class="number">${device.revoked ? undefined : revokeForm(`devices/${device.device}/revoke`, device)}</td>
      </tr>`,
  );
  const table = html`<div class="scroll" tabindex="0" role="group" aria-labelledby="devices">
      <table>
        <thead>
          <tr>
            <th scope="col">Device</th>
            <th scope="col">Last use</th>
            <th scope="col">State</th>
            <th scope="col"><span class="visually-hidden">Action</span></th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>
    <p class="hint">
      Revoke a device that was lost or stolen. It cannot be undone: the device needs a new key afterwards.
    </p>`;
  return html`<section class="card" aria-labelledby="devices">
    <h2 id="devices">Your devices <span class="count">${devices.length}</span></h2>
    ${devices.length === 0 ? html`<p class="quiet">None yet. Your peer registers itself when it first starts.</p>` : table}
  </section>`;
}

function more(count: number): Html | undefined {
  return count > SHOWN_MAX ? html`<p class="quiet">… and ${count - SHOWN_MAX} more.</p>` : undefined;
}
