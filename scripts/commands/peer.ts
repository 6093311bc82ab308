/** `parley peer`: flags, and what is printed. Everything else is loaded when it starts. */
import type { CommandModule } from 'yargs';
import type { Log } from '../../peer/services.js';
import { LOG_LEVELS } from '../process/log.js';
import { checkFlags, type PeerFlags } from '../process/peer-flags.js';
import type { KnownProfile, NewProfile } from '../process/profile-choice.js';

const command: CommandModule<object, PeerFlags> = {
  command: 'peer',
  describe: "Start one user's peer: history, links to the others, and the UI in the browser",
  builder: (yargs) =>
    yargs
      .option('username', {
        type: 'string',
        describe: 'Whose peer this is [default: as last time; at first, the browser asks]',
      })
      .option('invite', { type: 'string', describe: 'The link that somebody sent you, in quotes' })
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
        describe:
          'Address of the tracker; several are tried in turn [default: as last time, else http://127.0.0.1:8001]',
      })
      .option('tracker-ca', { type: 'string', describe: 'Certificate to trust at an https tracker, a PEM file' })
      .option('device-name', {
        type: 'string',
        describe:
          'What this device is called until you rename it [default: as before; at first, the name of this machine]',
      })
      .option('host', {
        type: 'string',
        describe: 'Address that other peers connect to [default: this machine alone if the tracker is on it, else all]',
      })
      .option('lan', {
        type: 'boolean',
        describe: 'Find other peers on the local network [default: yes, unless --host is this machine alone]',
      })
      .option('port-mapping', {
        type: 'boolean',
        default: true,
        describe: 'Ask the router (NAT-PMP, UPnP) to let other peers in; --no-port-mapping: do not',
      })
      .option('relay-only', {
        type: 'boolean',
        describe:
          'Tell nobody the address of this computer: all links go through the tracker; --no-relay-only: no longer [default: as before]',
      })
      .option('peer-port', {
        type: 'number',
        default: 9101,
        describe: 'Port that other peers connect to; 0 takes a free one',
      })
      .option('ui-host', { type: 'string', default: '127.0.0.1', describe: 'Address of the UI' })
      .option('ui-port', { type: 'number', describe: 'Port of the UI [default: the peer port + 10000]' })
      .option('irc-port', {
        type: 'number',
        describe: 'Port of IRC for clients of this machine, such as irssi and WeeChat [default: none]',
      })
      .option('grpc-port', { type: 'number', describe: 'Port of gRPC for programs [default: none]' })
      .option('grpc-host', {
        type: 'string',
        default: '127.0.0.1',
        describe: 'Address of gRPC; off this machine it speaks TLS',
      })
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
async function run(flags: PeerFlags): Promise<void> {
  checkFlags(flags);
  const [
    { startRestartingPeer },
    { createLog },
    { abortAt, stopSignal, surviveDamage, unlessStopped },
    { chooseProfile },
    { configFor },
    { prepareDataDir },
    { watchDescriptors },
  ] = await Promise.all([
    import('../../peer/restart.js'),
    import('../process/log.js'),
    import('../process/lifecycle.js'),
    import('../process/profile-choice.js'),
    import('../process/peer-config.js'),
    import('../process/data-dir.js'),
    import('../process/descriptors.js'),
  ]);
  if (flags['data-dir'] !== undefined) await prepareDataDir(flags['data-dir']);
  const log = await createLog(flags['log-level']);
  watchDescriptors(log);
  const profile = await chooseProfile(flags, log);
  const stopped = stopSignal();
  surviveDamage(process);
  const chosen = 'username' in profile ? { profile, flags } : await setUp(flags, profile, log, stopped);
  if (!chosen) return;
  // A person may have to type a password for it.
  const config = await unlessStopped(configFor(chosen.flags, chosen.profile), stopped);
  if (!config) return;
  const stopping = abortAt(stopped);
  const peer = await startRestartingPeer({ ...config, stopping }, log);
  const { username, ui, login, p2p, irc, grpc } = peer.ready;
  const ircLine = irc === undefined ? '' : `  IRC:              localhost port ${irc}, without TLS\n`;
  const tls = grpc?.certificate === undefined ? 'without TLS' : `with TLS, certificate ${grpc.certificate}`;
  const grpcLine = grpc === undefined ? '' : `  gRPC:             ${grpc.host} port ${grpc.port}, ${tls}\n`;
  const ready = flags.json
    ? JSON.stringify({ event: 'ready', username, ui, login, p2p, irc, grpc })
    : `${username} is ready.\n  UI:               ${ui}\n  opens signed in:  ${login}\n${ircLine}${grpcLine}Stop with Ctrl-C.`;
  if (!stopping.aborted) process.stdout.write(`${ready}\n`);
  await Promise.race([stopped, peer.failed]);
  log.info({}, 'peer stopping');
  await peer.close();
}

/** The profile that a person sets up in the browser, and what holds of the flags then; undefined when the process is to stop before. */
async function setUp(
  flags: PeerFlags,
  fresh: NewProfile,
  log: Log,
  stopped: Promise<void>,
): Promise<{ profile: KnownProfile; flags: PeerFlags } | undefined> {
  const [{ startSetup }, { setupFor }] = await Promise.all([
    import('../../peer/setup/setup.js'),
    import('../process/peer-config.js'),
  ]);
  const setup = await startSetup(await setupFor(flags, fresh), log);
  const { ui, link } = setup;
  const text =
    'Parley is not set up yet. Open this link in a browser on this machine; it works once:\n' +
    `  ${link}\nStop with Ctrl-C.`;
  process.stdout.write(`${flags.json ? JSON.stringify({ event: 'setup', ui, link }) : text}\n`);
  const profile = await Promise.race([setup.done, stopped.then(() => undefined)]);
  await setup.close();
  // The name of the device was only proposed: what the person has made of it is kept with the profile.
  return profile && { profile, flags: { ...flags, 'ui-port': setup.port, 'device-name': undefined } };
}
