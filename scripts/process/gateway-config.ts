/** The flags of `parley gateway` → what it is started with, and what it says once it runs. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { GatewayAddresses, GatewayConfig } from '../../peer/gateway/config.js';
import { ownNames } from '../../peer/gateway/gateway.js';
import { fingerprint, ownCertificate, type TlsFiles } from '../../peer/gateway/self-made.js';
import { ParleyError } from '../../protocol/errors.js';
import { probeTrackers } from '../../peer/tracker-client/probe.js';
import type { Log } from '../../tracker/log.js';
import type { Tracker } from '../../tracker/main.js';
import { icon, stylesheet } from '../../tracker/pages/assets.js';
import { readTlsFiles } from '../../tracker/server.js';
import { defaultDataDir, prepareDataDir } from './data-dir.js';
import { certificateToTrust, checkPorts, checkTrackers } from './flag-checks.js';
import { qrCode } from './qr-code.js';
import { waysIn, type WaysIn } from './ways-in.js';

export interface GatewayFlags {
  tracker?: string[] | undefined;
  'tracker-ca'?: string | undefined;
  host: string;
  'web-port': number;
  'ws-port': number;
  'line-port': number;
  'irc-port': number;
  'grpc-port'?: number | undefined;
  'peer-port': number;
  'tracker-port': number;
  guests?: boolean | undefined;
  'data-dir'?: string | undefined;
  'tls-cert'?: string | undefined;
  'tls-key'?: string | undefined;
  plain?: boolean | undefined;
  'allow-host': string[];
  idle: number;
  json: boolean;
  'log-level': string;
}

/** @throws ParleyError bad_request */
export function checkGatewayFlags(flags: GatewayFlags): void {
  checkPorts({
    ...{ '--web-port': flags['web-port'], '--ws-port': flags['ws-port'], '--line-port': flags['line-port'] },
    ...{ '--irc-port': flags['irc-port'], '--grpc-port': flags['grpc-port'] },
    ...{ '--peer-port': flags['peer-port'], '--tracker-port': flags['tracker-port'] },
  });
  if (!(flags.idle >= 1 && flags.idle <= 1e6))
    throw new ParleyError('bad_request', '--idle is a number of seconds from 1 to 1000000.');
  if (flags.tracker && flags.guests !== undefined)
    throw new ParleyError('bad_request', 'Whether guests are let in, the tracker says: start that one with --guests.');
  checkTrackers(flags.tracker ?? []);
}

export async function gatewayDataDir(flags: GatewayFlags): Promise<string> {
  const dataDir = flags['data-dir'] ?? (await defaultDataDir('gateway'));
  await prepareDataDir(dataDir);
  return dataDir;
}

/** A gateway's users all come from its own address, a classroom of them at the same time. */
const OWN_LIMITS = {
  loginsPerAddress: 5_000,
  registrationsPerAddress: 2_000,
  registrationsPerAddressADay: 100_000,
  registrationsPerDay: 100_000,
  requestsPerAddress: 600_000,
};

/** Undefined where it was given another one. @throws what the tracker says; the system's error of a port, whose flag is another one here */
export async function startOwnTracker(flags: GatewayFlags, dataDir: string, log: Log): Promise<Tracker | undefined> {
  if (flags.tracker) return undefined;
  const { startTracker } = await import('../../tracker/main.js');
  const { host, 'tracker-port': port } = flags;
  // IRC has no place for the code of an invite: a gateway is open unless its tracker's settings.json says otherwise.
  const autoRegistration = 'open' as const;
  const own = { host, port, guests: flags.guests, dataDir: join(dataDir, 'tracker'), limits: OWN_LIMITS };
  // Further names are those of a proxy: whoever comes first through it, to the pages, is nobody in particular.
  const othersGetIn = flags['allow-host'].length > 0;
  return startTracker({ ...own, autoRegistration, othersGetIn }, log).catch((error: unknown) => {
    const cause = error instanceof Error ? error.cause : undefined;
    throw typeof cause === 'object' && cause !== null && 'port' in cause ? cause : error;
  });
}

const PROBE_MS = 8_000;

/** Says so where no tracker answers. The gateway runs all the same: those who have been here write, and the tracker may come back. Never rejects. */
export async function lookForTracker(
  { trackers, trackerCa }: Pick<GatewayConfig, 'trackers' | 'trackerCa'>,
  log: Log,
): Promise<void> {
  const clock = { now: () => Date.now() };
  await probeTrackers(trackers, { clock, timeoutMs: PROBE_MS, trackerCa }).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    log.warn({ trackers }, `${why} Until one answers, nobody new can sign in here.`);
  });
}

