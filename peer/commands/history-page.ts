import { ParleyError } from '../../protocol/errors.js';
import type { HistoryPlace } from '../services.js';
import { conversationArgument, entryArgument } from './arguments.js';
import type { Command } from './command.js';
import { entryViews } from './entry-view.js';

const DEFAULT_LIMIT = 50;

/** Oldest first. @throws bad_request, not_member, unknown_user, not_found */
export const historyPage: Command<'history.page'> = async (services, { limit = DEFAULT_LIMIT, ...args }) => {
  const conversation = conversationArgument(services, args.conversation);
  const { entries, more, newer } = services.history.page(conversation, place(args), limit);
  return { entries: entryViews(services, entries), more, newer };
};

function place(args: { before?: string; after?: string; around?: string }): HistoryPlace | undefined {
  const named = (['before', 'after', 'around'] as const).flatMap((name) => {
    const id = args[name];
    return id === undefined ? [] : [{ [name]: entryArgument(name, id) }];
  });
  if (named.length > 1) throw new ParleyError('bad_request', 'Give one of before, after and around, not several.');
  return named[0];
}
