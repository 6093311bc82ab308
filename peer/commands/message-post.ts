import { checkContent } from '../../protocol/entry.js';
import { ParleyError } from '../../protocol/errors.js';
import { conversationArgument } from './arguments.js';
import type { Command } from './command.js';
import { entryView } from './entry-view.js';

/**
 * Reaches `append` before its first await: the posts of one tick share one commit.
 * @throws bad_request, not_member, unknown_user, bad_entry, too_large, and what the writer refuses with
 */
export const messagePost: Command<'message.post'> = async (services, { message, data = {}, client, ...args }) => {
  const conversation = conversationArgument(services, args.conversation);
  if (!/\S/.test(message)) throw new ParleyError('bad_request', 'message is empty. Write something, then send it.');
  checkContent('text', message, data);
  const mark = client === undefined ? {} : { client };
  const entry = await services.writer.append({ conversation, kind: 'text', message, data, ...mark });
  const receipts = services.conversations.receipts(entry.conversation);
  return { entry: { ...entryView(entry, { device: services.account.device, receipts }), ...mark } };
};
