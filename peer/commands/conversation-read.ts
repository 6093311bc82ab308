import { conversationArgument, entryArgument } from './arguments.js';
import type { Command } from './command.js';

/** @throws bad_request, not_member, unknown_user, not_found */
export const conversationRead: Command<'conversation.read'> = async (services, args) => {
  services.conversations.markRead(conversationArgument(services, args.conversation), entryArgument('upTo', args.upTo));
  return {};
};
