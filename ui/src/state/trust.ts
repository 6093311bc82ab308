/** Whom the user has made sure of, and which devices there are. */
import type { DeviceView, NoticeView } from '../../../protocol/local-api.js';
import { sameName } from './entries.js';

/** What a notice about changed keys asks for: to compare with that user, or to look at one's own devices. */
export type NextStep =
  | { readonly kind: 'compare'; readonly username: string }
  | { readonly kind: 'own_devices' }
  /** To hear less of somebody. */
  | { readonly kind: 'quieten'; readonly username: string }
  /** To say that it is one's own, set up anew. `ca`: what it shows. */
  | { readonly kind: 'tracker'; readonly ca: string };

const changes: Readonly<Record<string, true>> = { device_added: true, verification_reset: true };

export function nextStep({ id, code, username }: NoticeView, self: string): NextStep | undefined {
  if (code === 'ca_changed' && id.startsWith(`${code}:`)) return { kind: 'tracker', ca: id.slice(code.length + 1) };
  if (code === 'too_fast' && username !== undefined) return { kind: 'quieten', username };
  if (username === undefined || !Object.hasOwn(changes, code)) return undefined;
  return sameName(username, self) ? { kind: 'own_devices' } : { kind: 'compare', username };
}

/** The notices that ask to compare the safety number with a user (again). */
export function changesOf(notices: readonly NoticeView[], username: string, self: string): readonly NoticeView[] {
  return notices.filter((notice) => {
    const step = nextStep(notice, self);
    return step?.kind === 'compare' && sameName(step.username, username);
  });
}

/** This one, those in use, those revoked: each newest first. */
export function sortedDevices(devices: readonly DeviceView[]): readonly DeviceView[] {
  const rank = ({ current, revoked }: DeviceView): number => (current ? 0 : revoked ? 2 : 1);
  const time = ({ revokedAt, created }: DeviceView): string => revokedAt ?? created ?? '';
  return [...devices].sort(
    (a, b) => rank(a) - rank(b) || compareText(time(b), time(a)) || compareText(a.device, b.device),
  );
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
