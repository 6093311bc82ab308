import { ParleyError } from '../../protocol/errors.js';
import { PERMANENT_CHANNELS } from '../../protocol/limits.js';
import { channelArgument } from './arguments.js';
import type { Command } from './command.js';

const permanent: ReadonlySet<string> = new Set(PERMANENT_CHANNELS);

/** @throws bad_channel, permanent_channel, not_member */
export const channelLeave: Command<'channel.leave'> = async (services, args) => {
  const channel = channelArgument(args.channel);
  if (permanent.has(channel)) throw new ParleyError('permanent_channel');
  if (!services.membership.joined().includes(channel)) throw new ParleyError('not_member');
  await services.membership.leave(channel);
  return {};
};
