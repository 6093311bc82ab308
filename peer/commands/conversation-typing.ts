import { conversationArgument } from './arguments.js';
import type { Command } from './command.js';

/** @throws bad_request, not_member, unknown_user */
export const conversationTyping: Command<'conversation.typing'> = async (services, { conversation }) => {
  services.conversations.typed(conversationArgument(services, conversation));
  return {};
};
