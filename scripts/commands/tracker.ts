/** `parley tracker`: flags, and what is printed. Everything else is loaded when it starts. */
import type { CommandModule } from 'yargs';
import { LOG_LEVELS } from '../process/log.js';
import { defaultDataDir, prepareDataDir } from '../process/data-dir.js';
import type { ClusterConfig, TrackerConfig } from '../../tracker/config.js';
import type { Tracker } from '../../tracker/main.js';
import { calledAs } from '../process/called-as.js';
import { checkPorts } from '../process/flag-checks.js';
import type { WaysIn } from '../process/ways-in.js';

interface Flags {
  host: string;
  port: number;
  'reflect-port'?: number | undefined;
  'data-dir'?: string | undefined;
  'tls-cert'?: string | undefined;
  'tls-key'?: string | undefined;
  'trust-proxy'?: string[] | undefined;
  guests?: boolean | undefined;
  registration?: TrackerConfig['registration'];
  cluster?: string | undefined;
  nats?: string | undefined;
  join?: string | undefined;
  import?: string | undefined;
  'public-url'?: string | undefined;
  trackers?: string[] | undefined;
  json: boolean;
  'log-level': string;
  action?: 'admin' | 'export' | undefined;
  name?: string | undefined;
}

const command: CommandModule<object, Flags> = {
  command: 'tracker [action] [name]',
  describe: 'Start the tracker: who is who, and where they can be reached',
  builder: (yargs) =>
    yargs
      .positional('action', {
        choices: ['admin', 'export'] as const,
        describe:
          'admin: make the account NAME an admin of it; export: write all that it has stored into the file NAME. Then end',
      })
      .positional('name', { type: 'string', describe: 'The name of the account, or of a file that is not there yet' })
      .option('host', {
        type: 'string',
        default: '127.0.0.1',
        describe: 'Address to listen on; 0.0.0.0 lets other machines in',
      })
      .option('port', { type: 'number', default: 8001, describe: 'Port to listen on; 0 takes a free one' })
      .option('reflect-port', {
        type: 'number',
        describe: 'A second port, which tells peers where they come from and nothing else [default: --port and 100]',
      })
      .option('data-dir', {
        type: 'string',
        describe: "Where accounts, certificates and settings are kept [default: the platform's data directory]",
      })
      .option('tls-cert', { type: 'string', describe: 'Certificate for HTTPS, a PEM file', implies: 'tls-key' })
      .option('tls-key', { type: 'string', describe: 'Its private key, a PEM file', implies: 'tls-cert' })
      .option('trust-proxy', {
        type: 'string',
        array: true,
        describe: 'A reverse proxy whose X-Forwarded-* headers are believed: its address, a CIDR block, or loopback',
      })
      .option('trackers', {
        type: 'string',
        array: true,
        describe:
          'Addresses of all trackers with a copy of this data, this one too: peers are told them [default: as settings.json says]',
      })
      .option('cluster', {
        type: 'string',
        conflicts: 'nats',
        describe:
          'All trackers of a cluster, this one too, as a:8001,b:8001,c:8001: they stand for one another (needs nats-server)',
      })
      .option('nats', { type: 'string', describe: 'A cluster over NATS servers that run already: their addresses' })
      .option('join', { type: 'string', describe: 'The secret that the first tracker of the cluster has printed' })
      .option('import', {
        type: 'string',
        describe:
          'Begin with what the data directory of a tracker that ran alone holds (for a new cluster), or with a copy of a cluster',
      })
      .option('public-url', {
        type: 'string',
        describe:
          'Where peers reach this tracker of a cluster, if a proxy stands before it [default: as --cluster says]',
      })
      .option('guests', {
        type: 'boolean',
        describe: 'Let guests in, without an account and for one visit each [default: as settings.json says]',
      })
      .option('registration', {
        choices: ['open', 'invite', 'approval', 'closed'] as const,
        describe:
          'Who makes an account: everybody, who has an invite, who is approved by an admin, or nobody [default: as settings.json says; ' +
          'else open on this machine alone, and invite for others]',
      })
      .option('json', { type: 'boolean', default: false, describe: 'Print one line of JSON on stdout when ready' })
      .option('log-level', { choices: LOG_LEVELS, default: 'info', describe: 'How much to log, on stderr' }),
  handler: run,
};

