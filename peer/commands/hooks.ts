/** Webhooks: made, listed, revoked. */
import { ParleyError } from '../../protocol/errors.js';
import { conversationArgument } from './arguments.js';
import type { CommandsOf } from './command.js';

export const hookCommands: CommandsOf<'hook'> = {
  'hook.list': async ({ hooks }) => ({ hooks: hooks.list() }),

  /** The secret is told this once. @throws bad_request, not_member, unknown_user */
  'hook.create': async (services, { direction, name, url, mentions = false, local = false, ...args }) => {
    const conversation =
      args.conversation === undefined ? undefined : conversationArgument(services, args.conversation);
    if (direction === 'in' && conversation === undefined)
      throw new ParleyError('bad_request', 'hook.create: conversation is missing. Say where the hook posts.');
    return services.hooks.create({ direction, name, conversation, url, mentions, local });
  },

  /** @throws not_found */
  'hook.revoke': async ({ hooks }, { hook }) => {
    await hooks.revoke(hook);
    return {};
  },
};
