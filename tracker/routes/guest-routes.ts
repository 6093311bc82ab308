import Type from 'typebox';
import { Failure, GuestEntered, GuestsAllowed } from '../../protocol/tracker-api.js';
import type { App } from '../plugins/http-types.js';
import { perAddress } from '../plugins/limits.js';
import type { Services } from '../services.js';

const Asked = Type.Object({ username: Type.String({ maxLength: 256 }) });
const tags = ['Account'];

/** For gateways, which host the peers of guests. The session that is answered is the only one that a guest ever has. */
export async function guestRoutes(app: App, { guests, settings }: Services): Promise<void> {
  app.get(
    '/guests',
    {
      schema: {
        tags,
        summary: 'Whether guests are let in, and who makes an account',
        response: { 200: GuestsAllowed, '4xx': Failure },
      },
    },
    async () => ({ status: 'success' as const, guests: guests.allowed, registration: settings.registration }),
  );

  app.post(
    '/guests',
    {
      schema: {
        tags,
        summary: 'Come in as a guest: an account for one visit, and its session',
        body: Asked,
        response: { 200: GuestEntered, '4xx': Failure },
      },
      config: perAddress(settings.limits.registrationsPerAddress),
    },
    async (request) => ({ status: 'success' as const, ...(await guests.enter(request.body.username)) }),
  );
}
