import { usernameArgument } from './arguments.js';
import type { Command } from './command.js';

/** @throws bad_name, unknown_user */
export const conversationOpen: Command<'conversation.open'> = async (services, { username }) => ({
  conversation: services.conversations.openDirect(usernameArgument(username)),
});
