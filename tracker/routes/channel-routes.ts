import Type from 'typebox';
import { ParleyError } from '../../protocol/errors.js';
import { sameUser, type ChannelName, type Username } from '../../protocol/ids.js';
import { AddList, ChannelField, ChannelRecord, Failure } from '../../protocol/tracker-api.js';
import type { App } from '../plugins/http-types.js';
import { needsSession } from '../plugins/openapi.js';
import { authenticate, signedIn } from '../plugins/session.js';
import type { Services } from '../services.js';
import type { Channel } from '../store/tracker-store.js';

const success = Type.Literal('success');
const Membership = Type.Object({ status: success, channel: ChannelField, members: Type.Integer() });
const ChannelList = Type.Object({ status: success, channels: Type.Array(ChannelRecord) });
const Named = Type.Object({ name: ChannelField });
const NewTopic = Type.Object({ topic: Type.String({ maxLength: 256 }) });
const Topic = Type.Object({ status: success, channel: ChannelField, topic: Type.String() });

const membership = ({ name, members }: Channel) => ({ status: 'success' as const, channel: name, members });

export async function channelRoutes(app: App, { channels, sessions }: Services): Promise<void> {
  app.addHook('onRequest', authenticate(sessions));
  const schema = { tags: ['Channels'], security: needsSession };

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
      return membership(await channels.join(channel as ChannelName, session));
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
    async (request) => membership(await channels.leave(request.params.name as ChannelName, signedIn(request))),
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
