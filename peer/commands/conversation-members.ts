import { conversationArgument } from './arguments.js';
import type { Command } from './command.js';

/** @throws bad_request, not_member, unknown_user */
export const conversationMembers: Command<'conversation.members'> = async (services, { conversation }) => ({
  members: services.conversations.members(conversationArgument(services, conversation)),
});
