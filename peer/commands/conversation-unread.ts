import { conversationArgument, entryArgument } from './arguments.js';
import type { Command } from './command.js';

/** @throws bad_request, not_member, unknown_user, not_found */
export const conversationUnread: Command<'conversation.unread'> = async (services, args) => {
  services.conversations.markUnread(
    conversationArgument(services, args.conversation),
    entryArgument('from', args.from),
  );
  return {};
};
