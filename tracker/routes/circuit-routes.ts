import { AskCircuit, CircuitAsked } from '../../protocol/circuit.js';
import type { DeviceId } from '../../protocol/ids.js';
import { Failure } from '../../protocol/tracker-api.js';
import type { App } from '../plugins/http-types.js';
import { perAccount } from '../plugins/limits.js';
import { authenticate, needsSession, signedIn } from '../plugins/session.js';
import type { Services } from '../services.js';

/** A way to a device that cannot be dialled (SPEC.md section 12). */
export async function circuitRoutes(app: App, { circuits, sessions, settings }: Services): Promise<void> {
  const limit = perAccount(app, settings.relay.asksPerMinute);
  app.addHook('onRequest', authenticate(sessions));

  app.post(
    '/circuits',
    {
      schema: {
        tags: ['Circuits'],
        security: needsSession,
        summary: 'Meet another device at a relay; it is told, and has 15 seconds to come',
        body: AskCircuit,
        response: { 200: CircuitAsked, '4xx': Failure, '5xx': Failure },
      },
    },
    async (request) => {
      await limit(request);
      const { device, to } = request.body;
      const asked = await circuits.ask(signedIn(request), device as DeviceId, to as DeviceId);
      return { status: 'success' as const, ...asked };
    },
  );
}