export default command;

/** To a person, whatever else is printed: it is shown once. */
function printSecret(secret: string): void {
  process.stderr.write(`Start the other trackers of this cluster with --join ${secret}\n`);
}

/** Returns when the tracker has stopped. Errors: StartError, ParleyError. */
async function run(flags: Flags): Promise<void> {
  if (flags.action === 'admin') return makeAdmin(flags.name, flags['data-dir']);
  if (flags.action === 'export') {
    const { exportTo } = await import('./tracker-export.js');
    return exportTo(flags);
  }
  const config = await configFrom(flags);
  const [{ startTracker }, { createLog }, { abortAt, stopSignal }, { waysIn }, { watchDescriptors }] =
    await Promise.all([
      import('../../tracker/main.js'),
      import('../process/log.js'),
      import('../process/lifecycle.js'),
      import('../process/ways-in.js'),
      import('../process/descriptors.js'),
    ]);
  const log = await createLog(flags['log-level']);
  watchDescriptors(log);
  const stopped = stopSignal();
  const signal = abortAt(stopped);
  const cluster = config.cluster && { ...config.cluster, signal, tellSecret: printSecret };
  if (cluster?.members !== undefined) log.info({}, 'waiting for the other trackers of the cluster; stop with Ctrl-C');
  const tracker = await startTracker({ ...config, cluster }, log).catch((error: unknown) => {
    if (!signal.aborted || !(error instanceof Error)) throw error;
    log.info({}, error.message);
  });
  if (!tracker) return;
  const linkWith = (code?: string) => waysIn({ ...tracker, host: config.host, trackers: config.trackers, code });
  const ways = linkWith(tracker.invite?.code);
  const setup = tracker.setup && (linkWith(tracker.setup.code)?.invite ?? tracker.setup.code);
  const ready = flags.json
    ? JSON.stringify({
        ...{ event: 'ready', url: tracker.url, registration: tracker.registration },
        ...(ways && { others: ways.urls, invite: ways.invite }),
        ...(setup !== undefined && { setup }),
      })
    : await readyText(tracker, config, ways, setup);
  process.stdout.write(`${ready}\n`);
  if (!flags.json && !config.tls && !isLoopback(config.host)) {
    log.warn({}, 'without --tls-cert and --tls-key, passwords cross the network unencrypted');
  }
  await stopped;
  log.info({}, 'tracker stopping');
  await tracker.close();
}

/** Also while the tracker runs: it looks at the role with each call. Errors: StartError. */
async function makeAdmin(name: string | undefined, given: string | undefined): Promise<void> {
  const { appointAdmin } = await import('../../tracker/administration/appoint-admin.js');
  const username = await appointAdmin(given ?? (await defaultDataDir('tracker')), name ?? '');
  process.stdout.write(`${username} is an admin of this tracker: its address in a browser leads to Administration.\n`);
}

/** Where it is, who becomes its admin, how others come in, and on a screen the invite as a code for a phone. */
async function readyText(
  { url, registration, invite }: Tracker,
  { dataDir, host, trustedProxies = [] }: TrackerConfig,
  ways: WaysIn | undefined,
  setup: string | undefined,
): Promise<string> {
  const ready = `The tracker is ready at ${url} (data in ${dataDir}). Stop it with Ctrl-C.`;
  const admin = setup === undefined ? [] : setupLines(setup, ways !== undefined);
  if (!ways) {
    const proxied = 'Others reach it by its proxy. Name that address with --trackers, so that invites lead there.';
    const local = 'Only this computer can use it; --host 0.0.0.0 lets others in.';
    const alone = trustedProxies.length > 0 ? proxied : local;
    const why = isLoopback(host) ? alone : 'This machine has no address on a network.';
    return [ready, ...admin, why].join('\n');
  }
  const until = invite ? ` It makes ${invite.uses - invite.used} accounts, until ${invite.expires.slice(0, 10)}:` : '';
  const lines = [
    ready,
    `Others reach it at ${ways.urls.join(' or ')}`,
    ...admin,
    `${WHO[registration]} Invite them with this link, or with this line in their terminal.${until}`,
    `  ${ways.invite}`,
    `  npx parley peer --invite "${ways.invite}"`,
  ];
  return (
    process.stdout.isTTY ? [...lines, await (await import('../process/qr-code.js')).qrCode(ways.invite)] : lines
  ).join('\n');
}

