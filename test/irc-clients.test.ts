/**
 * Real clients: irssi (in tmux) and WeeChat (without a screen, by its FIFO) on the peers of two users. They connect, talk, and are told of
 * answers and edits.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { constants, mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ConversationId } from '../protocol/ids.js';
import { runCommand } from '../peer/commands/run.js';
import { startIrcServer, type IrcServer } from '../peer/doors/irc/server.js';
import { OwnHost } from '../peer/doors/own-host.js';
import type { Peer } from '../peer/peer.js';
import { has, InProcess, linked, PASSWORD, until } from './support/in-process.js';

const run = promisify(execFile);
const general = '#general' as ConversationId;
const lasting = 180_000;
const SOCKET = `parley-${process.pid}`;

let world: InProcess;
const peers: Peer[] = [];
const servers: IrcServer[] = [];
let weechat: ChildProcess;

async function door({ services }: Peer): Promise<IrcServer> {
  const users = new OwnHost({ services, isToken: () => false, attempt: (_address, login) => login() });
  const { clock, log } = services;
  const server = await startIrcServer({ users, host: '127.0.0.1', port: 0, clock, log });
  servers.push(server);
  return server;
}

const tmux = (...args: string[]): Promise<{ stdout: string }> => run('tmux', ['-L', SOCKET, ...args]);
const type = (text: string): Promise<unknown> => tmux('send-keys', '-t', 'irssi', text, 'Enter');
const screen = async (): Promise<string> => (await tmux('capture-pane', '-p', '-J', '-t', 'irssi')).stdout;

/** A screen and a log file have no event to wait for. */
async function shows(look: () => Promise<string>, what: RegExp): Promise<string> {
  for (;;) {
    const text = await look().catch(() => '');
    if (what.test(text)) return text;
    await pause(200);
  }
}

async function startIrssi({ port }: IrcServer): Promise<void> {
  await mkdir(world.path('irssi'), { recursive: true });
  const program = `env TERM=xterm LANG=C.UTF-8 HOME=${world.path('irssi')} irssi --home=${world.path('irssi')} -n alice`;
  await tmux('new-session', '-d', '-x', '120', '-y', '50', '-s', 'irssi', program);
  await shows(screen, /\[\(status\)\]/);
  await type(`/connect -notls 127.0.0.1 ${port} "${PASSWORD}" alice`);
  await shows(screen, /Welcome to Parley/);
  await type('/window goto #general');
  await shows(screen, /\[#general\]/);
}

async function startWeechat({ port }: IrcServer): Promise<void> {
  const home = world.path('weechat');
  const commands = [
    `/set fifo.file.path ${join(home, 'fifo')}`,
    `/set logger.file.path ${join(home, 'logs')}`,
    '/set logger.file.flush_delay 0',
    `/server add parley 127.0.0.1/${port} -nicks=bob -sasl_username=bob`,
    `/set irc.server.parley.sasl_password ${PASSWORD}`,
    '/connect parley',
  ];
  weechat = spawn('weechat-headless', ['-d', home, ...commands.flatMap((command) => ['-r', command])], {
    stdio: 'ignore',
  });
  await shows(logged, /has joined #general/);
}

const logged = (): Promise<string> => readFile(world.path('weechat/logs/irc.parley.#general.weechatlog'), 'utf8');

async function tellWeechat(text: string): Promise<void> {
  // Never made here: without WeeChat's plugins nobody would read it.
  const fifo = await open(world.path('weechat/fifo'), constants.O_WRONLY);
  await fifo.write(`irc.parley.#general *${text}\n`);
  await fifo.close();
}

beforeAll(async () => {
  world = await InProcess.create();
  const { url } = await world.tracker();
  for (const name of ['alice', 'bob']) peers.push(await world.signedIn(name, [url]));
  for (const [at, peer] of peers.entries()) await linked(peer, at === 0 ? 'bob' : 'alice');
  const [alice, bob] = await Promise.all(peers.map(door));
  if (!alice || !bob) throw new Error('there are two peers');
  await startIrssi(alice);
  await startWeechat(bob);
}, lasting);

afterAll(async () => {
  await tmux('kill-server').catch(() => undefined);
  if (weechat.exitCode === null) {
    weechat.kill();
    await once(weechat, 'exit');
  }
  for (const server of servers) await server.close();
  await world.close();
}, lasting);

test(
  'irssi and WeeChat talk with each other, and act',
  async () => {
    await type('hello from irssi');
    await shows(logged, /alice\thello from irssi/);
    await tellWeechat('hello from weechat');
    await tellWeechat('/me waves');
    await shows(screen, /< bob> hello from weechat[^]*\* bob waves/);
    const [, bob] = peers;
    const messages = bob?.services.history.page(general, undefined, 9).entries.map(({ message }) => message);
    expect(messages).toEqual(['hello from irssi', 'hello from weechat', '_waves_']);
  },
  lasting,
);

test(
  'what a window says of messages is shown in both',
  async () => {
    const [alice, bob] = peers;
    if (!alice || !bob) throw new Error('there are two peers');
    const [first] = bob.services.history.page(general, undefined, 9).entries;
    const answer = await runCommand(bob.services, 'message.post', {
      ...{ conversation: general, message: 'an answer', replyTo: first?.id ?? '' },
    });
    await until(alice, () => has(alice, general, 'an answer'));
    await runCommand(bob.services, 'message.edit', { target: answer.entry.id, message: 'a better answer' });
    const text = await shows(screen, /\[edit\] a better answer/);
    expect(text).toMatch(/< bob> > alice: hello from irssi\n.*< bob> an answer\n/);
    expect(await shows(logged, /\[edit\] a better answer/)).toMatch(/> alice: hello from irssi\n.*an answer\n/);
  },
  lasting,
);
