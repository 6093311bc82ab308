import type { Username } from '../../protocol/ids.js';
import { usernameArgument } from './arguments.js';
import type { Command } from './command.js';

/** Of somebody who has said nothing of themself: their name alone. @throws bad_name, unknown_user, user_unchecked */
export const peopleProfile: Command<'people.profile'> = async ({ people, profiles }, { username }) => {
  const name = usernameArgument(username);
  return { profile: profiles.of((people.person(name)?.username ?? name) as Username) };
};
