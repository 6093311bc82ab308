/** `parley peer`: flags, and what is printed. Everything else is loaded when it starts. */
import type { CommandModule } from 'yargs';
import { ParleyError } from '../../protocol/errors.js';
import { parseUsername } from '../../protocol/ids.js';
import { defaultDataDir } from '../process/data-dir.js';
import { LOG_LEVELS } from '../process/log-levels.js';
import type { PeerConfig } from '../../peer/config.js';

interface Flags {
  username: string;
  register: boolean;
  'password-stdin': boolean;
  password?: string | undefined;
  tracker: string[];
  'tracker-ca'?: string | undefined;
  host?: string | undefined;
  lan?: boolean | undefined;
  'peer-port': number;
  'ui-host': string;
  'ui-port'?: number | undefined;
  'allow-host': string[];
  'data-dir'?: string | undefined;
  'link-timeout': number;
  keylog?: string | undefined;
  json: boolean;
  'log-level': string;
}

const command: CommandModule<object, Flags> = {
  command: 'peer',
  describe: "Start one user's peer: history, links to the others, and the UI in the browser",
  builder: (yargs) =>
    yargs
      .option('username', { type: 'string', demandOption: true, describe: 'Whose peer this is' })
      .option('register', { type: 'boolean', default: false, describe: 'Make the account at the tracker first' })
      .option('password-stdin', {
        type: 'boolean',
        default: false,
        describe: 'Read the password from the first line of stdin',
      })
      .option('password', {
        type: 'string',
        hidden: true,
        describe: 'The password, as the variable PARLEY_PASSWORD: a flag could be read by others on this machine',
      })
      .option('tracker', {
        type: 'string',
        array: true,
        default: ['http://127.0.0.1:8001'],
        describe: 'Address of the tracker; several are tried in turn',
      })
      .option('tracker-ca', { type: 'string', describe: 'Certificate to trust at an https tracker, a PEM file' })
      .option('host', {
        type: 'string',
        describe: 'Address that other peers connect to [default: this machine alone if the tracker is on it, else all]',
      })
      .option('lan', {
        type: 'boolean',
        describe: 'Find other peers on the local network [default: unless the peer port is for this machine alone]',
      })
      .option('peer-port', {
        type: 'number',
        default: 9101,
        describe: 'Port that other peers connect to; 0 takes a free one',
      })
      .option('ui-host', { type: 'string', default: '127.0.0.1', describe: 'Address of the UI' })
      .option('ui-port', { type: 'number', describe: 'Port of the UI [default: the peer port + 10000]' })
      .option('allow-host', {
        type: 'string',
        array: true,
        default: [],
        describe: 'Further names by which browsers may open the UI',
      })
      .option('data-dir', {
        type: 'string',
        describe: "Where history and keys are kept [default: the platform's data directory]",
      })
      .option('link-timeout', {
        type: 'number',
        default: 45,
        hidden: true,
        describe: 'Seconds of silence after which a link is given up',
      })
      .option('keylog', { type: 'string', describe: 'Write TLS secrets of links to this file, for Wireshark' })
      .option('json', { type: 'boolean', default: false, describe: 'Print one line of JSON on stdout when ready' })
      .option('log-level', {
        choices: LOG_LEVELS,
        default: 'info',
        describe: 'How much to log, on stderr',
      }),
  handler: run,
};

export default command;

/** Returns when the peer has stopped. */
async function run(flags: Flags): Promise<void> {
  const config = await configFrom(flags);
  const [{ startLastingPeer }, { createLog }, { stopSignal }, { outliveDamage }] = await Promise.all([
    import('../../peer/lasting.js'),
    import('../process/log.js'),
    import('../process/stop-signal.js'),
    import('../process/outlive-damage.js'),
  ]);
  const log = await createLog(flags['log-level']);
  const stopped = stopSignal();
  outliveDamage(process);
  const peer = await startLastingPeer(config, log);
  const { username, ui, login, p2p } = peer.ready;
  const ready = flags.json
    ? JSON.stringify({ event: 'ready', username, ui, login, p2p })
    : `${username} is ready.\n  UI:               ${ui}\n  opens signed in:  ${login}\nStop with Ctrl-C.`;
  process.stdout.write(`${ready}\n`);
  await Promise.race([stopped, peer.failed]);
  log.info({}, 'peer stopping');
  await peer.close();
}

async function configFrom(flags: Flags): Promise<PeerConfig> {
  const username = parseUsername(flags.username);
  if (!username) throw new ParleyError('bad_name');
  for (const [flag, port] of [
    ['--peer-port', flags['peer-port']],
    ['--ui-port', flags['ui-port'] ?? 0],
  ] as const) {
    if (!Number.isInteger(port) || port < 0 || port > 65_535) {
      throw new ParleyError('bad_request', `A port is a number from 0 to 65535. Choose another one with ${flag}.`);
    }
  }
  const [{ existsSync }, { readFile }, { openKeylog }, { join }, { fileURLToPath }, { readPassword }] =
    await Promise.all([
      import('node:fs'),
      import('node:fs/promises'),
      import('../process/keylog.js'),
      import('node:path'),
      import('node:url'),
      import('../process/password.js'),
    ]);
  const ca = flags['tracker-ca'];
  const dataDir = flags['data-dir'] ?? (await defaultDataDir('peers', username.toLowerCase()));
  // Who was signed in before is asked for nothing.
  const known = existsSync(join(dataDir, 'secrets.json'));
  return {
    username,
    trackers: flags.tracker,
    host: flags.host,
    lan: flags.lan,
    peerPort: flags['peer-port'],
    uiHost: flags['ui-host'],
    uiPort: flags['ui-port'],
    uiDir: fileURLToPath(new URL('../../ui', import.meta.url)),
    dataDir,
    password: await readPassword({
      given: flags.password,
      stdin: flags['password-stdin'],
      ask: !flags.json && (flags.register || !known),
      prompt: `Password of ${username} (Enter: sign in in the browser): `,
    }),
    register: flags.register,
    allowedHosts: flags['allow-host'],
    linkTimeoutMs: Math.max(1, flags['link-timeout']) * 1000,
    trackerCa: ca === undefined ? undefined : await readFile(ca, 'utf8'),
    keylog: flags.keylog === undefined ? undefined : openKeylog(flags.keylog),
  };
}
