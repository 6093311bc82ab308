import { userKey } from '../protocol/ids.js';
import type { Channels } from './channels.js';
import type { Directory } from './directory.js';
import type { Log } from './log.js';

/** Whoever joins or leaves a channel: their peers on the list show it. */
export function keepPeersInChannels(channels: Channels, directory: Directory, log: Log): void {
  channels.watch((change) => {
    if (change.type === 'updated' || directory.keysOf(userKey(change.user)).length === 0) return;
    channels
      .ofUser(change.user)
      .then((names) => directory.setChannels(change.user, names))
      .catch((error: unknown) => log.error({ err: error }, 'membership: the list was not updated'));
  });
}
