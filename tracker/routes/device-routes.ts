import Type from 'typebox';
import { ParleyError } from '../../protocol/errors.js';
import { sameUser, userKey, type DeviceId, type Username } from '../../protocol/ids.js';
import { Revocation } from '../../protocol/revocation.js';
import {
  DeviceField,
  DeviceNameField,
  DeviceRecord,
  Failure,
  RenameDevice,
  UsernameField,
} from '../../protocol/tracker-api.js';
import { adminErrorPage } from '../pages/admin-layout.js';
import { addFormBodies, isForm } from '../plugins/bodies.js';
import type { App } from '../plugins/http-types.js';
import { authenticate, needsSession, signedIn } from '../plugins/session.js';
import type { Services } from '../services.js';

const success = Type.Literal('success');
const DeviceList = Type.Object({ status: success, devices: Type.Array(DeviceRecord) });
const Renamed = Type.Object({ status: success, device: DeviceField, name: DeviceNameField });
const Revoked = Type.Object({ status: success, device: DeviceField, revoked: Type.Boolean(), revocation: Revocation });

export async function deviceRoutes(app: App, services: Services): Promise<void> {
  const { accounts, authority, devices, deviceDetails, sessions, settings } = services;
  const tags = ['Devices'];

  app.get('/ca', { schema: { tags, summary: 'The CA certificate, PEM' } }, (_request, reply) => {
    void reply.type('application/x-pem-file').send(authority.certificate);
  });

  await app.register(async (scope: App) => {
    addFormBodies(scope);
    scope.addHook('onRequest', authenticate(sessions));
    const schema = { tags, security: needsSession };
    const config = { errorPage: adminErrorPage(settings) };

    scope.get(
      '/devices',
      {
        schema: {
          ...schema,
          summary: "A user's devices, revoked ones marked; one's own without a name",
          querystring: Type.Object({ username: Type.Optional(UsernameField) }),
          response: { 200: DeviceList, '4xx': Failure },
        },
      },
      async (request) => {
        const own = signedIn(request).username;
        const username = (request.query.username ?? own) as Username;
        if (!(await accounts.find(userKey(username)))) throw new ParleyError('unknown_user');
        // What they are called, and when they were used, is nobody else's business.
        const list = sameUser(username, own) ? deviceDetails : devices;
        return { status: 'success' as const, devices: await list.list(username) };
      },
    );

    scope.post(
      '/devices/:device/rename',
      {
        schema: {
          ...schema,
          summary: 'Give a device of one’s own a name',
          params: Type.Object({ device: DeviceField }),
          body: RenameDevice,
          consumes: ['application/json', 'application/x-www-form-urlencoded'],
          response: { 200: Renamed, '4xx': Failure },
        },
        config,
      },
      async (request, reply) => {
        const device = request.params.device as DeviceId;
        const name = await deviceDetails.rename(signedIn(request).username, device, request.body.name);
        if (isForm(request)) return reply.redirect('../../', 303);
        return { status: 'success' as const, device, name };
      },
    );

    scope.post(
      '/devices/:device/revoke',
      {
        schema: {
          ...schema,
          summary: 'Revoke a device of one’s own, for good',
          params: Type.Object({ device: DeviceField }),
          response: { 200: Revoked, '4xx': Failure },
        },
        config,
      },
      async (request, reply) => {
        const { username } = signedIn(request);
        const device = request.params.device as DeviceId;
        const { revocation } = await devices.revoke(username, device);
        if (isForm(request)) return reply.redirect('../../', 303);
        return { status: 'success' as const, device, revoked: true, revocation };
      },
    );
  });
}
