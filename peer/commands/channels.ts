/** Channels: to list, join, leave and describe them. */
import { channelSkeleton } from '../../protocol/confusable.js';
import { ParleyError } from '../../protocol/errors.js';
import type { ChannelName } from '../../protocol/ids.js';
import { PERMANENT_CHANNELS } from '../../protocol/limits.js';
import type { ChannelView } from '../../protocol/local-api.js';
import { channelNamed } from './arguments.js';
import type { CommandsOf } from './command.js';
import { oneByOne } from './one-by-one.js';

const permanent: ReadonlySet<string> = new Set(PERMANENT_CHANNELS);

export const channelCommands: CommandsOf<'channel'> = {
  'channel.list': async ({ people }) => ({ channels: people.channels() }),

  /** @throws bad_channel, channel_confusable, channel_archived, channel_deleted */
  'channel.join': async (services, { channel }) => {
    const name = channelNamed(services, channel);
    checkLooks(name, services.people.channels());
    return { conversation: await services.membership.join(name) };
  },

  /** @throws bad_channel, permanent_channel, not_member */
  'channel.leave': async (services, args) => {
    const channel = channelNamed(services, args.channel);
    if (permanent.has(channel)) throw new ParleyError('permanent_channel');
    await oneByOne(services, `leave ${channel}`, async () => {
      if (!services.membership.joined().includes(channel)) throw new ParleyError('not_member');
      await services.membership.leave(channel);
    });
    return {};
  },

  /** @throws bad_channel, not_member, bad_request, channel_archived, channel_deleted */
  'channel.topic': async (services, { channel, topic }) => {
    const name = channelNamed(services, channel);
    await oneByOne(services, `topic ${name}`, () => services.membership.setTopic(name, topic));
    return {};
  },
};

/** As the tracker checks it: it may be away, and the channel is made here at once. */
function checkLooks(name: ChannelName, known: readonly Pick<ChannelView, 'name' | 'title'>[]): void {
  if (known.some((one) => one.name === name)) return;
  const skeleton = channelSkeleton(name);
  const isAlike = (one: string): boolean => channelSkeleton(one) === skeleton;
  const other = known.find((one) => isAlike(one.name) || (one.title !== undefined && isAlike(one.title)));
  if (!other) return;
  const text = `#${name} looks too much like #${other.title ?? other.name}, which exists. Join that one, or choose a name that differs more.`;
  throw new ParleyError('channel_confusable', text);
}
