/** One address for several trackers: how a proxy starts and stops. */
import replyFrom from '@fastify/reply-from';
import { TypeBoxValidatorCompiler, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify from 'fastify';
import { ParleyError } from '../../protocol/errors.js';
import type { Log } from '../log.js';
import { addErrors, addNotFound, answerBadUrl, answerBrokenRequest } from '../plugins/errors.js';
import type { App } from '../plugins/http-types.js';
import { addForwardedPrefix, isProxyAddress, trustedBy } from '../plugins/security.js';
import { createServer, listen, readTlsFiles, shownUrl, stopListening, type TlsFiles } from '../server.js';
import { StartError } from '../start-error.js';
import { Affinity } from './affinity.js';
import { makeTransport, type Transport } from '../ask.js';
import { backendUrl, defaultProxyBounds, type ProxyBounds, type ProxyConfig } from './config.js';
import { Forward } from './forward.js';
import { ambiguity } from './headers.js';
import { Health } from './health.js';
import { createProxyMetrics, openMetricsPort, type MetricsPort } from './metrics.js';
import { Pool, type Backend } from './pool.js';
import { Upgrades } from './upgrades.js';

export interface Proxy {
  readonly url: string;
  readonly port: number;
  /** Absent: none were asked for. */
  readonly metricsUrl: string | undefined;
  readonly backends: readonly Backend[];
  /** Takes nothing new, lets requests end, closes WebSockets. Safe to call twice. */
  close(): Promise<void>;
}

/** Starts when each backend has been asked once; those that do not answer are used once they do. Errors: StartError. */
export async function startProxy(config: ProxyConfig, log: Log): Promise<Proxy> {
  const { host, timings } = config;
  check(config);
  const tls = config.tls && (await readTlsFiles(config.tls));
  const bounds = { ...defaultProxyBounds, ...config.bounds };
  const pool = new Pool(
    [...new Set(config.backends.map((text) => backendUrl(text).href))].map((href) => new URL(href)),
    config.policy,
    ({ name, isUp, reason }) => {
      if (isUp) log.info({ backend: name }, 'proxy: a tracker is used again');
      else log.warn({ backend: name, reason }, 'proxy: a tracker is not used any more');
    },
  );
  const transport = makeTransport(bounds.perBackend, config.backendCa);
  const health = new Health({ pool, transport, timings, log });
  const affinity = new Affinity({ pool, transport, askMs: timings.health, max: bounds.sessions });
  const metrics = createProxyMetrics(pool, {
    sockets: () => upgrades.size,
    connections: () => new Promise((resolve) => app.server.getConnections((_error, count) => resolve(count))),
  });
  const parts = { pool, affinity, health, transport, metrics, timings, bounds };
  const upgrades = new Upgrades(parts);
  const app = await buildApp(config, { bounds, tls, log, transport }, new Forward(parts), upgrades);

  let stopping: Promise<void> | undefined;
  let metricsPort: MetricsPort | undefined;
  const close = (): Promise<void> =>
    (stopping ??= (async () => {
      health.stop();
      await stopListening(app, timings.stop, async () => upgrades.close());
      await metricsPort?.close();
      const { 'http:': plain, 'https:': secure } = transport.agents;
      plain.destroy();
      secure.destroy();
    })());
  try {
    await health.start();
    const isReady = (): boolean => stopping === undefined && pool.backends.some(({ isUp }) => isUp);
    metricsPort = config.metrics && (await openMetricsPort(config.metrics, metrics, isReady));
    const port = await listen(app, config);
    const url = shownUrl(tls ? 'https' : 'http', host, port);
    const metricsUrl = metricsPort && `${shownUrl('http', config.metrics?.host ?? host, metricsPort.port)}/metrics`;
    log.info({ url, backends: pool.backends.map(({ name }) => name) }, 'proxy started');
    return { url, port, metricsUrl, backends: pool.backends, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function check({ backends, trustedProxies }: ProxyConfig): void {
  if (backends.length === 0) throw new StartError('Name the trackers behind the proxy with --backend.');
  const wrong = trustedProxies.find((one) => !isProxyAddress(one));
  if (wrong !== undefined)
    throw new StartError(
      `"${wrong}" is no proxy to trust. Write an address, a block as 10.0.0.0/8, or loopback (--trust-proxy).`,
    );
}

interface AppParts {
  readonly bounds: ProxyBounds;
  readonly tls: TlsFiles | undefined;
  readonly transport: Transport;
  readonly log: Log;
}

const METHODS = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'] as const;

async function buildApp(
  { timings, trustedProxies }: ProxyConfig,
  { bounds, tls, transport, log }: AppParts,
  forward: Forward,
  upgrades: Upgrades,
): Promise<App> {
  const app: App = Fastify({
    serverFactory: (handler) =>
      createServer((request, response) => handler(request, response), {
        ...{ tls, timings, maxConnections: bounds.connections },
      }),
    bodyLimit: bounds.body,
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: answerBadUrl,
    trustProxy: trustedBy(trustedProxies),
    return503OnClosing: false,
  }).withTypeProvider<TypeBoxTypeProvider>();
  app.setValidatorCompiler(TypeBoxValidatorCompiler);
  addForwardedPrefix(app);
  addErrors(app, log);
  addNotFound(app);
  app.addHook('onRequest', (request, _reply, done) => {
    const wrong = ambiguity(request);
    done(wrong === undefined ? undefined : new ParleyError('bad_request', wrong));
  });
  boundBodies(app, bounds.bodies);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  await app.register(replyFrom, {
    // The plugin's own agents would not look at certificates.
    http: { agents: transport.agents, requestOptions: { rejectUnauthorized: true } },
    disableRequestLogging: true,
  });
  app.route({
    method: [...METHODS],
    url: '/*',
    handler: (request, reply) =>
      upgrades.isUpgrade(request) ? upgrades.handle(request, reply) : forward.handle(request, reply),
  });
  upgrades.accept(app, app.server);
  await app.ready();
  return app;
}

/** They are read whole: so many at once, that they fit into memory. */
function boundBodies(app: App, max: number): void {
  let count = 0;
  app.addHook('onRequest', (request, reply, done) => {
    const { 'content-length': length = '0', 'transfer-encoding': coding } = request.headers;
    if (length === '0' && coding === undefined) return done();
    if (count >= max) return done(new ParleyError('unavailable'));
    count += 1;
    reply.raw.once('close', () => (count -= 1));
    done();
  });
}
