/** `parley gateway`: flags, and what is printed. Everything else is loaded when it starts. */
import { setFlagsFromString } from 'node:v8';
import type { CommandModule } from 'yargs';
import type { RunningGateway } from '../../peer/gateway/gateway.js';
import type { GatewayFlags } from '../process/gateway-config.js';
import { LOG_LEVELS } from '../process/log.js';

const command: CommandModule<object, GatewayFlags> = {
  command: 'gateway',
  describe: 'Host peers for those who cannot run one: phones, guests, classrooms',
  builder: (yargs) =>
    yargs
      .option('tracker', {
        type: 'string',
        array: true,
        describe: 'Address of the tracker; several are tried in turn [default: one of its own, started with it]',
      })
      .option('tracker-ca', { type: 'string', describe: 'Certificate to trust at an https tracker, a PEM file' })
      .option('host', {
        type: 'string',
        default: '127.0.0.1',
        describe: 'Address to listen on; 0.0.0.0 lets other machines in',
      })
      .option('web-port', { type: 'number', default: 8000, describe: 'Port of the pages; 0 takes a free one' })
      .option('ws-port', { type: 'number', default: 8765, describe: 'Port of WebSockets' })
      .option('line-port', { type: 'number', default: 12345, describe: 'Port of lines of text, for nc and scripts' })
      .option('irc-port', { type: 'number', default: 6697, describe: 'Port of IRC, over TLS' })
      .option('grpc-port', { type: 'number', describe: 'Port of gRPC, over TLS [default: none]' })
      .option('peer-port', { type: 'number', default: 9100, describe: 'Port that other peers connect to' })
      .option('tracker-port', { type: 'number', default: 8001, describe: 'Port of its own tracker' })
      .option('guests', {
        type: 'boolean',
        describe:
          'Its own tracker lets guests in, without an account and for one visit each [default: as its settings.json says]',
      })
      .option('data-dir', {
        type: 'string',
        describe: "Where its users' data are kept [default: the platform's data directory]",
      })
      .option('tls-cert', { type: 'string', describe: 'Certificate for TLS, a PEM file [default: self-made]' })
      .option('tls-key', { type: 'string', describe: 'Its private key, a PEM file' })
      .implies({ 'tls-cert': 'tls-key', 'tls-key': 'tls-cert' })
      .option('plain', {
        type: 'boolean',
        describe: 'Answer also without TLS [default: lines always, pages and WebSockets on this machine alone]',
      })
      .option('allow-host', {
        type: 'string',
        array: true,
        default: [],
        describe: 'Further names by which browsers may open the pages',
      })
      .option('idle', {
        type: 'number',
        default: 60,
        describe: 'Seconds for which a peer stays awake when its user has left',
      })
      .option('json', { type: 'boolean', default: false, describe: 'Print one line of JSON on stdout when ready' })
      .option('log-level', { choices: LOG_LEVELS, default: 'info', describe: 'How much to log, on stderr' }),
  handler: run,
};

export default command;

/**
 * How far the heap may grow over what was in use at the last full collection, percent. V8 chooses up to three times as much again by itself, which
 * with hundreds of peers is most of the memory of the process. A full collection costs 30 ms for 200 of them, and comes every few seconds under load.
 */
const HEAP_GROWTH_PERCENT = 60;

/** Returns when the gateway has stopped. */
async function run(flags: GatewayFlags): Promise<void> {
  const [{ startGateway }, { createLog }, { stopSignal, surviveDamage }, configs, { watchDescriptors }] =
    await Promise.all([
      import('../../peer/gateway/gateway.js'),
      import('../process/log.js'),
      import('../process/lifecycle.js'),
      import('../process/gateway-config.js'),
      import('../process/descriptors.js'),
    ]);
  configs.checkGatewayFlags(flags);
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH_PERCENT}`);
  const dataDir = await configs.gatewayDataDir(flags);
  const log = await createLog(flags['log-level']);
  watchDescriptors(log);
  const stopped = stopSignal();
  surviveDamage(process);
  const own = await configs.startOwnTracker(flags, dataDir, log);
  let gateway: RunningGateway | undefined;
  try {
    const config = await configs.gatewayConfig(flags, dataDir, own);
    gateway = await startGateway(config, log);
    const ready = flags.json
      ? JSON.stringify({ event: 'ready', ...configs.facts(gateway.addresses, config, own) })
      : await configs.greeting(gateway.addresses, config, own);
    process.stdout.write(`${ready}\n`);
    void configs.lookForTracker(config, log);
    await stopped;
    log.info({}, 'gateway stopping');
  } finally {
    await gateway?.close();
    await own?.close();
  }
}
