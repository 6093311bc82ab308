/**
 * The plain text commands of the system that Parley grew from, over the same WebSocket (section 8). Names are taken with
 * or without their `#` or `@`. What is sent comes back as everybody gets it, in a `chat` or `broadcast` frame.
 */
import { ParleyError } from '../../protocol/errors.js';
import { channelConversation, directConversation, sameUser } from '../../protocol/ids.js';
import { channelArgument, usernameArgument } from '../commands/arguments.js';
import { runCommand } from '../commands/run.js';
import type { Caller } from './caller.js';
import type { Door } from './door.js';
import { failed } from './failures.js';
import { errorFrame } from './json-commands.js';

interface TextCommand {
  readonly usage: string;
  /** Captures the arguments of the line behind the name. */
  readonly pattern: RegExp;
  readonly open?: true;
  /** What comes back at once; nothing when the answer is an event. */
  readonly run: (call: Call) => Promise<object | undefined>;
}

interface Call {
  readonly args: readonly [string, string, string];
  readonly caller: Caller;
  readonly door: Door;
}

const commands: Readonly<Record<string, TextCommand>> = {
  login: { usage: 'login U P', pattern: /^(\S+)\s(.*)$/s, open: true, run: login },
  join: { usage: 'join C', pattern: /^(\S+)$/, run: join },
  list: { usage: 'list', pattern: /^$/, run: list },
  connect: { usage: 'connect U IP PORT', pattern: /^(\S+)\s+(\S+)\s+(\d{1,5})$/, run: connect },
  send: { usage: 'send U TEXT…', pattern: /^(\S+)\s(.+)$/s, run: send },
  sendchannel: { usage: 'sendchannel C TEXT…', pattern: /^(\S+)\s(.+)$/s, run: sendChannel },
  help: { usage: 'help', pattern: /^$/, open: true, run: help },
};

export function textCommand(frame: string, caller: Caller, door: Door): void {
  const line = frame.trim();
  const name = /^\S*/.exec(line)?.[0] ?? '';
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) return caller.tell(errorFrame('unknown_command', 'There is no such command. Send "help" for a list.'));
  if (!caller.authorised && !command.open) return caller.tell(errorFrame('not_signed_in', 'Sign in first: login U P'));
  const args = command.pattern.exec(line.slice(name.length).trimStart());
  if (!args) return caller.tell(errorFrame('bad_request', `Write it like this: ${command.usage}`));
  caller.speaks('text');
  caller.track(
    answer(command.run({ args: [args[1] ?? '', args[2] ?? '', args[3] ?? ''], caller, door }), caller, door),
  );
}

function answer(work: Promise<object | undefined>, caller: Caller, { services }: Door): Promise<void> {
  return work.then(
    (message) => message && caller.tell(message),
    (error: unknown) => {
      const { code, message } = failed(error, services.log);
      caller.tell({ type: 'error', code, message });
    },
  );
}

async function login({ args: [name, password], caller, door: { services } }: Call): Promise<undefined> {
  const { username } = services.account;
  try {
    if (!sameUser(usernameArgument(name), username))
      throw new ParleyError('invalid_credentials', `This is the peer of ${username}.`);
    await caller.login(password);
    caller.tell({ type: 'login_result', ok: true, username });
  } catch (error) {
    const { code, message } = failed(error, services.log);
    caller.tell({ type: 'login_result', ok: false, code, message });
  }
  caller.speaks('text');
}

async function join({ args: [name], door: { services } }: Call): Promise<object> {
  const { conversation } = await runCommand(services, 'channel.join', { channel: name });
  return system(`Joined ${conversation}`);
}

async function list({ door: { services } }: Call): Promise<object> {
  const { people } = await runCommand(services, 'people.list', {});
  const peers = people.map(({ presence, ...person }) => ({ ...person, status: presence }));
  return { type: 'peer_list', peers };
}

async function connect({ args: [name, host, port], door: { services } }: Call): Promise<object> {
  const username = usernameArgument(name);
  await runCommand(services, 'peer.connect', { username, host, port: Number(port) });
  return system(`Connected to ${username} at ${host}:${port}`);
}

async function send({ args: [name, message], door: { services } }: Call): Promise<undefined> {
  const conversation = directConversation(services.account.username, usernameArgument(name));
  await runCommand(services, 'message.post', { conversation, message });
}

async function sendChannel({ args: [name, message], door: { services } }: Call): Promise<undefined> {
  const conversation = channelConversation(channelArgument(name));
  await runCommand(services, 'message.post', { conversation, message });
}

async function help(): Promise<object> {
  return system(
    Object.values(commands)
      .map(({ usage }) => usage)
      .join('\n'),
  );
}

function system(message: string): object {
  return { type: 'system', message };
}
