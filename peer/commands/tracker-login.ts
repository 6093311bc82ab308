import type { Command } from './command.js';

/** @throws invalid_credentials, tracker_unreachable, rate_limited */
export const trackerLogin: Command<'tracker.login'> = async ({ account }, { password }) => {
  await account.login(password, false);
  return {};
};
