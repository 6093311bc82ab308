/** People: who is there, who they are, and what this user says of themself. */
import { userKey, type Username } from '../../../../protocol/ids.js';
import { isParleyError } from '../../../../protocol/errors.js';
import type { Call } from '../call.js';
import { AWAY_CHARACTERS, NAME_BYTES } from '../capabilities.js';
import { isOnline, nameOf } from '../comings.js';
import { nickOf, userNameOf, userOfNick, USER_HOST } from '../names.js';
import { ERR, RPL } from '../numerics.js';
import { absenceOf, personOf, type Person } from '../roster.js';
import { beginning, plain } from '../text.js';
import { cut } from '../wire.js';
import type { Command } from './command.js';

export const peopleCommands: Readonly<Record<string, Command>> = {
  WHOIS: { run: whois },
  WHOWAS: { run: whowas },
  USERHOST: { needs: 1, run: userhost },
  ISON: { needs: 1, run: ison },
  AWAY: { run: away },
  SETNAME: { needs: 1, run: setName },
};

/** Somebody by their nick, as the tracker knows them where nobody here does; undefined for nobody. */
async function find(call: Call, nick: string): Promise<Person | undefined> {
  const { me } = call;
  const username = userOfNick(nick);
  if (username === undefined || me.services.people.hides(username)) return undefined;
  const known = me.person(userKey(username));
  if (known) return known;
  try {
    // Whoever is named is found, as wherever a command names them.
    await me.run('people.profile', { username });
  } catch (error) {
    if (isParleyError(error)) return undefined;
    throw error;
  }
  const view = me.services.people.person(username);
  return view && personOf(view);
}

async function whois(call: Call): Promise<void> {
  const { params } = call.line;
  const nick = (params.length > 1 ? params[1] : params[0]) ?? '';
  if (nick === '') return call.numeric(ERR.noNicknameGiven, 'Say of whom.');
  const person = await find(call, nick);
  if (!person) {
    call.numeric(ERR.noSuchNick, nick.slice(0, 64), 'Nobody has that name here.');
    return call.numeric(RPL.endOfWhois, nick.slice(0, 64), 'End of WHOIS.');
  }
  const { me, session } = call;
  const { username } = person;
  const name = nickOf(username);
  call.numeric(RPL.whoisUser, name, userNameOf(username), USER_HOST, '*', nameOf(person));
  call.numeric(RPL.whoisServer, name, session.serverName, 'Parley');
  const shared = [...me.channels]
    .filter(([, users]) => users.has(userKey(username as Username)))
    .map(([channel]) => channel);
  if (shared.length > 0) call.numeric(RPL.whoisChannels, name, shared.join(' '));
  call.numeric(RPL.whoisAccount, name, username, 'is signed in as');
  const absence = absenceOf(person);
  if (absence !== undefined) call.numeric(RPL.away, name, absence);
  call.numeric(RPL.endOfWhois, name, 'End of WHOIS.');
}

async function whowas(call: Call): Promise<void> {
  const nick = call.param(0);
  if (nick === '') return call.numeric(ERR.noNicknameGiven, 'Say of whom.');
  const person = await find(call, nick);
  if (person) {
    const name = nickOf(person.username);
    call.numeric(RPL.whowasUser, name, userNameOf(person.username), USER_HOST, '*', nameOf(person));
    call.numeric(RPL.whoisServer, name, call.session.serverName, 'Parley');
  } else call.numeric(ERR.wasNoSuchNick, nick.slice(0, 64), 'Nobody had that name here.');
  call.numeric(RPL.endOfWhowas, nick.slice(0, 64), 'End of WHOWAS.');
}

function userhost(call: Call): void {
  const { me } = call;
  const found = call.line.params.slice(0, 5).flatMap((nick) => {
    const username = userOfNick(nick);
    const person = username && me.person(userKey(username));
    if (!person?.online) return [];
    const sign = person.away === undefined ? '+' : '-';
    return [`${nickOf(person.username)}=${sign}${userNameOf(person.username)}@${USER_HOST}`];
  });
  call.numeric(RPL.userhost, found.join(' '));
}

function ison(call: Call): void {
  const nicks = call.line.params
    .flatMap((words) => words.split(' '))
    .filter(Boolean)
    .slice(0, 100);
  const online = nicks.filter((nick) => isOnline(call.me, userOfNick(nick)));
  call.numeric(RPL.ison, online.map((nick) => nickOf(call.me.spelt(userOfNick(nick) ?? nick))).join(' '));
}

/** For all of the user's windows, as it is chosen there. */
async function away(call: Call): Promise<void> {
  const { me } = call;
  const text = beginning(plain(call.param(0)), AWAY_CHARACTERS).trim();
  try {
    if (text !== '') await me.run('profile.set', { status: { text } });
    await me.run('preferences.set', { presence: text === '' ? 'auto' : 'away' });
    if (text === '') await me.run('presence.active', { active: true });
  } catch (error) {
    return call.refuse(error);
  }
  if (text === '') call.numeric(RPL.unaway, 'You are no longer marked as away.');
  else call.numeric(RPL.nowAway, 'You are marked as away.');
}

async function setName(call: Call): Promise<void> {
  const name = cut(plain(call.param(0)).trim(), NAME_BYTES);
  if (name === '') return call.fail('INVALID_REALNAME', [], 'A name has letters.');
  try {
    await call.me.run('profile.set', { name });
  } catch (error) {
    call.refuseAs(error, [], { bad_request: 'INVALID_REALNAME' });
  }
}
