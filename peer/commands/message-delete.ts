import type { Command } from './command.js';
import { checkOwn, messageArgument, viewNow } from './target.js';

/** What is deleted stays so. @throws bad_request, not_found, not_member, unknown_user, forbidden, and what the writer refuses with */
export const messageDelete: Command<'message.delete'> = async (services, args) => {
  const target = messageArgument(services, 'target', args.target);
  const { entry, related } = target;
  checkOwn(target, services, 'delete');
  if (!related.deleted) {
    const { conversation, id } = entry;
    await services.writer.append({ conversation, kind: 'delete', message: '', data: { target: id } });
  }
  return { entry: viewNow(services, entry) };
};
