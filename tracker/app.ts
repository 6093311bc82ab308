import Fastify from 'fastify';
import { TypeBoxValidatorCompiler, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { TRACKER_BODY_MAX } from '../protocol/limits.js';
import { addJsonBodies } from './plugins/bodies.js';
import { addErrors, addNotFound, answerBadUrl, answerBrokenRequest } from './plugins/errors.js';
import type { App } from './plugins/http-types.js';
import { addForwarded, trustedBy } from './plugins/forwarded.js';
import { addLimits } from './plugins/limits.js';
import { measureResponses } from './plugins/measure.js';
import { addOpenApi } from './plugins/openapi.js';
import { refuseForeignOrigin } from './plugins/origin.js';
import { addSecurityHeaders } from './plugins/security.js';
import { accountRoutes } from './routes/account-routes.js';
import { channelRoutes } from './routes/channel-routes.js';
import { deviceRoutes } from './routes/device-routes.js';
import { mailboxRoutes } from './routes/mailbox-routes.js';
import { openEventsDoor } from './routes/events-door.js';
import { pageRoutes } from './routes/page-routes.js';
import { presenceRoutes } from './routes/presence-routes.js';
import { serviceRoutes } from './routes/service-routes.js';
import { userRoutes } from './routes/user-routes.js';
import { createServer } from './server.js';
import type { Services } from './services.js';

const groups = [accountRoutes, channelRoutes, deviceRoutes, mailboxRoutes, serviceRoutes, userRoutes, pageRoutes];
const PARAMETER_MAX = 64;

/** The tracker's HTTP server over its services; it listens to nothing yet (SPEC.md section 2). */
export async function buildApp(services: Services): Promise<App> {
  const { log, metrics, settings, timings, tls } = services;
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
    // Requests under way while it stops are answered as always.
    return503OnClosing: false,
  }).withTypeProvider<TypeBoxTypeProvider>();

  app.setValidatorCompiler(TypeBoxValidatorCompiler);
  app.decorateRequest('session', null);
  addForwarded(app);
  addErrors(app, log);
  addJsonBodies(app);
  app.addHook('onRequest', refuseForeignOrigin);
  await addLimits(app, settings.limits);
  await addOpenApi(app);
  // What peers repeat stands apart: the hooks that pages and accounts need would add a fifth or more to its cost.
  await app.register(async (scope: App) => presenceRoutes(scope, services));
  await app.register(async (scope: App) => {
    measureResponses(scope, metrics);
    await addSecurityHeaders(scope, tls !== undefined);
    addNotFound(scope);
    for (const group of groups) await scope.register(async (inner: App) => group(inner, services));
  });
  openEventsDoor(app.server, services);
  return app;
}
