import type { Command } from './command.js';
import { standingMessage, viewNow } from './target.js';

/**
 * Nothing is written where it is so already.
 * @throws bad_request, not_found, not_member, unknown_user, and what the writer refuses with
 */
export const messagePin: Command<'message.pin'> = async (services, { on, ...args }) => {
  const { entry, related } = standingMessage(services, 'target', args.target);
  if (on !== (related.pinned !== undefined)) {
    const data = { target: entry.id, ...(on ? {} : { remove: true }) };
    await services.writer.append({ conversation: entry.conversation, kind: 'pin', message: '', data });
  }
  return { entry: viewNow(services, entry) };
};
