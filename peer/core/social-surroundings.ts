/** What the core's social part is given of the rest of the peer. */
import type { ChannelName } from '../../protocol/ids.js';
import type { Directory } from '../people/directory.js';
import { TopicApi } from '../tracker-client/topic-api.js';
import type { TrackerClient } from '../tracker-client/tracker-client.js';
import type { Personal } from './personal.js';
import type { SocialOptions } from './social.js';

export function socialSurroundings(
  personal: Personal,
  directory: Directory,
  tracker: TrackerClient,
): SocialOptions['social'] {
  const topics = new TopicApi((call) => tracker.ask(call));
  return {
    ownStatus: () => personal.status,
    tellTyping: personal.tellTyping,
    blocked: personal.blocked,
    blocksSome: () => personal.people.blocked().length > 0,
    everybody: () => directory.usernames(),
    listed: (channel) => directory.listed(channel),
    status: (device, status) => directory.status(device, status),
    profileChanged: (username) => directory.changed(username),
    channelChanged: (channel) => directory.channelChanged(channel),
    tellTopic: (channel: ChannelName, topic) => topics.set(channel, topic),
  };
}
