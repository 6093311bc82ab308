import { usernameArgument } from './arguments.js';
import type { Command } from './command.js';

/** @throws bad_name, bad_request, unknown_user, user_unchecked */
export const peopleSettings: Command<'people.settings'> = async ({ people }, { username, ...choice }) => {
  const name = usernameArgument(username);
  people.choose(name, choice);
  return {};
};
