import { checkContent } from '../../protocol/entry.js';
import { ParleyError } from '../../protocol/errors.js';
import { isSeenMessage } from '../../protocol/visible.js';
import type { Command } from './command.js';
import { checkOwn, standingMessage, viewNow, withMentions } from './target.js';

/**
 * A text that is as it was is not written again.
 * @throws bad_request, not_found, not_member, unknown_user, forbidden, bad_entry, too_large, and what the writer refuses with
 */
export const messageEdit: Command<'message.edit'> = async (services, args) => {
  const { message } = args;
  const target = standingMessage(services, 'target', args.target);
  const { entry, related } = target;
  checkOwn(target, services, 'edit');
  if (entry.kind !== 'text')
    throw new ParleyError('bad_request', 'Only texts can be edited. Delete it, and send another one.');
  if (!isSeenMessage(message))
    throw new ParleyError('bad_request', 'message is empty: nothing of it can be seen. Delete it instead.');
  if (message !== (related.edited?.message ?? entry.message)) {
    await services.people.named(message);
    const data = withMentions(services, message, { target: entry.id });
    checkContent('edit', message, data);
    await services.writer.append({ conversation: entry.conversation, kind: 'edit', message, data });
  }
  return { entry: viewNow(services, entry) };
};
