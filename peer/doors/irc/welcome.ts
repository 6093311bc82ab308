/** What a client is told once it has signed in: who it is, what there is here, and what has come since it was read last. */
import { isupportLines } from './capabilities.js';
import type { IrcClient } from './context.js';
import { USER_HOST } from './names.js';
import { RPL, type Numeric } from './numerics.js';
import { playUnread } from './playback.js';

export const VERSION = 'parley-irc';

/** @param wanted the nick that the client asked for */
export async function welcome(session: IrcClient, wanted: string): Promise<void> {
  const { me, serverName, ports } = session;
  const tell = (code: Numeric, ...params: readonly string[]): void => session.deliver(session.numeric(code, ...params));
  tell(RPL.welcome, `Welcome to Parley, ${me.source}`);
  tell(RPL.yourHost, `Your host is ${serverName}, ${ports.host.name}`);
  tell(RPL.created, `It was started at ${ports.started}`);
  tell(RPL.myInfo, serverName, VERSION, 'i', 'nt');
  for (const tokens of isupportLines()) tell(RPL.isupport, ...tokens, 'are supported here.');
  for (const [code, ...params] of lusers(session)) tell(code, ...params);
  for (const [code, ...params] of motd(session)) tell(code, ...params);
  tell(RPL.umodeIs, '+i');
  if (wanted !== me.nick)
    session.deliver({ source: `${wanted}!${wanted}@${USER_HOST}`, command: 'NICK', params: [me.nick] });
  me.arrive();
  await playUnread(me);
}

export type Reply = readonly [Numeric, ...string[]];

export function lusers({ me, ports }: IrcClient): Reply[] {
  const people = me.services.people.list();
  const here = people.filter(({ presence }) => presence !== 'offline').length;
  const channels = me.services.people.channels().length;
  const { signedIn, strangers, online, mostSignedIn, mostOnline } = ports.population.count(here);
  return [
    [RPL.luserClient, `There are ${online} users here and 0 services on 1 server.`],
    [RPL.luserOp, '0', 'operators are here.'],
    [RPL.luserUnknown, String(strangers), 'connections are not signed in.'],
    [RPL.luserChannels, String(channels), 'channels exist.'],
    [RPL.luserMe, `I have ${signedIn} clients and 0 servers.`],
    [RPL.localUsers, String(signedIn), String(mostSignedIn), `Clients of IRC: ${signedIn}, at most: ${mostSignedIn}.`],
    [RPL.globalUsers, String(online), String(mostOnline), `Users who are online: ${online}, at most: ${mostOnline}.`],
  ];
}

export function motd({ serverName, me }: IrcClient): Reply[] {
  const lines = [
    `This is Parley, by its IRC door. You are ${me.username}.`,
    'Channels that you are in open by themselves; PART leaves one for all of your devices.',
    'A message to somebody who is offline reaches them when they are back.',
    'Answers, edits, reactions and deletions of others are shown as text where your client does not know them.',
  ];
  return [
    [RPL.motdStart, `- ${serverName} message of the day -`],
    ...lines.map((line): Reply => [RPL.motd, `- ${line}`]),
    [RPL.endOfMotd, 'End of the message of the day.'],
  ];
}
