/** What a person sees of another, and why: facts in, view out. */
import { isGuestName } from '../../protocol/confusable.js';
import type { Username } from '../../protocol/ids.js';
import type { PersonView } from '../../protocol/local-api.js';
import type { PeerRecord } from '../../protocol/tracker-api.js';
import { mostTelling, relayWhy, type Trouble } from '../reach/trouble.js';
import { pathWhy, why } from './link-reasons.js';
import type { Status } from './own-presence.js';

/** What the tracker lists of a device that tells nobody where it is. */
const NOWHERE = '0.0.0.0';

export interface DeviceFacts {
  /** What the tracker says, or said before it went away. */
  readonly listed?: PeerRecord | undefined;
  readonly linked: boolean;
  /** That link goes over a relay. */
  readonly relayed?: boolean | undefined;
  /** By their own word, on the link. */
  readonly said?: Status | undefined;
  /** What went wrong where it was tried last: one for each address. */
  readonly troubles?: readonly Trouble[] | undefined;
  /** Milliseconds since 1970. */
  readonly lastSeen?: number | undefined;
}

export interface PersonFacts {
  readonly username: Username;
  readonly self: boolean;
  readonly devices: readonly DeviceFacts[];
  /** A client of the tracker without a device: nobody can link to it. */
  readonly client?: PeerRecord | undefined;
  /** What the tracker's directory says of them. */
  readonly account?: { readonly lastSeen: number | undefined; readonly guest?: boolean | undefined } | undefined;
  /** Whether the safety number was compared with them. */
  readonly verified?: boolean;
  /** An admin has disabled their account. */
  readonly shut?: boolean | undefined;
  /** Of this user themself: how present they are on this device. */
  readonly own?: Status | undefined;
  /** From their profile. */
  readonly said?: Pick<PersonView, 'name' | 'status' | 'picture' | 'bot'> | undefined;
  readonly chosen?: Pick<PersonView, 'friend' | 'muted' | 'blocked'> | undefined;
}

export interface Surroundings {
  /** Whether the tracker's list is of now. */
  readonly trackerUp: boolean;
  readonly now: number;
  /** This device tells nobody where it is. */
  readonly hidesAddress?: boolean | undefined;
  /** The time of day, with the date unless it is today's. */
  formatTime(ms: number, now: number): string;
}

/** Of whom the user blocks nothing is told but that. */
export function describePerson(facts: PersonFacts, around: Surroundings): PersonView {
  if (facts.chosen?.blocked) return { username: facts.username, presence: 'offline', link: 'none', blocked: true };
  const view = describe(facts, around);
  const { chosen } = facts;
  return {
    ...view,
    ...(isGuest(facts) ? { guest: true } : {}),
    ...(facts.verified ? { verified: true } : {}),
    ...facts.said,
    ...(chosen?.friend ? { friend: true } : {}),
    ...(chosen?.muted ? { muted: true } : {}),
  };
}

/** Also one who is gone, whom the tracker lists no more; but no account that is older than the rule of such names. */
function isGuest({ username, account }: PersonFacts): boolean {
  return isGuestName(username) && account?.guest !== false;
}

function describe(facts: PersonFacts, around: Surroundings): PersonView {
  if (facts.shut === true && !facts.self) return disabled(facts);
  const { username, devices, self, client } = facts;
  const listed = around.trackerUp ? devices.filter((device) => device.listed) : [];
  const linked = devices.filter((device) => device.linked);
  const here = [...linked, ...listed.filter((device) => !device.linked)];
  if (self) {
    const own = { linked: true, said: facts.own };
    return { username, presence: presenceOf([own, ...here], client), link: 'self' };
  }
  if (linked.length > 0) {
    const view = { username, presence: presenceOf(here, undefined), link: 'linked' } as const;
    if (!linked.every(({ relayed }) => relayed === true)) return { ...view, path: 'direct' };
    const hidden = hiddenBy(linked, around);
    return { ...view, path: 'relayed', ...(hidden && { pathWhy: pathWhy(hidden) }) };
  }
  if (listed.length > 0) {
    const troubles = listed.flatMap(({ troubles }) => troubles ?? []);
    const relay = troubles.map(relayWhy).find((said) => said !== undefined);
    const tried = mostTelling(troubles);
    const hidden = tried && hiddenBy(listed, around);
    // There is no way but the relay: then what it says is the reason.
    const trouble = hidden && relay !== undefined ? { code: relay } : (hidden ?? tried);
    const reason = trouble ? `${username} is online but ${why(trouble)}` : `${username} is online: connecting.`;
    const view: PersonView = { username, presence: presenceOf(listed, client), link: 'connecting', reason };
    return trouble ? { ...view, pathWhy: { ...pathWhy(trouble), ...(relay && { relay }) } } : view;
  }
  if (client && around.trackerUp) {
    const reason = `${username} is online without a peer: messages arrive once ${username} starts one.`;
    return { username, presence: client.status, link: 'none', reason };
  }
  return offline(facts, around);
}

