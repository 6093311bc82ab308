/** One file that is wanted here, while it is on its way. */
import type { Entry } from '../../protocol/entry.js';
import { isParleyError } from '../../protocol/errors.js';
import { fileFacts } from '../../protocol/file-facts.js';
import type { ConversationId, DeviceId, EntryId, Username } from '../../protocol/ids.js';
import type { Link } from '../link/types.js';
import type { BlobFacts } from './blob-store.js';
import type { PartialFile } from './partial.js';
import type { Coming, Outcome, WantedFile } from './ports.js';
import type { SpeedOf } from './speed.js';
import type { Transfer } from './transfer.js';

export interface Item {
  readonly wanted: WantedFile;
  readonly part: Promise<PartialFile>;
  open: PartialFile | undefined;
  readonly speed: SpeedOf;
  readonly liars: Set<Username>;
  readonly writes: Set<Promise<unknown>>;
}

/** How it is with it, for the user. */
export function comingOf(
  item: Item,
  part: PartialFile,
  transfer: Transfer,
  chat: (device: DeviceId) => Link | undefined,
  now: number,
): Coming {
  const ready = [...transfer.holders.values()].filter(({ state }) => state === 'ready');
  const sources = new Set(ready.flatMap(({ source }) => chat(source.device)?.remote.username ?? []));
  const isRunning = transfer.left === 0 || transfer.allAsked().length > 0;
  return {
    sha256: item.wanted.facts.sha256,
    state: ready.length === 0 ? 'nobody' : isRunning ? 'running' : 'queued',
    done: part.done,
    speed: item.speed.of(now),
    sources: [...sources],
    liars: [...item.liars],
  };
}

/** Whether the entry is of exactly these bytes: another one may name the same hash with other chunks. */
export function describes(entry: Entry, { chunks, size }: BlobFacts): boolean {
  const facts = fileFacts(entry);
  return facts?.chunks === chunks && facts.size === size;
}

/** Conversations by whose entries one device is asked for one file, at most. */
const ENTRIES_MAX = 8;

/** One entry of each conversation, that one first. */
export function oneEach(entries: readonly Entry[], first: EntryId): EntryId[] {
  const each = new Map<ConversationId, EntryId>();
  for (const { id, conversation } of entries) if (id === first || !each.has(conversation)) each.set(conversation, id);
  const ids = [...each.values()];
  return [...ids.filter((id) => id === first), ...ids.filter((id) => id !== first)].slice(0, ENTRIES_MAX);
}

export function outcomeOf(error: unknown): Outcome {
  return isParleyError(error) && error.code === 'storage_full' ? 'storage_full' : 'storage_failed';
}
