import Type from 'typebox';
import { ParleyError } from '../../protocol/errors.js';
import { sameUser, type ChannelName, type Username } from '../../protocol/ids.js';
import { AddList, ChannelField, ChannelRecord, Failure, Membership } from '../../protocol/tracker-api.js';
import type { App } from '../plugins/http-types.js';
import { authenticate, needsSession, signedIn } from '../plugins/session.js';
import type { Services } from '../services.js';
import type { Channel, Session } from '../store/tracker-store.js';

const success = Type.Literal('success');
const ChannelList = Type.Object({ status: success, channels: Type.Array(ChannelRecord) });
const Named = Type.Object({ name: ChannelField });
const NewTopic = Type.Object({ topic: Type.String({ maxLength: 256 }) });
const Topic = Type.Object({ status: success, channel: ChannelField, topic: Type.String() });

export async function channelRoutes(app: App, { channels, sessions }: Services): Promise<void> {
  app.addHook('onRequest', authenticate(sessions));
  const schema = { tags: ['Channels'], security: needsSession };

  async function membership({ name, members }: Channel, session: Session): Promise<Membership> {
    const names = await channels.memberNames(name, session);
    return { status: 'success', channel: name, members: names, member_count: members };
  }

  app.post(
    '/add-list',
    {
      schema: {
        ...schema,
        summary: 'Join a channel; the first to join makes it',
        body: AddList,
        response: { 200: Membership, '4xx': Failure },
      },
    },
    async (request) => {
      const session = signedIn(request);
      const { username, channel } = request.body;
      if (!sameUser(username as Username, session.username)) throw new ParleyError('forbidden');
      return membership(await channels.join(channel as ChannelName, session), session);
    },
  );

  app.get(
    '/channels',
    { schema: { ...schema, summary: 'All channels', response: { 200: ChannelList, '4xx': Failure } } },
    async (request) => {
      const joined = new Set<string>(await channels.ofUser(signedIn(request).user));
      return { status: 'success' as const, channels: channels.records(joined) };
    },
  );

  app.post(
    '/channels/:name/leave',
    { schema: { ...schema, summary: 'Leave a channel', params: Named, response: { 200: Membership, '4xx': Failure } } },
    async (request) => {
      const session = signedIn(request);
      return membership(await channels.leave(request.params.name as ChannelName, session), session);
    },
  );

  app.post(
    '/channels/:name/topic',
    {
      schema: {
        ...schema,
        summary: 'Set the topic of a channel that one is in',
        params: Named,
        body: NewTopic,
        response: { 200: Topic, '4xx': Failure },
      },
    },
    async (request) => {
      const { name } = request.params;
      const { topic } = await channels.setTopic(name as ChannelName, request.body.topic, signedIn(request));
      return { status: 'success' as const, channel: name, topic };
    },
  );
}
