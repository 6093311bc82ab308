import { checkContent } from '../../protocol/entry.js';
import { ParleyError } from '../../protocol/errors.js';
import type { PostRequest } from '../services.js';
import { conversationArgument } from './arguments.js';
import type { Command } from './command.js';
import { entryView } from './entry-view.js';

/**
 * Reaches `append` before its first await: the posts of one tick share one commit.
 * @throws bad_request, not_member, unknown_user, bad_entry, too_large, and what the writer refuses with
 */
export const messagePost: Command<'message.post'> = async (services, args) => {
  const { message, data = {}, client } = args;
  const conversation = conversationArgument(services, args.conversation);
  if (!/\S/.test(message)) throw new ParleyError('bad_request', 'message is empty. Write something, then send it.');
  checkContent('text', message, data);
  const post: PostRequest = { conversation, kind: 'text', message, data };
  const entry = await services.writer.append(client === undefined ? post : { ...post, client });
  const receipts = services.conversations.receipts(entry.conversation);
  const view = entryView(entry, { device: services.account.device, receipts });
  if (client !== undefined) view.client = client;
  return { entry: view };
};
