/** `parley proxy`: flags, and what is printed. Everything else is loaded when it starts. */
import type { CommandModule } from 'yargs';
import { defaultProxyTimings, POLICIES, type Policy, type ProxyConfig } from '../../tracker/proxy/config.js';
import type { Proxy } from '../../tracker/proxy/proxy.js';
import { StartError } from '../../tracker/start-error.js';
import { LOG_LEVELS } from '../process/log.js';
import { certificateToTrust, checkPorts } from '../process/flag-checks.js';

interface Flags {
  host: string;
  port: number;
  backend: string[];
  balance: Policy;
  'backend-ca'?: string | undefined;
  'tls-cert'?: string | undefined;
  'tls-key'?: string | undefined;
  'trust-proxy'?: string[] | undefined;
  'metrics-port'?: number | undefined;
  'metrics-host': string;
  timeout: number;
  json: boolean;
  'log-level': string;
}

const command: CommandModule<object, Flags> = {
  command: 'proxy',
  describe: 'One address for several trackers: the next one takes over when one fails',
  builder: (yargs) =>
    yargs
      .option('backend', {
        type: 'string',
        array: true,
        demandOption: 'Name the trackers behind the proxy: --backend http://127.0.0.1:8001.',
        describe: 'Address of a tracker, once for each; they share their CA, so each began as a copy of the first',
      })
      .option('host', {
        type: 'string',
        default: '127.0.0.1',
        describe: 'Address to listen on; 0.0.0.0 lets other machines in',
      })
      .option('port', { type: 'number', default: 8080, describe: 'Port to listen on; 0 takes a free one' })
      .option('balance', {
        choices: POLICIES,
        default: 'failover' as const,
        describe:
          'Who gets a new session: one tracker as long as it answers (users of trackers that share no data only meet there), each in turn, or the one with the fewest connections',
      })
      .option('backend-ca', { type: 'string', describe: 'Certificate to trust at an https tracker, a PEM file' })
      .option('tls-cert', { type: 'string', describe: 'Certificate for HTTPS, a PEM file', implies: 'tls-key' })
      .option('tls-key', { type: 'string', describe: 'Its private key, a PEM file', implies: 'tls-cert' })
      .option('trust-proxy', {
        type: 'string',
        array: true,
        describe: 'A proxy before this one whose X-Forwarded-* headers are believed: address, CIDR block, or loopback',
      })
      .option('timeout', {
        type: 'number',
        default: defaultProxyTimings.answer / 1000,
        describe: 'Seconds that a tracker may take to answer',
      })
      .option('metrics-port', {
        type: 'number',
        describe: 'Port on which /metrics (Prometheus) and /healthz are served [default: none]',
      })
      .option('metrics-host', { type: 'string', default: '127.0.0.1', describe: 'Address of that port' })
      .option('json', { type: 'boolean', default: false, describe: 'Print one line of JSON on stdout when ready' })
      .option('log-level', { choices: LOG_LEVELS, default: 'info', describe: 'How much to log, on stderr' })
      .example(
        'parley proxy --backend http://10.0.0.5:8001 --backend http://10.0.0.6:8001',
        'Two trackers, one address',
      )
      .epilogue(
        'The trackers believe what it says of clients when they are started with --trust-proxy and its address.',
      ),
  handler: run,
};

export default command;

/** Returns when the proxy has stopped. Errors: StartError, ParleyError. */
async function run(flags: Flags): Promise<void> {
  const [{ startProxy }, { createLog }, { stopSignal, unlessStopped }, { watchDescriptors }] = await Promise.all([
    import('../../tracker/proxy/proxy.js'),
    import('../process/log.js'),
    import('../process/lifecycle.js'),
    import('../process/descriptors.js'),
  ]);
  const config = await configFrom(flags);
  const log = await createLog(flags['log-level']);
  watchDescriptors(log);
  const stopped = stopSignal();
  const proxy = await unlessStopped(startProxy(config, log), stopped);
  if (!proxy) return;
  process.stdout.write(`${flags.json ? JSON.stringify(facts(proxy)) : greeting(proxy)}\n`);
  await stopped;
  log.info({}, 'proxy stopping: requests under way are answered');
  await proxy.close();
}

async function configFrom(flags: Flags): Promise<ProxyConfig> {
  const { host, port, balance: policy, backend, timeout } = flags;
  checkPorts({ '--port': port, '--metrics-port': flags['metrics-port'] });
  if (!(timeout > 0 && timeout <= 3600)) throw new StartError('--timeout is a number of seconds, up to 3600.');
  const [certFile, keyFile, caFile] = [flags['tls-cert'], flags['tls-key'], flags['backend-ca']];
  return {
    ...{ host, port, policy },
    backends: backend.flatMap((list) => list.split(',')).filter((one) => one !== ''),
    backendCa: await certificateToTrust(caFile, '--backend-ca'),
    tls: certFile !== undefined && keyFile !== undefined ? { certFile, keyFile } : undefined,
    trustedProxies: (flags['trust-proxy'] ?? []).flatMap((list) => list.split(',')).filter((one) => one !== ''),
    metrics:
      flags['metrics-port'] === undefined ? undefined : { host: flags['metrics-host'], port: flags['metrics-port'] },
    timings: { ...defaultProxyTimings, answer: timeout * 1000 },
  };
}

const facts = ({ url, metricsUrl, backends }: Proxy) => ({
  ...{ event: 'ready', url, metrics: metricsUrl },
  backends: backends.map(({ name, isUp }) => ({ url: name, up: isUp })),
});

function greeting({ url, metricsUrl, backends }: Proxy): string {
  const each = backends.map(({ name, isUp, reason }) => `  ${name}  ${isUp ? 'answers' : `is not used: ${reason}`}`);
  const metrics = metricsUrl === undefined ? [] : [`Metrics: ${metricsUrl}`];
  return [`The proxy is ready at ${url} for:`, ...each, ...metrics, 'Stop it with Ctrl-C.'].join('\n');
}
