import { usernameArgument } from './arguments.js';
import type { Command } from './command.js';

/** @throws bad_name, bad_request, unknown_user, tracker_unreachable */
export const peopleSettings: Command<'people.settings'> = async ({ people }, { username, ...choice }) => {
  const name = usernameArgument(username);
  await people.find(name);
  people.choose(name, choice);
  return {};
};
