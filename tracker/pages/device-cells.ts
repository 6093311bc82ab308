/** How a device looks in the tables of the dashboard and of admins. */
import type { DeviceRecord } from '../../protocol/tracker-api.js';
import { html, type Html } from './layout.js';

/** Its name and what it runs on, and below them which it is. */
export function deviceCell({ device, name, platform, created }: DeviceRecord): Html {
  const since = html`<span class="topic quiet">since <span class="date">${created.slice(0, 10)}</span></span>`;
  const id = html`<code>${device}</code>${since}`;
  if (name === undefined && platform === undefined) return id;
  const about = platform === undefined ? undefined : html` <span class="tag">${platform}</span>`;
  return html`<bdi>${name ?? 'Unnamed'}</bdi>${about}<br />${id}`;
}

/** Asks first: what is revoked is never let in again. @param action the address that the form posts to */
export function revokeForm(action: string, { device, name = device }: DeviceRecord): Html {
  return html`<details class="ask">
    <summary class="button plain small danger" aria-label="Revoke the device ${name}">Revoke</summary>
    <form method="post" action="${action}">
      <button type="submit" class="plain small danger" aria-label="Revoke the device ${name} for good">
        Revoke for good
      </button>
    </form>
  </details>`;
}

/** Minutes in steps of five: more is not known. */
export function lastUse({ seen }: DeviceRecord): Html {
  if (seen === undefined) return html`unknown`;
  return html`<span class="date">${seen.slice(0, 10)}</span> <span class="date">${seen.slice(11, 16)}</span>`;
}
