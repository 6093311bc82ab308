import { usernameArgument } from './arguments.js';
import type { Command } from './command.js';

/** @throws bad_name, unknown_user, bad_request when `number` is no longer theirs */
export const trustVerify: Command<'trust.verify'> = async (services, { username, verified, number }) => {
  await services.trust.verify(usernameArgument(username), verified, number);
  return {};
};
