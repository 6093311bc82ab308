/** All that the switcher can go to: conversations, people, channels to join, and commands. */
import type { PersonView } from '../../../../protocol/local-api.js';
import { sameName } from '../../state/entries.js';
import type { Daemon } from '../../state/model.js';
import { directName } from '../../state/route.js';
import { personOf } from '../../state/sidebar.js';
import { fold } from './fold.js';

export interface Candidate {
  readonly key: string;
  readonly kind: 'channel' | 'person' | 'joinable' | 'command';
  /** The channel, the user or the command. */
  readonly name: string;
  /** What stands first, and what behind it; both are looked through. */
  readonly title: string;
  readonly detail: string;
  /** Both, with a space between, as they are compared. */
  readonly folded: string;
  readonly unread: number;
  /** How many of them name the user. */
  readonly mentions: number;
  /** When something was written there last, or '' where nothing is known of it. */
  readonly recent: string;
  readonly person?: PersonView;
}

export interface CommandItem {
  readonly name: string;
  readonly title: string;
}

const nothing = { unread: 0, mentions: 0, recent: '' } as const;

export function candidatesOf(daemon: Daemon, commands: readonly CommandItem[]): readonly Candidate[] {
  return [...channelsOf(daemon), ...peopleOf(daemon), ...commands.map(commandCandidate)];
}

function channelsOf({ channels, conversations }: Daemon): readonly Candidate[] {
  const joined = Object.values(conversations)
    .filter(({ id }) => id.startsWith('#'))
    .map(({ id, unread, mentions = 0, latest }) => {
      const waiting = { unread, mentions, recent: latest?.time ?? '' };
      const name = id.slice(1);
      return { ...channelCandidate('channel', name, channels[name]?.title), ...waiting };
    });
  const others = Object.values(channels)
    .filter(({ name, state }) => !conversations[`#${name}`] && !state)
    .map(({ name, title }) => channelCandidate('joinable', name, title));
  return [...joined, ...others];
}

/** One that was renamed is found by both names. */
function channelCandidate(kind: 'channel' | 'joinable', name: string, title = name): Candidate {
  const detail = title === name ? '' : name;
  return { key: `#${name}`, kind, name, title, detail, folded: `${title} ${detail}`, ...nothing };
}

function peopleOf(daemon: Daemon): readonly Candidate[] {
  const self = daemon.me.username;
  const open = new Map(
    Object.values(daemon.conversations)
      .filter(({ id }) => id.startsWith('@'))
      .map((view) => [directName(view.id, self).toLowerCase(), view]),
  );
  const known = Object.values(daemon.people);
  const keys = new Set(known.map(({ username }) => username.toLowerCase()));
  const strangers = [...open.keys(), self.toLowerCase()].filter((key) => !keys.has(key));
  const people = [...known, ...[...new Set(strangers)].map((key) => personOf(daemon, key))];
  return people.map((person) => {
    const { username, name } = person;
    const view = open.get(username.toLowerCase());
    const called = name === undefined || sameName(name, username) ? '' : name.normalize('NFC');
    const title = called === '' ? username : called;
    const recent = view?.latest?.time ?? '';
    const detail = called === '' ? '' : username;
    return {
      ...{ key: `@${username.toLowerCase()}`, kind: 'person', name: username, title, detail, recent, person },
      ...{ unread: view?.unread ?? 0, mentions: view?.mentions ?? 0, folded: fold(`${title} ${detail}`) },
    };
  });
}

function commandCandidate({ name, title }: CommandItem): Candidate {
  return { key: `>${name}`, kind: 'command', name, title, detail: '', folded: fold(`${title} `), ...nothing };
}
