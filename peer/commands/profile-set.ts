import type { Command } from './command.js';

/** @throws bad_request, and what the writer refuses with */
export const profileSet: Command<'profile.set'> = async ({ profiles }, change) => ({
  profile: await profiles.set(change),
});
