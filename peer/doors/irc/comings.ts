/** Who comes, goes and is away, as lines. */
import { userKey, type ConversationId, type Username } from '../../../protocol/ids.js';
import type { Member } from './context.js';
import { nickOf, sourceOf } from './names.js';
import { RPL } from './numerics.js';
import type { Change, Person } from './roster.js';
import { cut, type Outgoing } from './wire.js';

/** Bytes of the names in one line of NAMES, or nicks in one of MONITOR. */
const NAMES_BYTES = 380;

/** What a client is told of a channel that it opens: that it is in, how far it is read, what it is about, who is there. */
export function entering(me: Member, channel: ConversationId): Outgoing[] {
  const self = me.person(userKey(me.username));
  const marker = me.session.caps.has('draft/read-marker') ? [me.markerLine(channel)] : [];
  return [
    ...(self ? [joinLine(me, channel, self)] : []),
    ...marker,
    ...topicLines(me, channel, false),
    ...namesLines(me, channel),
  ];
}

/** @param always also that there is none */
export function topicLines(me: Member, channel: string, always: boolean): Outgoing[] {
  const { session, services } = me;
  const topic = services.people.channels().find(({ name }) => `#${name}` === channel)?.topic ?? '';
  if (topic !== '') return [session.numeric(RPL.topic, channel, topic)];
  return always ? [session.numeric(RPL.noTopic, channel, 'No topic is set.')] : [];
}

export function namesLines(me: Member, channel: string): Outgoing[] {
  return [...memberLines(me, channel), me.session.numeric(RPL.endOfNames, channel, 'End of the list of names.')];
}

/** Of a channel that is not open, nobody is told. */
export function memberLines(me: Member, channel: string): Outgoing[] {
  const users = me.channels.get(channel as ConversationId) ?? new Set();
  const long = me.session.caps.has('userhost-in-names');
  const names = [...users].map((user) => {
    const username = me.person(user)?.username ?? user;
    return long ? sourceOf(username) : nickOf(username);
  });
  return filled(names, ' ').map((text) => me.session.numeric(RPL.namReply, '=', channel, text));
}

/** Words in as few lines as hold them. */
export function filled(words: readonly string[], between: string): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length + between.length > NAMES_BYTES) lines.push(word);
    else lines[lines.length - 1] = `${last}${between}${word}`;
  }
  return lines;
}

export function channelChange(me: Member, change: Exclude<Change, { kind: 'entered' | 'left' }>): Outgoing[] {
  const { person } = change;
  const source = sourceOf(person.username);
  const { caps } = me.session;
  switch (change.kind) {
    case 'join':
      return [joinLine(me, change.channel, person), ...(person.away !== undefined ? awayLines(me, person) : [])];
    case 'part':
      return [{ source, command: 'PART', params: [change.channel] }];
    case 'quit':
      return [{ source, command: 'QUIT', params: ['offline'] }];
    case 'away':
      return change.shares || watches(me, person) ? awayLines(me, person) : [];
    case 'name':
      return caps.has('setname') && (change.shares || watches(me, person))
        ? [{ source, command: 'SETNAME', params: [nameOf(person)] }]
        : [];
    case 'online':
    case 'offline':
      return monitorLines(me, person, change.kind);
  }
}

function joinLine({ session }: Member, channel: ConversationId, person: Person): Outgoing {
  const { username } = person;
  const more = session.caps.has('extended-join') ? [username, nameOf(person)] : [];
  const tags = { account: username };
  return { source: sourceOf(username), command: 'JOIN', params: [channel, ...more], tags };
}

function awayLines({ session }: Member, person: Person): Outgoing[] {
  if (!session.caps.has('away-notify')) return [];
  return [
    { source: sourceOf(person.username), command: 'AWAY', params: person.away === undefined ? [] : [person.away] },
  ];
}

/** Whether the client wants to know how somebody is with whom it shares no channel (IRCv3 extended-monitor). */
function watches({ session, monitored }: Member, { username }: Person): boolean {
  return session.caps.has('extended-monitor') && monitored.has(nickOf(username).toLowerCase());
}

function monitorLines({ session, monitored }: Member, { username }: Person, kind: 'online' | 'offline'): Outgoing[] {
  const nick = nickOf(username);
  const wanted = monitored.get(nick.toLowerCase());
  if (wanted === undefined) return [];
  return [
    kind === 'online' ? session.numeric(RPL.monOnline, sourceOf(username)) : session.numeric(RPL.monOffline, wanted),
  ];
}

/** A display name as it fits into a line. */
export function nameOf({ realName }: Pick<Person, 'realName'>): string {
  return cut(realName, 150);
}

export function isOnline(me: Member, username: Username | undefined): boolean {
  return username !== undefined && me.person(userKey(username))?.online === true;
}
