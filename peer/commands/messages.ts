/** Messages: to post them, and what one can do with one that is there. */
import { saidIn } from '../../protocol/action.js';
import { isEmoji } from '../../protocol/text.js';
import { isMessage } from '../../protocol/entry-kinds.js';
import { checkContent, type Entry } from '../../protocol/entry.js';
import { ParleyError } from '../../protocol/errors.js';
import { sameUser, type ConversationId, type Username } from '../../protocol/ids.js';
import { CALL_UNASKED, REACTIONS_MAX } from '../../protocol/limits.js';
import { callIn, namedIn } from '../../protocol/mentions.js';
import type { Related } from '../../protocol/related.js';
import { isSeenMessage } from '../../protocol/visible.js';
import type { PeerServices, PostRequest } from '../services.js';
import { conversationArgument, entryArgument } from './arguments.js';
import type { CommandsOf } from './command.js';
import { viewNow } from './entry-view.js';
import { oneByOne } from './one-by-one.js';
import { PostResult } from './post-result.js';

/**
 * An edit, a reaction or a pin that changes nothing is not written, and of several at once each sees what the one before it did.
 * @throws bad_request, not_member, unknown_user, not_found, and what the writer refuses with
 */
export const messageCommands: CommandsOf<'message'> = {
  /**
   * Reaches `append` before its first await unless it names somebody who is not known here yet: the posts of one tick share
   * one commit.
   * @throws bad_entry, too_large
   */
  'message.post': async (services, args) => {
    const { message, replyTo, data: given = {}, client } = args;
    const conversation = conversationArgument(services, args.conversation);
    if (!isSeenMessage(saidIn(message, given)))
      throw new ParleyError(
        'bad_request',
        'message is empty: nothing of it can be seen. Write something, then send it.',
      );
    const answered = answerTo(services, conversation, replyTo);
    const finding = services.people.named(message);
    if (finding) await finding;
    const call = callOf(services, args, conversation);
    const data = withMentions(services, message, answered ? { ...given, ...answered } : given, call);
    checkContent('text', message, data);
    const post: PostRequest = { conversation, kind: 'text', message, data };
    const entry = await services.writer.append(client === undefined ? post : { ...post, client });
    return new PostResult(services, entry, client);
  },

  /** @throws forbidden, bad_entry, too_large */
  'message.edit': (services, args) =>
    oneByOne(services, `edit ${args.target}`, async () => {
      const { message } = args;
      const target = standingMessage(services, 'target', args.target);
      const { entry, related } = target;
      checkOwn(target, services, 'edit');
      if (!isSeenMessage(message))
        throw new ParleyError('bad_request', 'message is empty: nothing of it can be seen. Delete it instead.');
      if (message !== (related.edited?.message ?? entry.message)) {
        await services.people.named(message);
        const data = withMentions(services, message, { target: entry.id });
        checkContent('edit', message, data);
        await services.writer.append({ conversation: entry.conversation, kind: 'edit', message, data });
      }
      return { entry: viewNow(services, entry) };
    }),

  /** A message that is deleted stays deleted. @throws forbidden */
  'message.delete': (services, args) =>
    oneByOne(services, `delete ${args.target}`, async () => {
      const target = messageArgument(services, 'target', args.target);
      const { entry, related } = target;
      checkOwn(target, services, 'delete');
      if (!related.deleted) {
        const { conversation, id } = entry;
        await services.writer.append({ conversation, kind: 'delete', message: '', data: { target: id } });
      }
      return { entry: viewNow(services, entry) };
    }),

  'message.react': (services, { on, ...args }) => {
    const emoji = args.emoji.normalize('NFC');
    return oneByOne(services, `react ${args.target} ${emoji}`, async () => {
      const { entry, related } = standingMessage(services, 'target', args.target);
      if (!isEmoji(emoji)) throw new ParleyError('bad_request', 'emoji must be one emoji.');
      const { reactions = [] } = related;
      const users: readonly Username[] = reactions.find((known) => known.emoji === emoji)?.users ?? [];
      const isOn = users.some((user) => sameUser(user, services.account.username));
      if (on && users.length === 0 && reactions.length >= REACTIONS_MAX)
        throw new ParleyError('bad_request', `This message has ${REACTIONS_MAX} different emoji. Use one of those.`);
      if (on !== isOn) {
        const data = { target: entry.id, emoji, ...(on ? {} : { remove: true }) };
        await services.writer.append({ conversation: entry.conversation, kind: 'reaction', message: '', data });
      }
      return { entry: viewNow(services, entry) };
    });
  },

  'message.pin': (services, { on, ...args }) =>
    oneByOne(services, `pin ${args.target}`, async () => {
      const { entry, related } = standingMessage(services, 'target', args.target);
      if (on !== (related.pinned !== undefined)) {
        const data = { target: entry.id, ...(on ? {} : { remove: true }) };
        await services.writer.append({ conversation: entry.conversation, kind: 'pin', message: '', data });
      }
      return { entry: viewNow(services, entry) };
    }),
};

