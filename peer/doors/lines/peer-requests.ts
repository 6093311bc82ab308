/** What a client that is signed in asks of its user's peer: each by the one table of commands (peer/commands/run.ts). */
import { actionMessage, actionOf } from '../../../protocol/action.js';
import { fileFacts } from '../../../protocol/file-facts.js';
import { hookNameOf } from '../../../protocol/hook-name.js';
import { channelConversation, directConversation, type ChannelName, type Username } from '../../../protocol/ids.js';
import type { EntryView } from '../../../protocol/local-api.js';
import { channelNamed, usernameArgument } from '../../commands/arguments.js';
import { runCommand } from '../../commands/run.js';
import type { People, PeerServices } from '../../services.js';
import type { PeerRequest } from './session.js';

export interface Answer {
  /** Lines for the client, in order. */
  readonly lines: readonly object[];
  /** Where it is from now on. */
  readonly channel?: ChannelName;
}

const NOTHING: Answer = { lines: [] };
const HISTORY_LIMIT = 50;

/**
 * What was posted comes back as everybody gets it, once it is durable, so that it has no answer of its own.
 * @throws (rejects with) ParleyError, as the commands
 */
export async function answer(services: PeerServices, request: PeerRequest, current: ChannelName): Promise<Answer> {
  switch (request.type) {
    case 'chat': {
      const conversation = channelConversation(channelOf(services, request.channel, current));
      const post = request.action
        ? { message: actionMessage(request.text), data: { action: true } }
        : { message: request.text };
      await runCommand(services, 'message.post', { conversation, ...post });
      return NOTHING;
    }
    case 'pm': {
      const conversation = directConversation(services.account.username, usernameArgument(request.to));
      await runCommand(services, 'message.post', { conversation, message: request.text });
      return NOTHING;
    }
    case 'list':
      return { lines: [{ type: 'list', users: await online(services) }] };
    case 'history':
      return history(services, request, current);
    case 'join': {
      const channel = channelNamed(services, request.channel);
      await runCommand(services, 'channel.join', { channel });
      return { lines: [{ type: 'joined', channel }], channel };
    }
    case 'leave': {
      const channel = channelOf(services, request.channel, current);
      await runCommand(services, 'channel.leave', { channel });
      return { lines: [{ type: 'left', channel }], ...(channel === current ? { channel: GENERAL } : {}) };
    }
  }
}

const GENERAL = 'general' as ChannelName;

function channelOf(services: PeerServices, given: string | undefined, current: ChannelName): ChannelName {
  return given === undefined ? current : channelNamed(services, given);
}

async function online(services: PeerServices): Promise<string[]> {
  const { people } = await runCommand(services, 'people.list', {});
  return people.filter(({ presence }) => presence !== 'offline').map(({ username }) => username);
}

async function history(
  services: PeerServices,
  { channel, with: other, limit = HISTORY_LIMIT }: Extract<PeerRequest, { type: 'history' }>,
  current: ChannelName,
): Promise<Answer> {
  const name = channelOf(services, channel, current);
  const [conversation, place] =
    other === undefined
      ? [channelConversation(name), { channel: name }]
      : [directConversation(services.account.username, usernameArgument(other)), { with: usernameArgument(other) }];
  const { entries, more } = await runCommand(services, 'history.page', { conversation, limit });
  const lines = entries.flatMap((entry) => {
    const line = entryLine(entry, services.people, entry.deleted === true);
    return line ? [{ ...line, history: true }] : [];
  });
  return { lines: [...lines, { type: 'history', ...place, messages: lines.length, more }] };
}

type Shown = Pick<EntryView, 'conversation' | 'from' | 'kind' | 'message' | 'data' | 'time' | 'id'>;

/** A message as this protocol has it; undefined for what is none. @param people who say how their names are spelt */
export function entryLine(entry: Shown, people: Pick<People, 'person'>, isDeleted: boolean): object | undefined {
  const { conversation, from, kind, time, id } = entry;
  if (isDeleted || (kind !== 'text' && kind !== 'file')) return undefined;
  const hook = hookNameOf(entry);
  const action = actionOf(entry);
  const marks = { ...(hook === undefined ? {} : { hook }), ...(action === undefined ? {} : { action: true }) };
  const said = { text: action ?? textOf(entry), time, id, ...marks };
  if (conversation.startsWith('#')) return { type: 'chat', from, channel: conversation.slice(1), ...said };
  const [a = '', b = ''] = conversation.slice(1).split('+');
  const to = from.toLowerCase() === a ? b : a;
  return { type: 'pm', from, to: people.person(to as Username)?.username ?? to, ...said };
}

/** A file is told by its name: its bytes come by the web page. */
function textOf({ kind, message, data }: Shown): string {
  if (kind !== 'file') return message;
  const name = fileFacts({ kind, data })?.name ?? 'a file';
  return message === '' ? `[${name}]` : `[${name}] ${message}`;
}
