import { conversationArgument, entryArgument } from './arguments.js';
import type { Command } from './command.js';
import { entryViews } from './entry-view.js';

const DEFAULT_LIMIT = 50;

/** Oldest first. @throws bad_request, not_member, unknown_user, not_found */
export const historyPage: Command<'history.page'> = async (services, { before, limit = DEFAULT_LIMIT, ...args }) => {
  const conversation = conversationArgument(services, args.conversation);
  const end = before === undefined ? undefined : entryArgument('before', before);
  const { entries, more } = services.history.page(conversation, end, limit);
  return { entries: entryViews(services, entries), more, newer: false };
};
