import type { Command } from './command.js';

export const inviteMake: Command<'invite.make'> = async ({ invites }) => ({ invite: await invites.make() });