/** A message that a command is about, and what was said of it. */
interface Target {
  readonly entry: Entry;
  readonly related: Related;
}

/**
 * A message of a conversation that the user is in.
 * @throws bad_request naming `field`, or for what is no message; not_found, not_member, unknown_user
 */
function messageArgument(services: PeerServices, field: string, id: string): Target {
  const entry = services.history.entry(entryArgument(field, id));
  if (!entry) throw new ParleyError('not_found', 'That message is not here. Wait until it has come, then try again.');
  conversationArgument(services, entry.conversation);
  if (!isMessage(entry)) throw new ParleyError('bad_request', `${field} must be a message: a text or a file.`);
  return { entry, related: services.history.related(entry) ?? {} };
}

/** @throws as `messageArgument`, and not_found for one that was deleted */
function standingMessage(services: PeerServices, field: string, id: string): Target {
  const target = messageArgument(services, field, id);
  if (target.related.deleted) throw new ParleyError('not_found', 'That message has been deleted.');
  return target;
}

/** @throws forbidden */
function checkOwn({ entry, related }: Target, { account }: PeerServices, what: string): void {
  if (!sameUser(entry.from, account.username))
    throw new ParleyError('forbidden', `Only ${entry.from} can ${what} this message.`);
  if (related.former)
    throw new ParleyError('forbidden', 'This message is of before the tracker was set up anew. It stays as it is.');
}

/** The `data` of an answer; undefined for what answers nothing. @throws bad_request, not_found, not_member, unknown_user */
export function answerTo(
  services: PeerServices,
  conversation: ConversationId,
  id: string | undefined,
): { reply_to: string } | undefined {
  if (id === undefined) return undefined;
  const { entry } = standingMessage(services, 'replyTo', id);
  if (entry.conversation !== conversation)
    throw new ParleyError('bad_request', 'replyTo must be a message of the same conversation.');
  return { reply_to: entry.id };
}

/** Whom the text, or the caption of a file, calls: in a large channel only where the user has said that it shall. */
export function callOf(
  { people }: PeerServices,
  { message, call }: { readonly message: string; readonly call?: boolean | undefined },
  conversation: ConversationId,
): 'all' | 'here' | undefined {
  if (call === false || !conversation.startsWith('#')) return undefined;
  const called = callIn(message, (name) => people.person(name as Username)?.username as Username | undefined);
  if (called === undefined || call === true) return called;
  const members = people.channels().find(({ name }) => `#${name}` === conversation)?.members ?? 0;
  return members > CALL_UNASKED ? undefined : called;
}

/** `data` with the names of those whom the text names, in place of whatever stood there. */
export function withMentions(
  services: PeerServices,
  message: string,
  { mentions: _, call: __, ...rest }: Readonly<Record<string, unknown>>,
  call?: 'all' | 'here',
): Record<string, unknown> {
  const data = call === undefined ? rest : { ...rest, call };
  if (!message.includes('@')) return data;
  const named = namedIn(message, (name) => services.people.person(name as Username)?.username as Username | undefined);
  return named.length === 0 ? data : { ...data, mentions: named };
}
