import { directConversation } from '../../protocol/ids.js';
import { usernameArgument } from './arguments.js';
import type { Command } from './command.js';

/** Also with somebody who was never online while this peer was. @throws bad_name, unknown_user, user_unchecked */
export const conversationOpen: Command<'conversation.open'> = async (services, { username }) => {
  const { account, conversations } = services;
  const name = usernameArgument(username);
  const conversation = directConversation(account.username, name);
  if (conversations.get(conversation)) return { conversation };
  return { conversation: conversations.openDirect(name) };
};
