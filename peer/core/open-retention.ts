/** What forgetting old messages is given of this peer. */
import { sameUser, userKey, type ConversationId, type UserKey, type Username } from '../../protocol/ids.js';
import type { FileService } from '../files/files.js';
import type { Device } from './device.js';
import { hasOthers } from './pending-book.js';
import type { Receipts } from './receipts.js';
import { Retention } from './retention.js';

export interface RetentionSources {
  readonly receipts: Receipts;
  readonly files: FileService;
  /** Who is in a conversation. */
  readonly membersOf: (id: ConversationId) => readonly string[];
}

const timers = {
  setTimeout: (run: () => void, ms: number) => setTimeout(run, ms).unref(),
  clearTimeout: (timer: unknown) => clearTimeout(timer as NodeJS.Timeout),
};

export function openRetention(device: Device, { receipts, files, membersOf }: RetentionSources): Retention {
  const { identity, store, personal, clocks, internal, log } = device;
  const others = (id: ConversationId): Set<UserKey> => {
    const names = membersOf(id) as readonly Username[];
    return new Set(names.filter((name) => !sameUser(name, identity.username)).map(userKey));
  };
  return new Retention({
    ...{ device: identity.device, pruning: store.pruning, timers },
    conversations: () => store.conversations.all(),
    days: (id) => personal.retention(id) ?? personal.preferences.view().retention,
    // Of notes to oneself nobody says what the user's other devices hold.
    heldByAll: (id) => (hasOthers(id) ? receipts.everywhere(id, others(id)) : undefined),
    now: () => clocks.earliest,
    latest: () => clocks.latest,
    stepped: (shown) => {
      store.committed();
      if (shown.length > 0) files.added([], false, { changed: shown, deleted: true });
    },
    forgot: (ids) => void internal.emit('forgot', ids),
    failed: (err) => log.warn({ err }, 'old messages could not be forgotten'),
  });
}