/** @param own the tracker that was started with it */
export async function gatewayConfig(
  flags: GatewayFlags,
  dataDir: string,
  own: Tracker | undefined,
): Promise<GatewayConfig> {
  const { host } = flags;
  const isLocal = host === 'localhost' || host === '::1' || host.startsWith('127.');
  return {
    name: 'Parley',
    dataDir,
    trackers: own ? [`http://127.0.0.1:${own.port}`] : (flags.tracker ?? []),
    trackerCa: await certificateToTrust(flags['tracker-ca'], '--tracker-ca'),
    host,
    ports: {
      ...{ web: flags['web-port'], ws: flags['ws-port'], lines: flags['line-port'], irc: flags['irc-port'] },
      ...{ p2p: flags['peer-port'], grpc: flags['grpc-port'] },
    },
    tls: await tlsFiles(flags, dataDir),
    plain: { web: flags.plain ?? isLocal, lines: flags.plain ?? true },
    allowedHosts: flags['allow-host'],
    uiDir: fileURLToPath(new URL('../../ui', import.meta.url)),
    look: { stylesheet, icon },
    idleMs: flags.idle * 1000,
  };
}

async function tlsFiles(flags: GatewayFlags, dataDir: string): Promise<TlsFiles> {
  const { 'tls-cert': cert, 'tls-key': key, host } = flags;
  if (cert !== undefined && key !== undefined) {
    return readTlsFiles({ certFile: cert, keyFile: key });
  }
  return ownCertificate(dataDir, ['localhost', '127.0.0.1', ...ownNames(host)], Date.now());
}

export function facts(
  addresses: GatewayAddresses,
  { host, tls, trackers }: GatewayConfig,
  own: Tracker | undefined,
): object {
  const ways = own && waysInTo(own, host);
  const setup = own?.setup && { setup: setupAt(ways?.urls[0] ?? own.url, own.setup.code) };
  const others = ways && { others: ways.urls, invite: ways.invite };
  return { ...addresses, tracker: own?.url ?? trackers[0], fingerprint: fingerprint(tls.cert), ...others, ...setup };
}

/** Its own address may be one of this machine alone, and whoever reads this sits at another one as a rule. */
function waysInTo({ url, ca, invite }: Tracker, host: string): WaysIn | undefined {
  return waysIn({ host, url, ca, code: invite?.code });
}

/** The tracker's page that makes an account; the code stands behind `#`, which no server is sent. */
function setupAt(tracker: string, code: string): string {
  return `${tracker}/register.html#${code}`;
}

const NO_ADMIN =
  'Nobody is the admin of its tracker yet. Make your own account there first, then sign in here with it (the link works once, within a week):';
const OWN_PEERS = 'Who would rather run Parley on their own computer joins with this line in their terminal:';
const TRUST =
  'Whoever runs this gateway can read the messages of its users, and write in their names. Tell them so; the page to sign in does.';

/** For people: what to open here, and on other machines. */
export async function greeting(
  { web, ws, lines, irc, grpc, p2p }: GatewayAddresses,
  { host, tls, plain, trackers }: GatewayConfig,
  own: Tracker | undefined,
): Promise<string> {
  const { port, protocol } = new URL(web);
  const others = ownNames(host)
    .filter((name) => /^[\d.]+$/.test(name))
    .map((name) => `${protocol}//${name}:${port}/`);
  const [first] = others;
  const ways = own && waysInTo(own, host);
  return [
    'The gateway is ready.',
    `  in a browser:    ${web}`,
    ...others.map((address) => `  on other machines: ${address}`),
    `  WebSockets:      ${ws}`,
    `  lines:           ${plain.lines ? `nc ${first === undefined ? '127.0.0.1' : new URL(first).hostname} ${lines.port}` : `openssl s_client -quiet -connect HOST:${lines.port}`}`,
    `  IRC:             port ${irc.port}, with TLS`,
    ...(grpc ? [`  gRPC:            port ${grpc.port}, with TLS`] : []),
    `  other peers:     port ${p2p.port}`,
    `  tracker:         ${ways?.urls.join(', ') ?? own?.url ?? trackers.join(', ')}`,
    `  TLS fingerprint: ${fingerprint(tls.cert)} (SHA-256)`,
    ...(own?.setup ? [NO_ADMIN, `  ${setupAt(ways?.urls[0] ?? own.url, own.setup.code)}`] : []),
    ...(ways ? [OWN_PEERS, `  npx parley peer --invite "${ways.invite}"`] : []),
    ...(first === undefined ? [] : [await qrCode(first)]),
    TRUST,
    'Stop with Ctrl-C.',
  ].join('\n');
}
