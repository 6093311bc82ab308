import Type from 'typebox';
import type { DeviceId } from '../../protocol/ids.js';
import { AskChallenge, Challenged, DeviceSignIn, Failure, UsernameField } from '../../protocol/tracker-api.js';
import type { App } from '../plugins/http-types.js';
import { perAddress } from '../plugins/limits.js';
import type { Services } from '../services.js';

const Opened = Type.Object({ status: Type.Literal('success'), username: UsernameField, token: Type.String() });
const tags = ['Account'];

/**
 * Sign-in by the key of a device. Limited by address alone: no key can be guessed, and a limit by device would let anybody who
 * knows its id keep it out.
 */
export async function sessionRoutes(app: App, { deviceSessions, settings }: Services): Promise<void> {
  const config = perAddress(settings.limits.deviceSignInsPerAddress);

  app.post(
    '/session/challenge',
    {
      schema: {
        tags,
        summary: 'What a device has to sign to be let in without a password; good for a minute',
        body: AskChallenge,
        response: { 200: Challenged, '4xx': Failure },
      },
      config,
    },
    async (request) => ({
      status: 'success' as const,
      challenge: deviceSessions.challenge(request.body.device as DeviceId),
    }),
  );

  app.post(
    '/session',
    {
      schema: {
        tags,
        summary: 'Sign in by the key of a device that a password has let in before',
        body: DeviceSignIn,
        response: { 200: Opened, '4xx': Failure },
      },
      config,
    },
    async (request) => ({ status: 'success' as const, ...(await deviceSessions.signIn(request.body)) }),
  );
}
