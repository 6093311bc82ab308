/** The lists of the sidebar, in the order in which they are shown. */
import type { ChannelView, PersonView } from '../../../protocol/local-api.js';
import { PERMANENT_CHANNELS } from '../limits.js';
import { sameName } from './entries.js';
import type { Daemon } from './model.js';
import { directName } from './route.js';

export interface ChannelItem {
  readonly conversation: string;
  readonly name: string;
  readonly unread: number;
}

export interface PersonItem {
  readonly conversation?: string;
  readonly person: PersonView;
  readonly unread: number;
}

/** Joined channels: those that everyone is in first, then by name. */
export function joinedChannels(daemon: Daemon): readonly ChannelItem[] {
  const rank = (name: string): number => {
    const place = PERMANENT_CHANNELS.indexOf(name);
    return place < 0 ? PERMANENT_CHANNELS.length : place;
  };
  return Object.values(daemon.conversations)
    .filter(({ id }) => id.startsWith('#'))
    .map(({ id, unread }) => ({ conversation: id, name: id.slice(1), unread }))
    .sort((a, b) => rank(a.name) - rank(b.name) || compareText(a.name, b.name));
}

/** Open direct conversations, the one written to last on top. */
export function directItems(daemon: Daemon): readonly PersonItem[] {
  return Object.values(daemon.conversations)
    .filter(({ id }) => id.startsWith('@'))
    .sort((a, b) => compareText(b.latest?.time ?? '', a.latest?.time ?? '') || compareText(a.id, b.id))
    .map(({ id, unread }) => ({
      conversation: id,
      unread,
      person: personOf(daemon, directName(id, daemon.me.username)),
    }));
}

const presenceRank = { online: 0, busy: 1, away: 2, offline: 3 } as const;

/** Everybody else who is known: those who are there first, then by name. */
export function sortedPeople(daemon: Daemon): readonly PersonView[] {
  return Object.values(daemon.people)
    .filter(({ username }) => !sameName(username, daemon.me.username))
    .sort(
      (a, b) =>
        presenceRank[a.presence] - presenceRank[b.presence] ||
        compareText(a.username.toLowerCase(), b.username.toLowerCase()),
    );
}

/** People without an open conversation. */
export function otherPeople(daemon: Daemon): readonly PersonView[] {
  const open = new Set(directItems(daemon).map(({ person }) => person.username.toLowerCase()));
  return sortedPeople(daemon).filter(({ username }) => !open.has(username.toLowerCase()));
}

/** All channels of the tracker: the biggest first. */
export function allChannels(daemon: Daemon): readonly ChannelView[] {
  return Object.values(daemon.channels).sort((a, b) => b.members - a.members || compareText(a.name, b.name));
}

/** A person by any case of their name; one whom the daemon does not know is shown as offline. */
export function personOf(daemon: Daemon, username: string): PersonView {
  const key = username.toLowerCase();
  // `constructor` is a name that somebody may have.
  const known = Object.hasOwn(daemon.people, key) ? daemon.people[key] : undefined;
  if (known) return known;
  const self = sameName(username, daemon.me.username);
  return {
    username: self ? daemon.me.username : username,
    presence: self ? 'online' : 'offline',
    link: self ? 'self' : 'none',
  };
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
