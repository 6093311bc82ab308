import Type from 'typebox';
import { ParleyError } from '../../protocol/errors.js';
import { parseChannelName, parseUsername, userKey, type DeviceId } from '../../protocol/ids.js';
import {
  AckMail,
  GetMail,
  GetPrekeys,
  MAIL_BODY_MAX,
  MailPage,
  PostMail,
  PrekeyList,
} from '../../protocol/mailbox-api.js';
import { Prekey } from '../../protocol/mailbox-prekey.js';
import { Failure, UsernameField } from '../../protocol/tracker-api.js';
import type { App } from '../plugins/http-types.js';
import { perAccount } from '../plugins/limits.js';
import { authenticate, needsSession, signedIn } from '../plugins/session.js';
import type { Services } from '../services.js';

const Done = Type.Object({ status: Type.Literal('success') });
const done = { status: 'success' as const };

export async function mailboxRoutes(app: App, { mailboxes, sessions, settings }: Services): Promise<void> {
  const schema = { tags: ['Mailboxes'], security: needsSession };
  const limitMails = perAccount(app, settings.limits.mailsPerAccount);
  const limitReads = perAccount(app, settings.limits.mailboxReadsPerAccount);
  app.addHook('onRequest', authenticate(sessions));

  app.post(
    '/prekeys',
    {
      schema: {
        ...schema,
        summary: 'Publish the key of a device of one’s own to which others seal',
        body: Prekey,
        response: { 200: Done, '4xx': Failure },
      },
    },
    async (request) => {
      await limitReads(request);
      await mailboxes.publish(signedIn(request).username, request.body);
      return done;
    },
  );

  app.get(
    '/prekeys',
    {
      schema: {
        ...schema,
        summary: 'The prekeys of a user’s devices, or of the members of a channel that one is in',
        querystring: GetPrekeys,
        response: { 200: PrekeyList, '4xx': Failure },
      },
    },
    async (request) => {
      await limitReads(request);
      const { username, channel } = request.query;
      if ((username === undefined) === (channel === undefined)) {
        throw new ParleyError('bad_request', 'Name a username or a channel.');
      }
      if (username !== undefined) {
        const name = parseUsername(username);
        if (!name) throw new ParleyError('bad_name');
        return { status: 'success' as const, prekeys: await mailboxes.prekeysOf(userKey(name)) };
      }
      const name = parseChannelName(channel ?? '');
      if (!name) throw new ParleyError('bad_channel');
      return { status: 'success' as const, prekeys: await mailboxes.prekeysIn(name, signedIn(request).user) };
    },
  );

  app.get(
    '/mailbox',
    {
      schema: {
        ...schema,
        summary: 'What lies sealed for a device of one’s own, oldest first',
        querystring: GetMail,
        response: { 200: MailPage, '4xx': Failure },
      },
    },
    async (request) => {
      await limitReads(request);
      const { device, after } = request.query;
      return mailboxes.fetch(signedIn(request).username, device as DeviceId, after);
    },
  );

  app.post(
    '/mailbox/ack',
    {
      schema: {
        ...schema,
        summary: 'Forget what is durable at the device',
        body: AckMail,
        response: { 200: Done, '4xx': Failure },
      },
    },
    async (request) => {
      const { device, ids } = request.body;
      await mailboxes.ack(signedIn(request).username, device as DeviceId, ids);
      return done;
    },
  );

  app.post(
    '/mailbox/:username',
    {
      bodyLimit: MAIL_BODY_MAX,
      schema: {
        ...schema,
        summary: 'Leave a sealed letter for a device (names have no case: /mailbox/ACK is the user "ack")',
        params: Type.Object({ username: UsernameField }),
        body: PostMail,
        response: { 200: Done, '4xx': Failure },
      },
    },
    async (request) => {
      await limitMails(request);
      const to = parseUsername(request.params.username);
      if (!to) throw new ParleyError('bad_name');
      await mailboxes.post(signedIn(request).user, userKey(to), request.body);
      return done;
    },
  );
}
