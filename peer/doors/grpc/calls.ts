/** The calls that are answered once: each a command of the one table, or a list that a window's snapshot has. */
import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
import type { HandlerContext, ServiceImpl } from '@connectrpc/connect';
import { runCommand } from '../../commands/run.js';
import type { PeerServices } from '../../services.js';
import type { Callers } from './callers.js';
import {
  ListConversationsRequestSchema,
  ListConversationsResponseSchema,
  ListUsersRequestSchema,
  ListUsersResponseSchema,
  PostRequestSchema,
  PostResponseSchema,
  ReactRequestSchema,
  ReactResponseSchema,
  SearchRequestSchema,
  SearchResponseSchema,
  type Parley,
} from './generated/parley_pb.js';
import { argumentsOf, fitting, messageOf, timely } from './messages.js';

type Once = 'listUsers' | 'listConversations' | 'post' | 'react' | 'search';

export function callsOf(callers: Callers): Pick<ServiceImpl<typeof Parley>, Once> {
  /** Request → arguments of a command → what it answers → response. */
  const once =
    <In extends DescMessage, Out extends DescMessage>(
      input: In,
      output: Out,
      run: (services: PeerServices, args: object) => Promise<object>,
    ) =>
    (request: MessageShape<In>, context: HandlerContext): Promise<MessageShape<Out>> =>
      callers.once(context, async ({ services, admit }) =>
        messageOf(output, await admit(() => run(services, argumentsOf(input, request)))),
      );

  return {
    listUsers: once(ListUsersRequestSchema, ListUsersResponseSchema, async (services) => {
      const { people, blocked } = await runCommand(services, 'people.list', {});
      return { users: people, blocked };
    }),
    listConversations: once(ListConversationsRequestSchema, ListConversationsResponseSchema, async (services) => {
      const conversations = services.conversations.list();
      const fit = fitting(conversations.map(({ latest }) => latest));
      return {
        conversations: conversations.map(({ latest, ...conversation }, at) =>
          latest && at < fit ? { ...conversation, latest: timely(latest) } : conversation,
        ),
      };
    }),
    post: once(PostRequestSchema, PostResponseSchema, async (services, args) => {
      const { entry } = await runCommand(services, 'message.post', args);
      return { entry: timely(entry) };
    }),
    react: once(ReactRequestSchema, ReactResponseSchema, async (services, args) => {
      const { entry } = await runCommand(services, 'message.react', { on: true, ...args });
      return { entry: timely(entry) };
    }),
    search: once(SearchRequestSchema, SearchResponseSchema, async (services, args) => {
      const found = await runCommand(services, 'search', args);
      const fit = fitting(found.entries);
      const more = found.more || fit < found.entries.length;
      return { ...found, more, entries: found.entries.slice(0, fit).map(timely) };
    }),
  };
}
