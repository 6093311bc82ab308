import { checkContent } from '../../protocol/entry.js';
import { ParleyError } from '../../protocol/errors.js';
import type { ConversationId } from '../../protocol/ids.js';
import { isSeenMessage } from '../../protocol/visible.js';
import type { PeerServices, PostRequest } from '../services.js';
import { conversationArgument } from './arguments.js';
import type { Command } from './command.js';
import { standingMessage, viewNow, withMentions } from './target.js';

/**
 * Reaches `append` before its first await unless it names somebody who is not known here yet: the posts of one tick share one
 * commit.
 * @throws bad_request, not_member, unknown_user, not_found, bad_entry, too_large, and what the writer refuses with
 */
export const messagePost: Command<'message.post'> = async (services, args) => {
  const { message, replyTo, data: given = {}, client } = args;
  const conversation = conversationArgument(services, args.conversation);
  if (!isSeenMessage(message))
    throw new ParleyError('bad_request', 'message is empty: nothing of it can be seen. Write something, then send it.');
  const answered = replyTo === undefined ? {} : { reply_to: original(services, conversation, replyTo) };
  const finding = services.people.named(message);
  if (finding) await finding;
  const data = withMentions(services, message, { ...given, ...answered });
  checkContent('text', message, data);
  const post: PostRequest = { conversation, kind: 'text', message, data };
  const entry = await services.writer.append(client === undefined ? post : { ...post, client });
  const view = viewNow(services, entry);
  if (client !== undefined) view.client = client;
  return { entry: view };
};

/** @throws bad_request, not_found, not_member, unknown_user */
function original(services: PeerServices, conversation: ConversationId, id: string): string {
  const { entry } = standingMessage(services, 'replyTo', id);
  if (entry.conversation !== conversation)
    throw new ParleyError('bad_request', 'replyTo must be a message of the same conversation.');
  return entry.id;
}
