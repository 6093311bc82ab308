import { channelArgument } from './arguments.js';
import type { Command } from './command.js';

/** @throws bad_channel */
export const channelJoin: Command<'channel.join'> = async (services, { channel }) => ({
  conversation: await services.membership.join(channelArgument(channel)),
});
