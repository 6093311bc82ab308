/** A relay on a machine of its own (SPEC.md section 12): how it starts and stops. It holds nothing but the CA's certificate, which is public. */
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { TypeBoxValidatorCompiler, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify from 'fastify';
import { Registry } from 'prom-client';
import { RELAY_PATH, RelayHealth, relayUrl } from '../../protocol/circuit.js';
import { ask, makeTransport, whyNot } from '../ask.js';
import { systemClock } from '../clock.js';
import { defaultTimings } from '../config.js';
import type { Log } from '../log.js';
import { addRelayGauges } from '../metrics.js';
import { addErrors, addNotFound, answerBadUrl, answerBrokenRequest } from '../plugins/errors.js';
import type { App } from '../plugins/http-types.js';
import { acceptUpgrades } from '../plugins/upgrades.js';
import { createServer, listen, readTlsFiles, shownUrl, stopListening, type TlsFiles } from '../server.js';
import type { RelaySettings } from '../settings.js';
import { StartError, systemCode } from '../start-error.js';
import { Relay, relayLimits } from './relay.js';

export interface RelayConfig {
  readonly host: string;
  /** 0: one that is free. */
  readonly port: number;
  /** Whose tickets it takes: the address of a tracker, or a file with the CA's certificate in PEM. */
  readonly authority: { readonly tracker: URL } | { readonly file: string };
  /** As peers reach it, without the path of circuits; else host and port. */
  readonly publicUrl?: URL | undefined;
  /** Files in PEM. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string } | undefined;
  readonly limits: Omit<RelaySettings, 'enabled' | 'asksPerMinute'>;
}

export interface RelayAlone {
  /** What belongs into a tracker's settings. */
  readonly url: string;
  readonly port: number;
  /** SHA-256 of the CA's certificate. */
  readonly ca: string;
  close(): Promise<void>;
}

const ANSWER_MS = 10_000;
/** Besides circuits: those who open one, and who asks how it is. */
const MORE_CONNECTIONS = 256;

/** Errors: StartError. */
export async function startRelay(config: RelayConfig, log: Log): Promise<RelayAlone> {
  const tls = config.tls && (await readTlsFiles(config.tls));
  const ca = await authorityOf(config.authority);
  // Its name is known once it listens: until then nobody has a ticket for it.
  let url = '';
  const relay = new Relay({
    ...{ name: () => url, authority: ca.publicKey, clock: systemClock, log },
    limits: relayLimits(config.limits),
  });
  const app = await buildApp(config, tls, relay, log, () => ({
    ...{ status: 'success', relay: url, ca: ca.fingerprint256 },
    isFull: !relay.hasRoom(''),
  }));
  try {
    const port = await listen(app, config);
    url = nameOf(config, port);
    log.info({ relay: url }, 'relay started');
    const close = (): Promise<void> => stopListening(app, defaultTimings.stop, () => relay.close(defaultTimings.stop));
    return { url, port, ca: ca.fingerprint256, close };
  } catch (error) {
    await relay.close(0);
    await app.close();
    throw error;
  }
}

async function buildApp(
  { limits }: RelayConfig,
  tls: TlsFiles | undefined,
  relay: Relay,
  log: Log,
  health: () => RelayHealth,
): Promise<App> {
  const maxConnections = 2 * limits.circuits + MORE_CONNECTIONS;
  const app: App = Fastify({
    serverFactory: (handler) =>
      createServer((request, response) => handler(request, response), { tls, timings: defaultTimings, maxConnections }),
    bodyLimit: 1024,
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: answerBadUrl,
    return503OnClosing: false,
  }).withTypeProvider<TypeBoxTypeProvider>();
  app.setValidatorCompiler(TypeBoxValidatorCompiler);
  addErrors(app, log);
  addNotFound(app);
  const registry = new Registry();
  addRelayGauges([registry], { circuits: () => relay.size, relayedBytes: () => relay.bytes });
  app.get('/healthz', { schema: { response: { 200: RelayHealth } } }, health);
  app.get('/metrics', async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()));
  acceptUpgrades(app.server, { [RELAY_PATH]: relay.take }, log);
  return app;
}

/** Errors: StartError. */
async function authorityOf(from: RelayConfig['authority']): Promise<X509Certificate> {
  const [text, where, next] =
    'file' in from
      ? [await readAuthority(from.file), from.file, "Name the tracker's ca.pem with --ca."]
      : [await askAuthority(from.tracker), `What ${from.tracker.href} answers`, 'Check --tracker.'];
  try {
    const certificate = new X509Certificate(text);
    if (certificate.ca && certificate.publicKey.asymmetricKeyType === 'ed25519') return certificate;
  } catch {
    // It is no certificate at all.
  }
  throw new StartError(`${where} is no certificate of a tracker's CA. ${next}`);
}

async function readAuthority(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    throw new StartError(`${file} cannot be read (${systemCode(error) ?? 'unknown'}). Check --ca.`);
  });
}

async function askAuthority(tracker: URL): Promise<string> {
  const next = "Start the tracker first, or give its CA's certificate with --ca: it is ca.pem in its data directory.";
  try {
    const transport = makeTransport(1, undefined);
    const { status, body } = await ask(new URL('ca', withSlash(tracker)), '', { transport, ms: ANSWER_MS });
    if (status === 200) return body;
    throw new Error(`HTTP ${status}`);
  } catch (error) {
    throw new StartError(`No tracker answers at ${tracker.href}: ${whyNot(error, 'NODE_EXTRA_CA_CERTS')}. ${next}`, {
      cause: error,
    });
  }
}

function withSlash(url: URL): URL {
  return url.pathname.endsWith('/') ? url : new URL(`${url.pathname}/`, url);
}

/** Errors: StartError. */
function nameOf({ publicUrl, tls, host }: RelayConfig, port: number): string {
  if (publicUrl === undefined && (host === '0.0.0.0' || host === '::'))
    throw new StartError(
      `--host ${host} does not say how peers reach the relay. Add --public-url, as https://relay.example.`,
    );
  const url = new URL(publicUrl ?? shownUrl(tls ? 'https' : 'http', host, port));
  url.protocol = url.protocol.replace(/^http/, 'ws');
  url.pathname = `${url.pathname.replace(/\/$/, '')}${RELAY_PATH}`;
  if (relayUrl(url.href) !== undefined) return url.href;
  throw new StartError(`${url.href} is no address of a relay. Write --public-url as https://relay.example.`);
}
