/** The flags of `parley peer` as they are typed, and what can be said against them before anything is loaded. */
import { ParleyError } from '../../protocol/errors.js';
import { parseUsername } from '../../protocol/ids.js';
import { parseTracker } from '../../protocol/invite.js';

export interface PeerFlags {
  username?: string | undefined;
  invite?: string | undefined;
  register: boolean;
  'password-stdin': boolean;
  password?: string | undefined;
  tracker?: string[] | undefined;
  'tracker-ca'?: string | undefined;
  host?: string | undefined;
  lan?: boolean | undefined;
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
  const { username, tracker = [] } = flags;
  if (username !== undefined && !parseUsername(username)) throw new ParleyError('bad_name');
  if (username?.startsWith('-') === true) {
    throw new ParleyError(
      'bad_name',
      `"${username}" reads as a flag. Choose a --username that begins with none of "-".`,
    );
  }
  const wrong = tracker.find((address) => parseTracker(address) === undefined);
  if (wrong !== undefined) {
    const next = 'Write one like http://192.168.1.5:8001 after --tracker.';
    throw new ParleyError('bad_request', `"${wrong}" is not the address of a tracker. ${next}`);
  }
  for (const [flag, port] of [
    ['--peer-port', flags['peer-port']],
    ['--ui-port', flags['ui-port'] ?? 0],
    ['--irc-port', flags['irc-port'] ?? 0],
    ['--grpc-port', flags['grpc-port'] ?? 0],
  ] as const) {
    if (!Number.isInteger(port) || port < 0 || port > 65_535) {
      throw new ParleyError('bad_request', `A port is a number from 0 to 65535. Choose another one with ${flag}.`);
    }
  }
}
