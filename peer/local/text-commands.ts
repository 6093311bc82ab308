/**
 * The plain text commands of the system that Parley grew from, over the same WebSocket (section 8). Names are taken with
 * or without their `#` or `@`. What is sent comes back as everybody gets it, in a `chat` or `broadcast` frame.
 */
import { ParleyError } from '../../protocol/errors.js';
import { channelConversation, directConversation, sameUser } from '../../protocol/ids.js';
import { channelArgument, usernameArgument } from '../commands/arguments.js';
import { runCommand } from '../commands/run.js';
import type { Connection, LocalContext } from './context.js';
import { failed } from './http-guard.js';
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
  readonly connection: Connection;
  readonly context: LocalContext;
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

export function textCommand(frame: string, connection: Connection, context: LocalContext): void {
  const line = frame.trim();
  const name = /^\S*/.exec(line)?.[0] ?? '';
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command)
    return connection.tell(errorFrame('unknown_command', 'There is no such command. Send "help" for a list.'));
  if (!connection.authorised && !command.open)
    return connection.tell(errorFrame('not_signed_in', 'Sign in first: login U P'));
  const args = command.pattern.exec(line.slice(name.length).trimStart());
  if (!args) return connection.tell(errorFrame('bad_request', `Write it like this: ${command.usage}`));
  connection.speaks('text');
  connection.track(
    answer(
      command.run({ args: [args[1] ?? '', args[2] ?? '', args[3] ?? ''], connection, context }),
      connection,
      context,
    ),
  );
}

function answer(work: Promise<object | undefined>, connection: Connection, { services }: LocalContext): Promise<void> {
  return work.then(
    (message) => message && connection.tell(message),
    (error: unknown) => {
      const { code, message } = failed(error, services.log);
      connection.tell({ type: 'error', code, message });
    },
  );
}

async function login({ args: [name, password], connection, context: { services } }: Call): Promise<undefined> {
  const { username } = services.account;
  try {
    if (!sameUser(usernameArgument(name), username))
      throw new ParleyError('invalid_credentials', `This is the peer of ${username}.`);
    await connection.login(password);
    connection.tell({ type: 'login_result', ok: true, username });
  } catch (error) {
    const { code, message } = failed(error, services.log);
    connection.tell({ type: 'login_result', ok: false, code, message });
  }
  connection.speaks('text');
}

async function join({ args: [name], context: { services } }: Call): Promise<object> {
  const { conversation } = await runCommand(services, 'channel.join', { channel: name });
  return system(`Joined ${conversation}`);
}

async function list({ context: { services } }: Call): Promise<object> {
  const { people } = await runCommand(services, 'people.list', {});
  const peers = people.map(({ presence, ...person }) => ({ ...person, status: presence }));
  return { type: 'peer_list', peers };
}

async function connect({ args: [name, host, port], context: { services } }: Call): Promise<object> {
  const username = usernameArgument(name);
  await runCommand(services, 'peer.connect', { username, host, port: Number(port) });
  return system(`Connected to ${username} at ${host}:${port}`);
}

async function send({ args: [name, message], context: { services } }: Call): Promise<undefined> {
  const conversation = directConversation(services.account.username, usernameArgument(name));
  await runCommand(services, 'message.post', { conversation, message });
}

async function sendChannel({ args: [name, message], context: { services } }: Call): Promise<undefined> {
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
