/** What a client asks of the server itself, and the end of its connection. */
import type { Call } from '../call.js';
import { isupportLines } from '../capabilities.js';
import { maskTest } from '../names.js';
import { ERR, RPL } from '../numerics.js';
import { lusers, motd, VERSION, type Reply } from '../welcome.js';
import type { Command } from './command.js';

export const serverCommands: Readonly<Record<string, Command>> = {
  PING: { early: true, run: ping },
  PONG: { early: true, run: () => undefined },
  QUIT: { early: true, run: ({ session }) => session.end('Closing link: you quit.') },
  ERROR: { early: true, run: () => undefined },
  MOTD: { run: (call) => here(call, 0, () => tell(call, motd(call.session))) },
  LUSERS: { run: (call) => tell(call, lusers(call.session)) },
  VERSION: { run: (call) => here(call, 0, () => version(call)) },
  TIME: { run: (call) => here(call, 0, () => time(call)) },
  INFO: { run: (call) => here(call, 0, () => info(call)) },
  ADMIN: { run: (call) => here(call, 0, () => admin(call)) },
  LINKS: { run: links },
  HELP: { run: help },
  OPER: { needs: 2, run: (call) => call.numeric(ERR.noOperHost, 'There are no operators here.') },
  KILL: { needs: 1, run: (call) => call.numeric(ERR.noPrivileges, 'There are no operators here.') },
};

function ping(call: Call): void {
  const [token] = call.line.params;
  if (token === undefined || token === '') return call.needsMore();
  call.send({ source: call.session.serverName, command: 'PONG', params: [call.session.serverName, token] });
}

/** Runs it where the parameter names this server, or nobody. */
function here(call: Call, at: number, work: () => void): void {
  const wanted = call.param(at);
  const { serverName, nick } = call.session;
  if (wanted === '' || maskTest(wanted)(serverName) || wanted.toLowerCase() === nick.toLowerCase()) return work();
  call.numeric(ERR.noSuchServer, wanted.slice(0, 64), 'There is no such server.');
}

function tell(call: Call, replies: readonly Reply[]): void {
  for (const [code, ...params] of replies) call.numeric(code, ...params);
}

function version(call: Call): void {
  call.numeric(RPL.version, VERSION, call.session.serverName, call.session.ports.host.name);
  for (const tokens of isupportLines()) call.numeric(RPL.isupport, ...tokens, 'are supported here.');
}

function time(call: Call): void {
  const { ports, serverName } = call.session;
  const now = new Date(ports.now());
  call.numeric(RPL.time, serverName, String(Math.floor(now.getTime() / 1000)), '0', now.toUTCString());
}

function info(call: Call): void {
  const { ports } = call.session;
  call.numeric(RPL.info, 'Parley: team chat from peer to peer, encrypted, without a server that reads messages.');
  call.numeric(RPL.info, `This is the IRC door of ${ports.host.name}, started at ${ports.started}.`);
  call.numeric(RPL.endOfInfo, 'End of INFO.');
}

function admin(call: Call): void {
  const { serverName, ports } = call.session;
  call.numeric(RPL.adminMe, serverName, 'About whoever runs this');
  call.numeric(RPL.adminLoc1, `The peer of ${ports.host.name}`);
  call.numeric(RPL.adminLoc2, 'It runs where you are connected.');
  call.numeric(RPL.adminEmail, 'Ask whoever told you this address.');
}

function links(call: Call): void {
  const { serverName } = call.session;
  call.numeric(RPL.links, serverName, serverName, '0 Parley');
  call.numeric(RPL.endOfLinks, '*', 'End of the list of servers.');
}

const HELP: readonly string[] = [
  'JOIN #channel: enter it, and make it where there is none; LIST names those that there are',
  'PART #channel: leave it, for all of your devices',
  'TOPIC #channel :text, NAMES #channel: what it is about, and who is there',
  'PRIVMSG #channel :text, PRIVMSG name :text, NOTICE: say something; with CTCP ACTION as /me does',
  'WHO #channel, WHOIS name, MONITOR + name: who somebody is, and whether they are there',
  'AWAY :text, SETNAME :your name: what others see of you',
  'CHATHISTORY LATEST #channel * 50, MARKREAD #channel: what was said, and how far you have read it',
  'REDACT #channel msgid: delete a message of yours',
];

function help(call: Call): void {
  const subject = call.param(0) || 'index';
  // Commands stand there in capitals.
  const lines = HELP.filter((line) => line.split(/[^A-Z]+/).includes(subject.toUpperCase()));
  if (subject !== 'index' && lines.length === 0)
    return call.numeric(ERR.helpNotFound, subject.slice(0, 64), 'There is no help about that. Send HELP alone.');
  call.numeric(RPL.helpStart, subject, 'What there is here:');
  for (const line of subject === 'index' ? HELP : lines) call.numeric(RPL.help, subject, line);
  call.numeric(RPL.endOfHelp, subject, 'End of HELP.');
}
