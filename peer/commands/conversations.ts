/** Conversations: to open them, what is read and pinned in them, who is there, and what is notified of them. */
import { conversationParts, directConversation, userKey, type Username } from '../../protocol/ids.js';
import { conversationArgument, entryArgument, usernameArgument } from './arguments.js';
import type { CommandsOf } from './command.js';
import { entryViews } from './entry-view.js';

const PINS_MAX = 100;

/** All but `conversation.open` refuse a conversation that the user is not in. @throws bad_request, not_member, unknown_user */
export const conversationCommands: CommandsOf<'conversation'> = {
  /** Also with somebody who was never online while this peer was. @throws bad_name, unknown_user, user_unchecked */
  'conversation.open': async (services, { username }) => {
    const { account, conversations } = services;
    const name = usernameArgument(username);
    const conversation = directConversation(account.username, name);
    if (conversations.get(conversation)) return { conversation };
    return { conversation: conversations.openDirect(name) };
  },

  /** @throws not_found */
  'conversation.read': async (services, args) => {
    const conversation = conversationArgument(services, args.conversation);
    await services.conversations.markRead(conversation, entryArgument('upTo', args.upTo));
    return {};
  },

  /** @throws not_found */
  'conversation.unread': async (services, args) => {
    const conversation = conversationArgument(services, args.conversation);
    await services.conversations.markUnread(conversation, entryArgument('from', args.from));
    return {};
  },

  'conversation.pins': async (services, args) => {
    const pins = services.history.pins(conversationArgument(services, args.conversation), PINS_MAX);
    return { entries: entryViews(services, pins) };
  },

  'conversation.members': async (services, args) => {
    const conversation = conversationArgument(services, args.conversation);
    const members = services.conversations.members(conversation);
    const parts = conversationParts(conversation);
    const there = parts?.kind === 'channel' ? await services.people.onlineIn(parts.channel) : undefined;
    if (!there) return { members };
    const { usernames, online } = there;
    const shown = usernames.filter((username) => !services.people.hides(username));
    const all = new Map([...members, ...shown].map((username) => [userKey(username as Username), username]));
    return {
      members: [...all].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, username]) => username),
      ...(online !== undefined && { online }),
    };
  },

  'conversation.settings': async (services, { conversation, notify, autoFetch, retention }) => {
    const id = conversationArgument(services, conversation);
    if (notify !== undefined) services.conversations.setNotify(id, notify);
    if (autoFetch !== undefined) services.conversations.setAutoFetch(id, autoFetch);
    if (retention !== undefined) services.conversations.setRetention(id, retention);
    return {};
  },

  'conversation.typing': async (services, { conversation }) => {
    services.conversations.typed(conversationArgument(services, conversation));
    return {};
  },
};
