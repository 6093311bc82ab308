/**
 * Who is in which channel, as IRC shows it, and what changes from one look to the next. IRC knows people who are there: of the members
 * of a channel those who are online. Nothing here is a message; it is a function of two looks.
 */
import {
  channelConversation,
  userKey,
  type ConversationId,
  type UserKey,
  type Username,
} from '../../../protocol/ids.js';
import type { PersonView } from '../../../protocol/local-api.js';
import type { PeerServices } from '../../services.js';

export interface Person {
  readonly username: string;
  readonly online: boolean;
  /** An admin has disabled their account. */
  readonly disabled?: boolean;
  /** What is said of why they are away; undefined where they are not. */
  readonly away: string | undefined;
  /** Their display name; else their user name. */
  readonly realName: string;
}

export interface Look {
  /** Channels that are open in the client. */
  readonly channels: ReadonlyMap<ConversationId, ReadonlySet<UserKey>>;
  readonly people: ReadonlyMap<UserKey, Person>;
}

export type Change =
  | { readonly kind: 'entered' | 'left'; readonly channel: ConversationId }
  | { readonly kind: 'join' | 'part'; readonly channel: ConversationId; readonly person: Person }
  | { readonly kind: 'quit' | 'online' | 'offline'; readonly person: Person }
  /** `shares`: they are in a channel with the user. */
  | { readonly kind: 'away' | 'name'; readonly person: Person; readonly shares: boolean };

export const NOBODY_YET: Look = { channels: new Map(), people: new Map() };

/** @param closed channels that the client has closed for itself, since nobody can leave them */
export function look(
  { people, membership, conversations, account }: PeerServices,
  closed: ReadonlySet<ConversationId>,
): Look {
  const all = new Map<UserKey, Person>();
  for (const view of people.list()) all.set(userKey(view.username as Username), personOf(view));
  const self = userKey(account.username);
  const own = all.get(self);
  all.set(self, {
    username: account.username,
    away: own?.away,
    realName: own?.realName ?? account.username,
    online: true,
  });
  const channels = new Map<ConversationId, ReadonlySet<UserKey>>();
  for (const name of membership.joined()) {
    const id = channelConversation(name);
    if (closed.has(id)) continue;
    const there = conversations.members(id).map((member) => userKey(member as Username));
    channels.set(id, new Set([self, ...there.filter((user) => all.get(user)?.online === true)]));
  }
  return { channels, people: all };
}

export function personOf({ username, presence, status, name, disabled }: PersonView): Person {
  const said = [status?.emoji, status?.text].filter((part) => part !== undefined && part !== '').join(' ');
  const away = presence === 'away' || presence === 'busy' ? said || (presence === 'busy' ? 'Busy' : 'Away') : undefined;
  const shut = disabled === true ? { disabled } : {};
  return { username, online: presence !== 'offline', away, realName: name ?? username, ...shut };
}

/** What 301 says when somebody asks for them, or writes to them; undefined while they are there. */
export function absenceOf({ online, disabled, away }: Person): string | undefined {
  if (disabled === true)
    return 'has an account that an admin has disabled. What you write waits until it is enabled again.';
  return online ? away : 'is offline. A message reaches them when they are back.';
}

/** In the order in which a client can follow: who goes, then who comes, then how they are. */
export function changes(before: Look, after: Look, self: UserKey): Change[] {
  const gone: Change[] = [];
  const come: Change[] = [];
  for (const channel of before.channels.keys()) if (!after.channels.has(channel)) gone.push({ kind: 'left', channel });
  const quit = new Set<UserKey>();
  for (const [channel, users] of before.channels) {
    const now = after.channels.get(channel);
    for (const user of users) {
      const person = after.people.get(user) ?? offline(before.people.get(user));
      if (!now || now.has(user) || user === self || !person) continue;
      if (person.online) gone.push({ kind: 'part', channel, person });
      else if (!quit.has(user)) gone.push({ kind: 'quit', person });
      quit.add(user);
    }
  }
  for (const [channel, users] of after.channels) {
    const then = before.channels.get(channel);
    if (!then) {
      come.push({ kind: 'entered', channel });
      continue;
    }
    for (const user of users) {
      const person = after.people.get(user);
      if (!then.has(user) && person) come.push({ kind: 'join', channel, person });
    }
  }
  return [...gone, ...come, ...ofPeople(before, after, self)];
}

function ofPeople(before: Look, after: Look, self: UserKey): Change[] {
  const shared = new Set([...after.channels.values()].flatMap((users) => [...users]));
  const known = new Set([...before.channels.values()].flatMap((users) => [...users]));
  const all: Change[] = [];
  for (const [user, person] of after.people) {
    const then = before.people.get(user);
    if ((then?.online ?? false) !== person.online) all.push({ kind: person.online ? 'online' : 'offline', person });
    const shares = shared.has(user);
    // Of who comes now, what they are is told with their coming.
    if (!then || (shares ? !known.has(user) : !then.online || !person.online)) continue;
    if (then.away !== person.away) all.push({ kind: 'away', person, shares });
    // A client is told the name that its user has, also in no channel (IRCv3 setname).
    if (then.realName !== person.realName) all.push({ kind: 'name', person, shares: shares || user === self });
  }
  for (const [user, person] of before.people)
    if (!after.people.has(user) && person.online) all.push({ kind: 'offline', person });
  return all;
}

function offline(person: Person | undefined): Person | undefined {
  return person && { ...person, online: false };
}
