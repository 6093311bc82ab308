/** `parley relay`: flags, and what is printed. Everything else is loaded when it starts. */
import type { CommandModule } from 'yargs';
import { parseTracker } from '../../protocol/invite.js';
import type { RelayAlone, RelayConfig } from '../../tracker/relay/alone.js';
import { defaultSettings } from '../../tracker/settings.js';
import { StartError } from '../../tracker/start-error.js';
import { checkPorts } from '../process/flag-checks.js';
import { LOG_LEVELS } from '../process/log.js';

interface Flags {
  host: string;
  port: number;
  tracker?: string | undefined;
  ca?: string | undefined;
  'public-url'?: string | undefined;
  'tls-cert'?: string | undefined;
  'tls-key'?: string | undefined;
  circuits: number;
  'circuits-per-account': number;
  'circuit-kib-per-second': number;
  'total-kib-per-second': number;
  'mib-per-day': number;
  'slow-kib-per-second': number;
  json: boolean;
  'log-level': string;
}

const { relay: usual } = defaultSettings;
const limit = (described: string, value: number) =>
  ({ type: 'number', default: value, describe: described, group: 'Limits:' }) as const;

const command: CommandModule<object, Flags> = {
  command: 'relay',
  describe: 'Relay for a tracker, on another machine: carries what peers behind routers send each other, sealed',
  builder: (yargs) =>
    yargs
      .option('tracker', {
        type: 'string',
        describe: 'Address of the tracker whose tickets it takes; asked once, at the start',
        conflicts: 'ca',
      })
      .option('ca', { type: 'string', describe: "The tracker's ca.pem instead, so that it need not be asked" })
      .option('host', {
        type: 'string',
        default: '127.0.0.1',
        describe: 'Address to listen on; 0.0.0.0 lets other machines in, and needs --public-url',
      })
      .option('port', { type: 'number', default: 8002, describe: 'Port to listen on; 0 takes a free one' })
      .option('public-url', {
        type: 'string',
        describe: 'As peers reach it, https://relay.example [default: host and port]',
      })
      .option('tls-cert', { type: 'string', describe: 'Certificate for HTTPS, a PEM file', implies: 'tls-key' })
      .option('tls-key', { type: 'string', describe: 'Its private key, a PEM file', implies: 'tls-cert' })
      .option('circuits', limit('Circuits at once', usual.circuits))
      .option('circuits-per-account', limit('Those that one account asked for', usual.circuitsPerAccount))
      .option('circuit-kib-per-second', limit('Of one circuit', usual.circuitKibPerSecond))
      .option('total-kib-per-second', limit('Of all circuits together', usual.totalKibPerSecond))
      .option('mib-per-day', limit('Of an account; beyond it its circuits are slow', usual.mibPerDay))
      .option('slow-kib-per-second', limit('How slow', usual.slowKibPerSecond))
      .option('json', { type: 'boolean', default: false, describe: 'Print one line of JSON on stdout when ready' })
      .option('log-level', { choices: LOG_LEVELS, default: 'info', describe: 'How much to log, on stderr' })
      .example(
        'parley relay --tracker https://chat.example --host 0.0.0.0 --public-url http://203.0.113.7:8002',
        'A relay that everybody reaches',
      )
      .epilogue(
        'The tracker uses it once its address, as printed, stands under "relays" in the tracker\'s settings.json.',
      ),
  handler: run,
};

export default command;

/** Returns when the relay has stopped. Errors: StartError. */
async function run(flags: Flags): Promise<void> {
  const config = configFrom(flags);
  const [{ startRelay }, { createLog }, { stopSignal, unlessStopped }, { watchDescriptors }] = await Promise.all([
    import('../../tracker/relay/alone.js'),
    import('../process/log.js'),
    import('../process/lifecycle.js'),
    import('../process/descriptors.js'),
  ]);
  const log = await createLog(flags['log-level']);
  watchDescriptors(log);
  const stopped = stopSignal();
  const relay = await unlessStopped(startRelay(config, log), stopped);
  if (!relay) return;
  process.stdout.write(
    `${flags.json ? JSON.stringify({ event: 'ready', url: relay.url, ca: relay.ca }) : greeting(relay)}\n`,
  );
  await stopped;
  log.info({}, 'relay stopping');
  await relay.close();
}

function configFrom(flags: Flags): RelayConfig {
  const { host, port } = flags;
  checkPorts({ '--port': port });
  const [certFile, keyFile] = [flags['tls-cert'], flags['tls-key']];
  return {
    ...{ host, port, authority: authorityFrom(flags), publicUrl: publicUrlFrom(flags['public-url']) },
    tls: certFile !== undefined && keyFile !== undefined ? { certFile, keyFile } : undefined,
    limits: {
      circuits: atLeastOne('--circuits', flags.circuits),
      circuitsPerAccount: atLeastOne('--circuits-per-account', flags['circuits-per-account']),
      circuitKibPerSecond: atLeastOne('--circuit-kib-per-second', flags['circuit-kib-per-second']),
      totalKibPerSecond: atLeastOne('--total-kib-per-second', flags['total-kib-per-second']),
      mibPerDay: atLeastOne('--mib-per-day', flags['mib-per-day']),
      slowKibPerSecond: atLeastOne('--slow-kib-per-second', flags['slow-kib-per-second']),
    },
  };
}

function authorityFrom({ tracker, ca }: Flags): RelayConfig['authority'] {
  if (ca !== undefined) return { file: ca };
  if (tracker === undefined)
    throw new StartError(
      'Say whose relay it is: --tracker http://192.168.1.5:8001, or --ca with the ca.pem of the tracker.',
    );
  const address = parseTracker(tracker);
  if (address === undefined)
    throw new StartError(`"${tracker}" is no address of a tracker. Write it as http://192.168.1.5:8001.`);
  return { tracker: new URL(address) };
}

function publicUrlFrom(text: string | undefined): URL | undefined {
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^(?:https?|wss?):$/.test(url.protocol)) return url;
  throw new StartError(`"${text}" is no address that peers could open. Write --public-url https://relay.example.`);
}

function atLeastOne(flag: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 1 && value <= 1_000_000) return value;
  throw new StartError(`${flag} is a whole number from 1 to 1000000.`);
}

function greeting({ url }: RelayAlone): string {
  return [
    `The relay is ready at ${url}.`,
    `The tracker uses it once its settings.json says: "relays": [${JSON.stringify(url)}]`,
    'Stop it with Ctrl-C.',
  ].join('\n');
}
