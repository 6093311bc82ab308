import { channelArgument } from './arguments.js';
import type { Command } from './command.js';

/** @throws bad_channel, not_member, bad_request */
export const channelTopic: Command<'channel.topic'> = async ({ membership }, { channel, topic }) => {
  await membership.setTopic(channelArgument(channel), topic);
  return {};
};
