/** The lists of the sidebar, in the order in which they are shown. */
import type { ChannelView, ConversationView, PersonView } from '../../../protocol/local-api.js';
import { PERMANENT_CHANNELS } from '../limits.js';
import { sameName } from './entries.js';
import type { Daemon } from './model.js';
import { directName } from './route.js';

/** What waits in a conversation. */
export interface Waiting {
  readonly unread: number;
  /** How many of them name the user. */
  readonly mentions: number;
  readonly muted: boolean;
}

export interface ChannelItem extends Waiting {
  readonly conversation: string;
  readonly name: string;
}

export interface PersonItem extends Waiting {
  readonly conversation?: string;
  readonly person: PersonView;
}

const NOTHING: Waiting = { unread: 0, mentions: 0, muted: false };

function waitingIn({ unread, mentions = 0, notify }: ConversationView): Waiting {
  return { unread, mentions, muted: notify === 'none' };
}

/** Joined channels: those that everyone is in first, then by what they are called. */
export function joinedChannels(daemon: Daemon): readonly ChannelItem[] {
  const rank = (name: string): number => {
    const place = PERMANENT_CHANNELS.indexOf(name);
    return place < 0 ? PERMANENT_CHANNELS.length : place;
  };
  return Object.values(daemon.conversations)
    .filter(({ id }) => id.startsWith('#'))
    .map((view) => ({ conversation: view.id, name: view.id.slice(1), ...waitingIn(view) }))
    .sort(
      (a, b) => rank(a.name) - rank(b.name) || compareText(channelTitle(daemon, a.name), channelTitle(daemon, b.name)),
    );
}

/** Friends, by name: with their conversation where there is one. */
export function friendItems(daemon: Daemon): readonly PersonItem[] {
  const open = new Map(conversationsWith(daemon).map((item) => [item.person.username.toLowerCase(), item]));
  return Object.values(daemon.people)
    .filter(({ friend }) => friend === true)
    .map((person) => open.get(person.username.toLowerCase()) ?? { person, ...NOTHING })
    .sort((a, b) => compareText(called(a.person), called(b.person)));
}

/** Open direct conversations with others than friends, the one written to last on top. */
export function directItems(daemon: Daemon): readonly PersonItem[] {
  return conversationsWith(daemon).filter(({ person }) => person.friend !== true);
}

function conversationsWith(daemon: Daemon): readonly PersonItem[] {
  return Object.values(daemon.conversations)
    .filter(({ id }) => id.startsWith('@'))
    .sort((a, b) => compareText(b.latest?.time ?? '', a.latest?.time ?? '') || compareText(a.id, b.id))
    .map((view) => ({
      conversation: view.id,
      person: personOf(daemon, directName(view.id, daemon.me.username)),
      ...waitingIn(view),
    }));
}

const presenceRank = { online: 0, busy: 1, away: 2, offline: 3 } as const;

/** Everybody else who is known: those who are there first, then by name; last those whose account is disabled. */
export function sortedPeople(daemon: Daemon): readonly PersonView[] {
  return Object.values(daemon.people)
    .filter(({ username }) => !sameName(username, daemon.me.username))
    .sort((a, b) => rankOf(a) - rankOf(b) || compareText(called(a), called(b)));
}

function rankOf({ presence, disabled }: PersonView): number {
  return disabled === true ? presenceRank.offline + 1 : presenceRank[presence];
}

/** As people look for a name. */
function called({ name, username }: PersonView): string {
  return (name ?? username).toLowerCase();
}

/** People without an open conversation who are no friends, and can be written to. */
export function otherPeople(daemon: Daemon): readonly PersonItem[] {
  const open = new Set(conversationsWith(daemon).map(({ person }) => person.username.toLowerCase()));
  return sortedPeople(daemon)
    .filter(({ username, friend, disabled }) => !open.has(username.toLowerCase()) && !friend && !disabled)
    .map((person) => ({ person, ...NOTHING }));
}

/** Why there is nobody to write to: `nobody` was ever here, or those who were cannot be written to. Undefined where somebody can be. */
export function whyAlone({ people, blocked, me }: Daemon): 'nobody' | 'disabled' | 'blocked' | 'both' | undefined {
  const others = Object.values(people).filter(({ username }) => !sameName(username, me.username));
  if (others.some(({ disabled }) => disabled !== true)) return undefined;
  if (others.length > 0) return blocked.length > 0 ? 'both' : 'disabled';
  return blocked.length > 0 ? 'blocked' : 'nobody';
}

/** What a channel is called: its name, unless an admin has renamed it. */
export function channelTitle({ channels }: Daemon, name: string): string {
  return (Object.hasOwn(channels, name) ? channels[name]?.title : undefined) ?? name;
}

/** What a conversation is called where channels stand with their mark: `#title`; one of two keeps its id. */
export function conversationTitle(daemon: Daemon, conversation: string): string {
  return conversation.startsWith('#') ? `#${channelTitle(daemon, conversation.slice(1))}` : conversation;
}

/** What a conversation is called in a list of all kinds: `#title`, or `@name` of the other one. */
export function placeName(daemon: Daemon, conversation: string): string {
  if (conversation.startsWith('#')) return conversationTitle(daemon, conversation);
  return `@${personOf(daemon, directName(conversation, daemon.me.username)).username}`;
}

/** Why nothing new is written there, not even a reaction; undefined where it is. */
export function closedState({ channels }: Daemon, conversation: string): ChannelView['state'] {
  const name = conversation.slice(1);
  return conversation.startsWith('#') && Object.hasOwn(channels, name) ? channels[name]?.state : undefined;
}

const titled = new WeakMap<Daemon['channels'], ReadonlyMap<string, string>>();

/** The name of a channel that is written by the title that it has now; undefined where that is a name, or unknown. */
export function namedChannel({ channels }: Pick<Daemon, 'channels'>, written: string): string | undefined {
  if (Object.hasOwn(channels, written)) return undefined;
  // Asked for each `#word` of a timeline, whatever changes.
  let names = titled.get(channels);
  if (!names) {
    names = new Map(Object.values(channels).flatMap(({ name, title }) => (title === undefined ? [] : [[title, name]])));
    titled.set(channels, names);
  }
  return names.get(written);
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
  const blocked = blockedName(daemon, username);
  if (blocked !== undefined) return { username: blocked, presence: 'offline', link: 'none', blocked: true };
  const self = sameName(username, daemon.me.username);
  return {
    username: self ? daemon.me.username : username,
    presence: self ? 'online' : 'offline',
    link: self ? 'self' : 'none',
  };
}

/** As somebody writes their name whom the user blocks; undefined for all others. */
export function blockedName({ blocked }: Daemon, username: string): string | undefined {
  return blocked.find((name) => sameName(name, username));
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
