/** How a device looks in the tables of the dashboard and of admins. */
import type { DeviceRecord } from '../../protocol/tracker-api.js';
import { html, type Html } from './layout.js';

/** Its name and what it runs on, and below them which it is. */
export function deviceCell({ device, name, platform }: DeviceRecord): Html {
  const id = html`<code>${device}</code>`;
  if (name === undefined && platform === undefined) return id;
  const about = platform === undefined ? undefined : html` <span class="tag">${platform}</span>`;
  return html`<bdi>${name ?? 'Unnamed'}</bdi>${about}<br />${id}`;
}

/** Minutes in steps of five: more is not known. */
export function lastUse({ seen }: DeviceRecord): string {
  return seen?.slice(0, 16).replace('T', ' ') ?? 'unknown';
}
