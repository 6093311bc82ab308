/** WHO, and WHOX with the fields that a client wants. */
import { userKey, type ConversationId, type UserKey, type Username } from '../../../../protocol/ids.js';
import type { Call } from '../call.js';
import { nameOf } from '../comings.js';
import { channelOfTarget, maskTest, nickOf, userNameOf, userOfNick, USER_HOST } from '../names.js';
import { RPL } from '../numerics.js';
import type { Person } from '../roster.js';
import type { Command } from './command.js';

export const whoCommands: Readonly<Record<string, Command>> = { WHO: { run: who } };

interface Row {
  readonly channel: string;
  readonly person: Person;
}

function who(call: Call): void {
  const [mask = '*', options = ''] = call.line.params;
  const [, fields, token = ''] = /%([a-zA-Z]+)(?:,(\w{0,3}))?/.exec(options) ?? [];
  for (const row of rows(call, mask)) {
    if (fields === undefined) call.numeric(RPL.whoReply, ...plainRow(call, row));
    else call.numeric(RPL.whoxReply, ...chosen(call, row, fields, token));
  }
  call.numeric(RPL.endOfWho, mask.slice(0, 64), 'End of WHO.');
}

/** The members of an open channel, one user, or those whom a mask means: of the people who share a channel. */
function rows({ me }: Call, mask: string): Row[] {
  if (mask.startsWith('#')) {
    const channel = channelOfTarget(mask);
    return channel
      ? ofUsers(
          me.channels.get(channel) ?? [],
          (user) => me.person(user),
          () => channel,
        )
      : [];
  }
  const first = (user: UserKey): ConversationId | '*' =>
    [...me.channels].find(([, users]) => users.has(user))?.[0] ?? '*';
  const named = userOfNick(mask);
  const person = named && me.person(userKey(named));
  if (person) return person.online ? [{ channel: first(userKey(person.username as Username)), person }] : [];
  const matches = maskTest(mask === '0' ? '*' : mask);
  const shared = new Set([...me.channels.values()].flatMap((users) => [...users]));
  const all = ofUsers(shared, (user) => me.person(user), first);
  return all.filter(({ person: { username, realName } }) =>
    [nickOf(username), userNameOf(username), USER_HOST, realName].some(matches),
  );
}

function ofUsers(
  users: Iterable<UserKey>,
  find: (user: UserKey) => Person | undefined,
  channel: (user: UserKey) => string,
): Row[] {
  return [...users].flatMap((user) => {
    const person = find(user);
    return person ? [{ channel: channel(user), person }] : [];
  });
}

function flags({ away }: Person): string {
  return away === undefined ? 'H' : 'G';
}

function plainRow({ session }: Call, { channel, person }: Row): string[] {
  const { username } = person;
  return [
    channel,
    userNameOf(username),
    USER_HOST,
    session.serverName,
    nickOf(username),
    flags(person),
    `0 ${nameOf(person)}`,
  ];
}

/** In the order that WHOX has, whatever the order in which they were asked for. */
function chosen({ session }: Call, { channel, person }: Row, fields: string, token: string): string[] {
  const { username } = person;
  const all: readonly (readonly [field: string, value: string])[] = [
    ['t', token],
    ['c', channel],
    ['u', userNameOf(username)],
    ['i', '255.255.255.255'],
    ['h', USER_HOST],
    ['s', session.serverName],
    ['n', nickOf(username)],
    ['f', flags(person)],
    ['d', '0'],
    ['l', '0'],
    ['a', username],
    ['o', 'n/a'],
    ['r', nameOf(person)],
  ];
  return all.filter(([field]) => fields.includes(field)).map(([, value]) => value);
}
