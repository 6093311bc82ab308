/** The device's log as mesh and senders see it: the log itself, and what of it is durable. */
import type { Entry } from '../../protocol/entry.js';
import type { ConversationId, DeviceId } from '../../protocol/ids.js';
import type { DurableHeads } from '../log/heads.js';
import type { Log } from '../log/log.js';
import type { MeshLog } from './mesh-options.js';
import type { SenderLog } from './sender.js';

export function meshLog(
  log: Log,
  heads: DurableHeads,
  facts?: Pick<MeshLog, 'knows' | 'isFormer' | 'pruned' | 'contents'>,
): MeshLog {
  return {
    receive: (link, entries) => log.receive(link, entries),
    linkDown: (link) => log.linkDown(link),
    ownTail: (conversation, seq) => log.ownTail(conversation, seq),
    seq: (conversation, author) => log.seq(conversation, author),
    ...facts,
    endId: (conversation, author) => log.end(conversation, author)?.id,
    limit: (conversation, author) => log.limit(conversation, author),
    durable: (conversation) => heads.durable(conversation),
    conversations: () => heads.conversations(),
    due: () => log.due(),
    get holding() {
      return log.holding;
    },
    get backlog() {
      return log.backlog;
    },
  };
}

/** Where the entries lie. */
interface Shelf {
  range(conversation: ConversationId, device: DeviceId, from: number, limit: number, bytes?: number): Entry[];
}

/** What is served to others is never ahead of the disk. */
export function durableLog(heads: DurableHeads, shelf: Shelf, certificates: (device: DeviceId) => string[]): SenderLog {
  return {
    range(conversation, device, from, limit, bytes) {
      const durable = heads.durable(conversation).get(device) ?? 0;
      return shelf.range(conversation, device, from, Math.min(limit, durable - from + 1), bytes);
    },
    certificates,
  };
}