const WHO: Readonly<Record<Tracker['registration'], string>> = {
  open: 'Everybody who reaches it can make an account.',
  invite: 'Others make an account with an invite; an admin makes more of them under Administration.',
  approval: 'New accounts wait until an admin approves them.',
  closed: 'Nobody can make an account.',
};

/** Not for who came first: on a network that may be anybody. */
function setupLines(setup: string, isLink: boolean): string[] {
  const once = `works once, within a week; or later: ${calledAs()} tracker admin NAME`;
  const head = `Nobody is its admin yet. Make your own account with this ${isLink ? 'link' : 'invite code'} first (${once}):`;
  return isLink ? [head, `  ${setup}`, `  npx parley peer --invite "${setup}"`] : [head, `  ${setup}`];
}

async function configFrom(flags: Flags): Promise<TrackerConfig> {
  const { host, port } = flags;
  checkPorts({ '--port': port, '--reflect-port': flags['reflect-port'] });
  const certFile = flags['tls-cert'];
  const keyFile = flags['tls-key'];
  const tls = certFile !== undefined && keyFile !== undefined ? { certFile, keyFile } : undefined;
  const dataDir = flags['data-dir'] ?? (await defaultDataDir('tracker'));
  await prepareDataDir(dataDir);
  const trustedProxies = flags['trust-proxy']?.flatMap((list) => list.split(',')).filter((one) => one !== '');
  const trackers = flags.trackers?.flatMap((list) => list.split(',')).filter((one) => one !== '');
  const reflectPort = flags['reflect-port'] ?? portBeside(port);
  const cluster = await clusterFrom(flags);
  const imported = cluster ? undefined : await importedFrom(flags);
  const { guests, registration } = flags;
  return { host, port, reflectPort, tls, trustedProxies, guests, registration, trackers, cluster, imported, dataDir };
}

/** Beyond the next ports, which further trackers of the same machine have. */
const REFLECT_PORT_APART = 100;

/** Beside a port that is any free one, any other free one. The last ports have none. */
function portBeside(port: number): number | undefined {
  if (port === 0) return 0;
  return port + REFLECT_PORT_APART <= 65_535 ? port + REFLECT_PORT_APART : undefined;
}

async function clusterFrom(flags: Flags): Promise<ClusterConfig | undefined> {
  const { cluster: members, nats, join, import: imported, 'public-url': publicUrl } = flags;
  if (members === undefined && nats === undefined) return undefined;
  if (publicUrl !== undefined && !isWebAddress(publicUrl)) {
    const { StartError } = await import('../../tracker/start-error.js');
    throw new StartError(
      `--public-url takes the address at which peers reach this tracker, as https://chat.example.org.`,
    );
  }
  return { members, nats, join, import: imported, publicUrl };
}

async function importedFrom(flags: Flags): Promise<TrackerConfig['imported']> {
  const { join, import: file, 'public-url': publicUrl } = flags;
  if (file !== undefined && publicUrl === undefined) return { import: file, join };
  if (join === undefined && publicUrl === undefined) return undefined;
  const { StartError } = await import('../../tracker/start-error.js');
  throw new StartError('--join and --public-url are for a cluster. Name its trackers with --cluster.');
}

function isWebAddress(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol) && url.username === '' && url.search === '';
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}
