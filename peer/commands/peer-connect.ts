import { ParleyError } from '../../protocol/errors.js';
import { usernameArgument } from './arguments.js';
import type { Command } from './command.js';

const HOST_MAX = 255;

/** Answers once the address was tried. @throws bad_name, bad_request, and the reason why there is no link */
export const peerConnect: Command<'peer.connect'> = async (services, { username, host, port }) => {
  if (host.length > HOST_MAX || !/^[A-Za-z0-9.:_%-]+$/.test(host)) {
    throw new ParleyError('bad_request', 'host must be a host name or an IP address.');
  }
  await services.people.connect(usernameArgument(username), host, port);
  return {};
};
