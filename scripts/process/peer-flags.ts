/** The flags of `parley peer` as they are typed, and what can be said against them before anything is loaded. */
import { deviceName } from '../../protocol/device-name.js';
import { ParleyError } from '../../protocol/errors.js';
import { parseUsername } from '../../protocol/ids.js';
import { DEVICE_NAME_MAX } from '../../protocol/limits.js';
import { checkPorts, checkTrackers } from './flag-checks.js';

export interface PeerFlags {
  username?: string | undefined;
  invite?: string | undefined;
  register: boolean;
  'password-stdin': boolean;
  password?: string | undefined;
  tracker?: string[] | undefined;
  'tracker-ca'?: string | undefined;
  'device-name'?: string | undefined;
  host?: string | undefined;
  lan?: boolean | undefined;
  'port-mapping': boolean;
  'relay-only'?: boolean | undefined;
  'peer-port': number;
  'ui-host': string;
  'ui-port'?: number | undefined;
  'irc-port'?: number | undefined;
  'grpc-port'?: number | undefined;
  'grpc-host': string;
  'allow-host': string[];
  'data-dir'?: string | undefined;
  'link-timeout': number;
  keylog?: string | undefined;
  json: boolean;
  'log-level': string;
}

/** @throws ParleyError bad_name, bad_request */
export function checkFlags(flags: PeerFlags): void {
  const { username, tracker = [], 'device-name': device } = flags;
  if (username !== undefined && !parseUsername(username)) throw new ParleyError('bad_name');
  if (username?.startsWith('-') === true) {
    throw new ParleyError(
      'bad_name',
      `"${username}" reads as a flag. Choose a --username that begins with none of "-".`,
    );
  }
  if (device !== undefined && deviceName(device) === undefined)
    throw new ParleyError('bad_request', `--device-name is 1 to ${DEVICE_NAME_MAX} characters that can be seen.`);
  checkTrackers(tracker);
  checkPorts({
    '--peer-port': flags['peer-port'],
    '--ui-port': flags['ui-port'],
    '--irc-port': flags['irc-port'],
    '--grpc-port': flags['grpc-port'],
  });
}
