import swagger from '@fastify/swagger';
import { TypeBoxValidatorCompiler, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify from 'fastify';
import { RELAY_PATH } from '../protocol/circuit.js';
import { TRACKER_BODY_MAX } from '../protocol/limits.js';
import { addJsonBodies } from './plugins/bodies.js';
import { addErrors, addNotFound, answerBadUrl, answerBrokenRequest } from './plugins/errors.js';
import type { App } from './plugins/http-types.js';
import { addLimits } from './plugins/limits.js';
import { measureResponses } from './plugins/measure.js';
import { addForwardedPrefix, addSecurityHeaders, refuseForeignOrigin, trustedBy } from './plugins/security.js';
import { acceptUpgrades } from './plugins/upgrades.js';
import { accountRoutes } from './routes/account-routes.js';
import { adminPageRoutes } from './routes/admin-page-routes.js';
import { adminInviteRoutes } from './routes/admin-invite-routes.js';
import { adminSettingsRoutes } from './routes/admin-settings-routes.js';
import { adminChannelRoutes } from './routes/admin-channel-routes.js';
import { adminRoutes } from './routes/admin-routes.js';
import { channelRoutes } from './routes/channel-routes.js';
import { deviceRoutes } from './routes/device-routes.js';
import { guestRoutes } from './routes/guest-routes.js';
import { circuitRoutes } from './routes/circuit-routes.js';
import { eventSockets } from './routes/event-sockets.js';
import { mailboxRoutes } from './routes/mailbox-routes.js';
import { pageRoutes } from './routes/page-routes.js';
import { reachRoutes, reflectRoute } from './routes/reach-routes.js';
import { presenceRoutes } from './routes/presence-routes.js';
import { sessionRoutes } from './routes/session-routes.js';
import { serviceRoutes } from './routes/service-routes.js';
import { userRoutes } from './routes/user-routes.js';
import { createServer } from './server.js';
import type { Services } from './services.js';

const groups = [
  ...[accountRoutes, adminRoutes, channelRoutes, circuitRoutes, deviceRoutes, guestRoutes, mailboxRoutes],
  ...[
    reachRoutes,
    serviceRoutes,
    sessionRoutes,
    userRoutes,
    pageRoutes,
    adminPageRoutes,
    adminChannelRoutes,
    adminInviteRoutes,
    adminSettingsRoutes,
  ],
];
const PARAMETER_MAX = 64;

/** The tracker's HTTP server over its services. It does not listen yet (SPEC.md section 2). */
export async function buildApp(services: Services): Promise<App> {
  const app = createApp(services);
  const { log, metrics, settings, tls } = services;

  // For every request, in this order.
  addForwardedPrefix(app);
  addErrors(app, log);
  addJsonBodies(app);
  app.addHook('onRequest', refuseForeignOrigin);
  await addLimits(app, settings.limits);
  // Collects the schemas of every route that is registered after it.
  await app.register(swagger, { openapi });

  // What peers repeat has a scope of its own: the hooks of the other routes would add a fifth or more to its cost.
  await app.register(async (scope: App) => presenceRoutes(scope, services));
  await app.register(async (scope: App) => {
    measureResponses(scope, metrics);
    await addSecurityHeaders(scope, tls !== undefined);
    addNotFound(scope);
    for (const group of groups) await scope.register(async (inner: App) => group(inner, services));
    await scope.register(async (inner: App) => reflectRoute(inner, services, () => services.ports.reflect));
  });
  const { relay } = services;
  const circuit = relay && { [RELAY_PATH]: relay.take };
  acceptUpgrades(app.server, { '/events': eventSockets(services), ...circuit }, log);
  return app;
}

/** What answers `/reflect` and nothing else. It does not listen yet. */
export async function buildReflectApp(services: Services): Promise<App> {
  const app = createApp(services);
  addErrors(app, services.log);
  addNotFound(app);
  await addLimits(app, services.settings.limits);
  measureResponses(app, services.metrics);
  await app.register(async (scope: App) => reflectRoute(scope, services, () => services.ports.main));
  return app;
}

function createApp({ settings, timings, tls }: Services): App {
  const app: App = Fastify({
    serverFactory: (handler) => {
      const maxConnections = settings.limits.connections;
      return createServer((request, response) => handler(request, response), { tls, timings, maxConnections });
    },
    bodyLimit: TRACKER_BODY_MAX,
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: answerBadUrl,
    trustProxy: trustedBy(settings.trustedProxies),
    routerOptions: { maxParamLength: PARAMETER_MAX },
    // While the tracker stops, requests under way are answered as always.
    return503OnClosing: false,
  }).withTypeProvider<TypeBoxTypeProvider>();
  app.setValidatorCompiler(atFirstUse(TypeBoxValidatorCompiler));
  app.decorateRequest('session', null);
  return app;
}

/** Compiles the schema of a route at its first request: most are rarely asked for. */
function atFirstUse<Route, Answer>(compile: (route: Route) => (data: unknown) => Answer) {
  return (route: Route): ((data: unknown) => Answer) => {
    let compiled: ((data: unknown) => Answer) | undefined;
    return (data) => (compiled ??= compile(route))(data);
  };
}

const openapi = {
  openapi: '3.1.0',
  info: {
    title: 'Parley tracker',
    version: '1',
    description: 'Who is who, and where they can be reached. Messages never pass here.',
  },
  components: {
    securitySchemes: {
      cookie: { type: 'apiKey', in: 'cookie', name: 'session_token' },
      bearer: { type: 'http', scheme: 'bearer' },
    },
  },
} as const;
