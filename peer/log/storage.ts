/** The log's storage on the peer's SQLite store. */
import { ParleyError } from '../../protocol/errors.js';
import type { Entry } from '../../protocol/entry.js';
import type { ConversationId, DeviceId, EntryId } from '../../protocol/ids.js';
import type { Newest } from '../../protocol/time.js';
import type { BucketRows } from './buckets.js';
import type { Store } from '../store/store.js';
import type { LogStorage, Lowered } from './ports.js';

export function logStorage(store: Store, now: () => number): LogStorage {
  const { entries, arrivals, idempotencyKeys, durability } = store;
  const { placement } = entries;
  const { missing } = store.pruning;
  const lower = (conversation: ConversationId, device: DeviceId, limit: number): Lowered => {
    let lowered: Lowered = { moved: false, ahead: false };
    entries.transaction(() => (lowered = placement.settle(conversation, device, limit)));
    return lowered;
  };
  return {
    ends: () => entries.ends(),
    newest: (conversation, atMost, but): Newest | undefined => entries.newest(conversation, atMost, but),
    replacing: (conversation, device) => placement.replacing(conversation, device),
    lastPlace: (conversation, device) => placement.lastPlace(conversation, device),
    ahead: (limit) => placement.ahead(limit),
    lower,
    idAt: (conversation: ConversationId, device: DeviceId, seq: number) => entries.idAt(conversation, device, seq),
    buckets: () => store.buckets.load(now()),
    write(added: readonly Entry[], marks: ReadonlyMap<string, EntryId>, buckets?: BucketRows) {
      entries.transaction(() => {
        entries.insert(...added);
        for (const [client, id] of marks) idempotencyKeys.save(client, id, now());
        if (buckets) store.buckets.save(buckets, now());
      });
      store.committed();
    },
    sync(done, urgent) {
      const synced = arrivals.syncing();
      durability.sync((error) => {
        if (!error) synced();
        done(error);
      }, urgent);
    },
    contents: {
      get size() {
        return missing.size;
      },
      logs: () => missing.logs(),
      next: (conversation, device, from) => missing.next(conversation, device, from),
      edit: (conversation, device) => missing.edit(conversation, device),
      takes: (entry) => missing.takes(entry),
      fill(filled) {
        missing.fill(filled);
        store.committed();
      },
    },
    posted(client: string): Entry | undefined {
      const id = idempotencyKeys.find(client);
      if (id === undefined) return undefined;
      const entry = store.entry(id);
      if (!entry) throw new ParleyError('storage_failed', 'A post is marked as written but its entry is not here.');
      return entry;
    },
  };
}
