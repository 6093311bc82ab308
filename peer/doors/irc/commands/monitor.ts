/** Being told when somebody comes or goes (IRCv3 MONITOR). */
import type { Call } from '../call.js';
import { MONITOR_MAX } from '../capabilities.js';
import { filled, isOnline } from '../comings.js';
import { sourceOf, userOfNick } from '../names.js';
import { ERR, RPL } from '../numerics.js';
import { listed, type Command } from './command.js';

export const monitorCommands: Readonly<Record<string, Command>> = {
  MONITOR: { needs: 1, run: monitor },
};

function monitor(call: Call): void {
  const { monitored } = call.me;
  switch (call.param(0).toUpperCase()) {
    case '+':
      return add(call, listed(call.param(1)));
    case '-':
      for (const nick of listed(call.param(1))) monitored.delete(nick.toLowerCase());
      return;
    case 'C':
      return monitored.clear();
    case 'L':
      for (const line of filled([...monitored.values()], ',')) call.numeric(RPL.monList, line);
      return call.numeric(RPL.endOfMonList, 'End of the list of those who are monitored.');
    case 'S':
      return tell(call, [...monitored.values()]);
    default:
      return call.numeric(ERR.unknownCommand, 'MONITOR', 'MONITOR takes +, -, C, L or S.');
  }
}

function add(call: Call, nicks: readonly string[]): void {
  const { monitored } = call.me;
  const valid = nicks.filter((nick) => userOfNick(nick) !== undefined && !monitored.has(nick.toLowerCase()));
  const room = Math.max(0, MONITOR_MAX - monitored.size);
  const taken = valid.slice(0, room);
  for (const nick of taken) monitored.set(nick.toLowerCase(), nick);
  tell(call, taken);
  const left = valid.slice(room);
  if (left.length > 0)
    call.numeric(ERR.monListFull, String(MONITOR_MAX), left.slice(0, 10).join(','), 'That list is full.');
}

function tell(call: Call, nicks: readonly string[]): void {
  const there = (nick: string): boolean => isOnline(call.me, userOfNick(nick));
  const online = nicks.filter(there).map((nick) => sourceOf(call.me.spelt(userOfNick(nick) ?? nick)));
  for (const line of filled(online, ',')) call.numeric(RPL.monOnline, line);
  for (const line of filled(
    nicks.filter((nick) => !there(nick)),
    ',',
  ))
    call.numeric(RPL.monOffline, line);
}
