/** The flags of `parley peer` → what a peer is started with. */
import { hostname, platform } from 'node:os';
import { createWriteStream, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beginningOfName, deviceName, platformName } from '../../protocol/device-name.js';
import { ParleyError } from '../../protocol/errors.js';
import type { PeerConfig } from '../../peer/config.js';
import type { SetupOptions } from '../../peer/setup/setup.js';
import { readPassword } from './password.js';
import type { PeerFlags } from './peer-flags.js';
import type { KnownProfile, NewProfile } from './profile-choice.js';
import { certificateToTrust } from './flag-checks.js';

const UI_PORT_OFFSET = 10_000;

export async function configFor(flags: PeerFlags, profile: KnownProfile): Promise<PeerConfig> {
  const { username, trackers, dataDir } = profile;
  // A profile that was signed in before needs no password.
  const known = existsSync(join(dataDir, 'secrets.json'));
  return {
    username,
    trackers,
    host: flags.host,
    lan: flags.lan,
    portMapping: flags['port-mapping'],
    relayOnly: flags['relay-only'],
    peerPort: flags['peer-port'],
    uiHost: flags['ui-host'],
    uiPort: flags['ui-port'],
    ircPort: flags['irc-port'],
    grpc: flags['grpc-port'] === undefined ? undefined : { host: flags['grpc-host'], port: flags['grpc-port'] },
    about: { name: machineName(hostname()), platform: platformName(platform()) },
    deviceName: wantedName(flags),
    uiDir: uiDir(),
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
    trackerCa: (await certificateToTrust(flags['tracker-ca'], '--tracker-ca')) ?? profile.trackerCa,
    invitedCa: profile.invitedCa,
    inviteCode: profile.inviteCode,
    keylog: flags.keylog === undefined ? undefined : openKeylog(flags.keylog),
  };
}

/** @throws ParleyError bad_request for flags that need a profile */
export async function setupFor(flags: PeerFlags, { address, dataDirOf }: NewProfile): Promise<SetupOptions> {
  if (flags.register || flags['password-stdin'] || flags.password !== undefined) {
    throw new ParleyError('bad_request', 'Whose password is that? Say it with --username, or set up in the browser.');
  }
  const port = flags['peer-port'] === 0 ? 0 : flags['peer-port'] + UI_PORT_OFFSET;
  return {
    host: flags['ui-host'],
    port: flags['ui-port'] ?? (port <= 65_535 ? port : 0),
    uiDir: uiDir(),
    allowedHosts: flags['allow-host'],
    p2p: flags['peer-port'] === 0 ? undefined : { host: flags.host ?? '0.0.0.0', port: flags['peer-port'] },
    address,
    trackerCa: await certificateToTrust(flags['tracker-ca'], '--tracker-ca'),
    deviceName: wantedName(flags) ?? machineName(hostname()) ?? platformName(platform()),
    dataDirOf,
  };
}

function wantedName({ 'device-name': given }: PeerFlags): string | undefined {
  return given === undefined ? undefined : deviceName(given);
}

/** The name of this machine without its domain; undefined where it has none of its own. */
export function machineName(host: string): string | undefined {
  const name = host.split('.')[0] ?? '';
  return name.toLowerCase() === 'localhost' ? undefined : beginningOfName(name);
}

function uiDir(): string {
  return fileURLToPath(new URL('../../ui', import.meta.url));
}

/**
 * Appends TLS secrets to a file for the owner alone, in the format that Wireshark reads. Secrets that cannot be written later,
 * as on a full disk, are missing there, which is no reason to stop.
 * @throws the system's error, which names the file
 */
function openKeylog(file: string): (line: Buffer) => void {
  const stream = createWriteStream(file, { fd: openSync(file, 'a', 0o600) });
  stream.on('error', () => undefined);
  return (line) => void stream.write(line);
}
