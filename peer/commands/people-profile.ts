import { sameUser, type Username } from '../../protocol/ids.js';
import { usernameArgument } from './arguments.js';
import type { Command } from './command.js';

/** Of somebody who has said nothing of themself: their name alone. @throws bad_name */
export const peopleProfile: Command<'people.profile'> = async ({ people, profiles }, { username }) => {
  const name = usernameArgument(username);
  const known = people.list().find((person) => sameUser(person.username as Username, name));
  return { profile: profiles.of((known?.username ?? name) as Username) };
};