/** Why nobody is dialled, where one of the two wants it so. */
function hiddenBy(devices: readonly DeviceFacts[], { hidesAddress }: Surroundings): Trouble | undefined {
  if (hidesAddress) return { code: 'address_hidden' };
  const isHidden = devices.every(({ listed }) => listed?.ip === NOWHERE);
  return isHidden ? { code: 'hides_address' } : undefined;
}

/** Whatever is left of links with them. */
function disabled(facts: PersonFacts): PersonView {
  const { username } = facts;
  const last = lastSeenOf(facts);
  const reason = `${username}'s account was disabled by an admin. What you write waits until it is enabled again.`;
  const view: PersonView = { username, presence: 'offline', link: 'none', reason, disabled: true };
  return last > 0 ? { ...view, lastSeen: new Date(last).toISOString() } : view;
}

function lastSeenOf({ account, devices }: PersonFacts): number {
  return Math.max(account?.lastSeen ?? 0, ...devices.map((device) => device.lastSeen ?? 0));
}

function offline(facts: PersonFacts, { trackerUp, now, formatTime }: Surroundings): PersonView {
  const { username, account } = facts;
  const last = lastSeenOf(facts);
  if (last === 0 && account) {
    const reason = `${username} has an account, but has not started Parley yet.`;
    return { username, presence: 'offline', link: 'none', reason, unstarted: true };
  }
  const seen = last > 0 ? `last seen ${formatTime(last, now)}` : 'not seen from here yet';
  const reason = trackerUp
    ? `${username} is offline: ${seen}.`
    : `There is no link to ${username}, and without the tracker nobody can say where to find them: ${seen}.`;
  const view: PersonView = { username, presence: 'offline', link: 'none', reason };
  return last > 0 ? { ...view, lastSeen: new Date(last).toISOString() } : view;
}

/**
 * The most available of all. What a device says on its link counts before what the tracker lists; one that is linked, says
 * nothing and is not on the list is online.
 */
function presenceOf(devices: readonly DeviceFacts[], client: PeerRecord | undefined): Status {
  const statuses: Status[] = devices.map(({ listed, said }) => said ?? listed?.status ?? 'online');
  if (client) statuses.push(client.status);
  if (statuses.length === 0 || statuses.includes('online')) return 'online';
  return statuses.includes('busy') ? 'busy' : 'away';
}

export function sameView(a: PersonView | undefined, b: PersonView): boolean {
  return (
    a?.username === b.username &&
    a.presence === b.presence &&
    a.link === b.link &&
    a.reason === b.reason &&
    a.path === b.path &&
    a.pathWhy?.code === b.pathWhy?.code &&
    a.pathWhy?.address === b.pathWhy?.address &&
    a.pathWhy?.relay === b.pathWhy?.relay &&
    a.lastSeen === b.lastSeen &&
    a.unstarted === b.unstarted &&
    a.disabled === b.disabled &&
    a.verified === b.verified &&
    a.name === b.name &&
    a.status?.emoji === b.status?.emoji &&
    a.status?.text === b.status?.text &&
    a.status?.until === b.status?.until &&
    a.picture === b.picture &&
    a.bot === b.bot &&
    a.guest === b.guest &&
    a.friend === b.friend &&
    a.muted === b.muted &&
    a.blocked === b.blocked
  );
}

/** `12:40`, or `20 Nov, 12:40` on another day, in this machine's time zone unless told otherwise. */
export function timeFormatter(timeZone?: string): Surroundings['formatTime'] {
  const zone = timeZone === undefined ? {} : { timeZone };
  const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', ...zone });
  const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', ...zone });
  return (ms, now) =>
    day.format(ms) === day.format(now) ? clock.format(ms) : `${day.format(ms)}, ${clock.format(ms)}`;
}
