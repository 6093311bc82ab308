import type { Command } from './command.js';

/** @throws invalid_credentials, account_unknown, name_taken, tracker_unreachable, rate_limited */
export const trackerLogin: Command<'tracker.login'> = async ({ account }, { password, register = false }) => {
  await account.login(password, register);
  return {};
};

/** @throws certificate_unknown, and as above */
export const trackerAccept: Command<'tracker.accept'> = async ({ account }, { ca, password, register = false }) => {
  await account.accept(ca, password, register);
  return {};
};
