/** What is said: PRIVMSG, NOTICE, TAGMSG, and to take it back, REDACT. */
import { isParleyError } from '../../../../protocol/errors.js';
import type { ConversationId } from '../../../../protocol/ids.js';
import type { Call } from '../call.js';
import { TARGETS_MAX } from '../capabilities.js';
import { messageOf } from '../live-entries.js';
import { conversationOfTarget } from '../names.js';
import { ERR } from '../numerics.js';
import { spoken } from '../text.js';
import { post, type Post } from '../posting.js';
import { listed, type Command } from './command.js';

export const messageCommands: Readonly<Record<string, Command>> = {
  PRIVMSG: { run: (call) => say(call, false) },
  NOTICE: { run: (call) => say(call, true) },
  TAGMSG: { run: tagMessage },
  REDACT: { needs: 2, run: redact },
};

async function say(call: Call, notice: boolean): Promise<void> {
  const [to = '', text = ''] = call.line.params;
  const targets = listed(to);
  if (targets.length === 0)
    return call.numeric(ERR.noRecipient, `Say whom it is for: ${call.command} <target> :<text>`);
  if (text === '') return call.numeric(ERR.noTextToSend, 'There is no text to send.');
  if (targets.length > TARGETS_MAX) return tooMany(call, to);
  const said = spoken(text);
  if (said.kind === 'ctcp') return call.fail('CANNOT_SEND', [], `CTCP ${said.name} is not carried here; ACTION is.`);
  const replyTo = call.line.tags['+draft/reply'] ?? call.line.tags['+reply'];
  const content: Post = { text: said.text, action: said.kind === 'action', notice, replyTo };
  for (const target of targets) await post(call, target, content);
}

/** Reactions and typing; other tags that a client makes up are carried to nobody (CLIENTTAGDENY). */
async function tagMessage(call: Call): Promise<void> {
  const { tags } = call.line;
  const targets = listed(call.param(0));
  if (targets.length === 0) return call.numeric(ERR.noRecipient, 'Say whom it is for: TAGMSG <target>');
  if (targets.length > TARGETS_MAX) return tooMany(call, call.param(0));
  for (const target of targets) {
    const conversation = conversationFor(call, target);
    if (!conversation) continue;
    const [on, off] = [tags['+draft/react'], tags['+draft/unreact']];
    const about = tags['+draft/reply'] ?? tags['+reply'];
    if (about !== undefined && (on ?? off) !== undefined) await react(call, about, on ?? off ?? '', on !== undefined);
    else if (tags['+typing'] !== undefined) await type(call, target, conversation, tags['+typing']);
  }
}

async function react(call: Call, about: string, emoji: string, on: boolean): Promise<void> {
  const { me } = call;
  try {
    const target = await messageOf(me, about);
    await me.expecting(
      call,
      ({ kind, data }) => kind === 'reaction' && data['target'] === target,
      () => me.run('message.react', { target, emoji, on }),
    );
  } catch (error) {
    call.refuse(error);
  }
}

async function type(call: Call, target: string, conversation: ConversationId, typing: string): Promise<void> {
  const { me } = call;
  try {
    if (typing === 'active') await me.run('conversation.typing', { conversation });
  } catch (error) {
    return call.refuse(error, unreached(target));
  }
  if (me.session.caps.has('echo-message')) {
    const tags = { '+typing': typing, account: me.username };
    call.send({ source: me.source, command: 'TAGMSG', params: [target], tags });
  }
}

async function redact(call: Call): Promise<void> {
  const { me } = call;
  const [target = '', id = ''] = call.line.params;
  const conversation = conversationOfTarget(target, me.username);
  const fail = (code: string, text: string): void => call.fail(code, [target, id], text);
  const missed = (text: string): void => call.fail('INVALID_TARGET', [target], text);
  if (!conversation) return missed('There is no such channel or user.');
  if (conversation.startsWith('#') && !me.channels.has(conversation)) return missed('You are not in that channel.');
  try {
    const { entry } = await me.run('history.entry', { entry: id });
    if (entry.conversation !== conversation) return fail('UNKNOWN_MSGID', 'That message is not there.');
    if (entry.deleted) return fail('UNKNOWN_MSGID', 'That message has been deleted already.');
    if (!me.isSelf(entry.from)) return fail('REDACT_FORBIDDEN', `Only ${entry.from} can delete this message.`);
    await me.expecting(
      call,
      ({ kind, data }) => kind === 'delete' && data['target'] === entry.id,
      () => me.run('message.delete', { target: entry.id }),
    );
  } catch (error) {
    if (isParleyError(error) && (error.code === 'not_member' || error.code === 'unknown_user'))
      return missed(error.message);
    call.refuseAs(error, [target, id], {
      not_found: 'UNKNOWN_MSGID',
      bad_request: 'UNKNOWN_MSGID',
      forbidden: 'REDACT_FORBIDDEN',
    });
  }
}

function tooMany(call: Call, to: string): void {
  call.numeric(ERR.tooManyTargets, to.slice(0, 64), `At most ${TARGETS_MAX} targets are taken at once.`);
}

/** Undefined once the client was told why. */
function conversationFor(call: Call, target: string): ConversationId | undefined {
  const conversation = conversationOfTarget(target, call.me.username);
  if (!conversation)
    call.numeric(
      target.startsWith('#') ? ERR.noSuchChannel : ERR.noSuchNick,
      target.slice(0, 64),
      'There is no such channel or user.',
    );
  return conversation;
}

function unreached(target: string): Parameters<Call['refuse']>[1] {
  return {
    unknown_user: [ERR.noSuchNick, target],
    not_member: [ERR.cannotSendToChannel, target],
    channel_archived: [ERR.cannotSendToChannel, target],
    channel_deleted: [ERR.cannotSendToChannel, target],
  };
}
