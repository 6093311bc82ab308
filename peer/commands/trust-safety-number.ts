import { usernameArgument } from './arguments.js';
import type { Command } from './command.js';

/** @throws bad_name, unknown_user when no device of theirs has been seen */
export const trustSafetyNumber: Command<'trust.safety_number'> = async (services, { username }) =>
  services.trust.safetyNumber(usernameArgument(username));
