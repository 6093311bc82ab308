import { conversationArgument } from './arguments.js';
import type { Command } from './command.js';

/** @throws bad_request, not_member, unknown_user */
export const conversationSettings: Command<'conversation.settings'> = async (services, { conversation, notify }) => {
  services.conversations.setNotify(conversationArgument(services, conversation), notify);
  return {};
};
