import { deviceArgument } from './arguments.js';
import type { Command } from './command.js';

/** @throws bad_request, not_found, forbidden, not_signed_in, tracker_unreachable */
export const devicesRevoke: Command<'devices.revoke'> = async (services, { device }) => {
  await services.trust.revoke(deviceArgument('device', device));
  return {};
};
