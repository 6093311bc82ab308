/** Other people: to find and invite them, what they say of themselves, what the user chose of them, and who they really are. */
import { ParleyError } from '../../protocol/errors.js';
import type { Username } from '../../protocol/ids.js';
import { usernameArgument } from './arguments.js';
import type { CommandsOf } from './command.js';

const HOST_MAX = 255;

export const peopleCommands: CommandsOf<'people' | 'peer' | 'invite' | 'trust'> = {
  'people.list': async ({ people }) => ({ people: people.list(), blocked: people.blocked() }),

  'people.find': async ({ people }, { query }) => {
    const found = await people.search(query);
    people.watch(found.people.map(({ username }) => username as Username));
    return found;
  },

  /** @throws bad_name */
  'people.watch': async ({ people }, { usernames }) => {
    people.watch(usernames.map((username) => usernameArgument(username)));
    return {};
  },

  /** Of somebody who has said nothing of themself: their name alone. @throws bad_name, unknown_user, user_unchecked */
  'people.profile': async ({ people, profiles }, { username }) => {
    const name = usernameArgument(username);
    people.watch([name]);
    return { profile: profiles.of((people.person(name)?.username ?? name) as Username) };
  },

  /** @throws bad_name, bad_request, unknown_user, user_unchecked */
  'people.settings': async ({ people }, { username, ...choice }) => {
    people.choose(usernameArgument(username), choice);
    return {};
  },

  /** Answers once the address was tried. @throws bad_name, bad_request, and the reason why there is no link */
  'peer.connect': async (services, { username, host, port }) => {
    if (host.length > HOST_MAX || !/^[A-Za-z0-9.:_%-]+$/.test(host)) {
      throw new ParleyError('bad_request', 'host must be a host name or an IP address.');
    }
    await services.people.connect(usernameArgument(username), host, port);
    return {};
  },

  /** @throws unavailable, and for a code not_admin, tracker_unreachable */
  'invite.make': async ({ invites }, wanted) => ({ invite: await invites.make(wanted) }),

  /** @throws bad_name, unknown_user when no device of theirs has been seen */
  'trust.safety_number': async ({ trust }, { username }) => trust.safetyNumber(usernameArgument(username)),

  /** @throws bad_name, unknown_user, bad_request when `number` is no longer theirs */
  'trust.verify': async ({ trust }, { username, verified, number }) => {
    await trust.verify(usernameArgument(username), verified, number);
    return {};
  },
};
