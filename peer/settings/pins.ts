/**
 * Trust on first use (SPEC.md section 3): what a peer makes of a CA or a device when it sees one. Decisions only; `PinBook`
 * keeps them.
 */
import { X509Certificate, hash } from 'node:crypto';
import { userKey, type DeviceId, type Username } from '../../protocol/ids.js';
import type { NoticeView } from '../../protocol/local-api.js';

export type NewNotice = Omit<NoticeView, 'time'>;

/** More devices of one user than these are not pinned: the oldest are forgotten. */
export const DEVICES_PINNED_MAX = 64;

/**
 * SHA-256 over the public key (SPKI, DER) of a CA's certificate, b64u: it stays the same when the CA renews its own
 * certificate. Undefined for what is no certificate.
 */
export function caFingerprint(pem: string): string | undefined {
  try {
    return hash('sha256', new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'der' }), 'base64url');
  } catch {
    return undefined; // Whatever the tracker sent, it is not the CA that was pinned.
  }
}

export type CaVerdict =
  { readonly verdict: 'first' | 'same' } | { readonly verdict: 'changed'; readonly notice: NewNotice };

export function judgeCa(pinned: string | undefined, seen: string, tracker: string): CaVerdict {
  if (pinned === undefined) return { verdict: 'first' };
  if (pinned === seen) return { verdict: 'same' };
  return {
    verdict: 'changed',
    notice: {
      id: `ca_changed:${seen}`,
      level: 'error',
      code: 'ca_changed',
      text:
        `The tracker at ${tracker} is not the one that this peer knows: it vouches with another key. Nothing from it is ` +
        'believed. If whoever runs it has set it up anew, say so here: "This is my tracker, set up anew".',
    },
  };
}

export interface DevicesVerdict {
  /** What to pin from now on, or undefined when that is unchanged. */
  readonly pin?: readonly DeviceId[];
  readonly notices: readonly NewNotice[];
}

export interface DevicesContext {
  /** They are devices of the user whose peer this is. */
  readonly own?: boolean;
  /** The user is being met: what was not seen at once is no news. */
  readonly first?: boolean;
  readonly nameOf?: ((device: DeviceId) => string | undefined) | undefined;
  readonly safetyNumber?: (() => string | undefined) | undefined;
}

/**
 * @param pinned what is pinned for the user; undefined for a user never seen before, whose devices are then taken as they are
 * @param seen devices whose certificates were seen just now; need not be all of them
 * @param revoked devices that the user has taken back
 */
export function judgeDevices(
  username: Username,
  pinned: readonly string[] | undefined,
  seen: readonly DeviceId[],
  revoked: readonly DeviceId[] = [],
  { own = false, first = false, nameOf, safetyNumber }: DevicesContext = {},
): DevicesVerdict {
  const gone = new Set<string>(revoked);
  const known = new Set(pinned);
  const added = [...new Set(seen)].filter((device) => !known.has(device) && !gone.has(device));
  const removed = [...gone].filter((device) => known.has(device));
  if (added.length === 0 && removed.length === 0) return { notices: [] };
  const pin = [...known, ...added].filter((device) => !gone.has(device)).slice(-DEVICES_PINNED_MAX) as DeviceId[];
  if (pinned === undefined) return { pin, notices: [] };
  const told = first ? [] : added;
  const addedNotice = (device: DeviceId): NewNotice =>
    own ? newOwnDevice(username, device, nameOf?.(device)) : newDevice(username, device, safetyNumber?.());
  const lostNotice = (device: string): NewNotice =>
    own ? lostOwnDevice(username, device, nameOf?.(device as DeviceId)) : lostDevice(username, device);
  return { pin, notices: [...told.map(addedNotice), ...removed.map(lostNotice)] };
}

/** What may stand of a device of the user's own, in the words that tell its name. */
export function ownDeviceNotices(username: Username, device: DeviceId, name: string): readonly NewNotice[] {
  return [newOwnDevice(username, device, name), lostOwnDevice(username, device, name)];
}

function newDevice(username: Username, device: string, safetyNumber: string | undefined): NewNotice {
  const number = safetyNumber === undefined ? '' : ` It is now ${grouped(safetyNumber)}.`;
  return {
    id: `device_added:${device}`,
    level: 'warning',
    code: 'device_added',
    username,
    // What others call their devices is told to nobody, and an id says nothing to anybody.
    text:
      `${username} uses a new device. Ask ${username} whether that is so, by voice or in person, ` +
      `and compare the safety number before you trust it.${number}`,
  };
}

function newOwnDevice(username: Username, device: DeviceId, name: string | undefined): NewNotice {
  return {
    id: `device_added:${device}`,
    level: 'warning',
    code: 'device_added',
    username,
    ...(name !== undefined && { device: name }),
    text:
      `Your account is used on another device${called(name)}. If that is not one of yours, revoke it and change ` +
      'your password.',
  };
}

function called(name: string | undefined): string {
  return name === undefined ? '' : `, “${name}”`;
}

export function verificationReset(username: Username): NewNotice {
  return {
    id: `verification_reset:${userKey(username)}`,
    level: 'warning',
    code: 'verification_reset',
    username,
    text:
      `You had compared the safety number with ${username}; since then the devices of ${username} have changed, and the ` +
      'number with them. Compare it again.',
  };
}

/** Groups of five digits, as they are read out. */
function grouped(number: string): string {
  return (number.match(/.{1,5}/g) ?? []).join(' ');
}

function lostDevice(username: Username, device: string): NewNotice {
  return {
    id: `device_revoked:${device}`,
    level: 'info',
    code: 'device_revoked',
    username,
    text: `${username} has revoked a device. It is not believed any more; nothing to do.`,
  };
}

function lostOwnDevice(username: Username, device: string, name: string | undefined): NewNotice {
  return {
    id: `device_revoked:${device}`,
    level: 'info',
    code: 'device_revoked',
    username,
    ...(name !== undefined && { device: name }),
    text: `A device of yours${called(name)}${name === undefined ? '' : ','} was revoked: others refuse it now. If that was not you, change your password.`,
  };
}
