import { channelSkeleton } from '../../protocol/confusable.js';
import { ParleyError } from '../../protocol/errors.js';
import type { ChannelName } from '../../protocol/ids.js';
import { channelArgument } from './arguments.js';
import type { Command } from './command.js';

/** @throws bad_channel, channel_confusable */
export const channelJoin: Command<'channel.join'> = async (services, { channel }) => {
  const name = channelArgument(channel);
  checkLooks(name, services.people.channels());
  return { conversation: await services.membership.join(name) };
};

/** As the tracker checks it: it may be away, and the channel is made here at once. */
function checkLooks(name: ChannelName, known: readonly { readonly name: string }[]): void {
  if (known.some((one) => one.name === name)) return;
  const skeleton = channelSkeleton(name);
  const other = known.find((one) => channelSkeleton(one.name) === skeleton);
  if (!other) return;
  const text = `#${name} looks too much like #${other.name}, which exists. Join that one, or choose a name that differs more.`;
  throw new ParleyError('channel_confusable', text);
}
