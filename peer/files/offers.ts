/** Who may have what is wanted, and by which entries they can be asked: whoever shares an entry of the same bytes. */
import type { Entry } from '../../protocol/entry.js';
import { fileFacts } from '../../protocol/file-facts.js';
import type { ConversationId, DeviceId, EntryId } from '../../protocol/ids.js';
import type { Link } from '../link/types.js';
import type { BlobFacts } from './blob-store.js';
import type { WantedFile } from './ports.js';

/** What is larger comes over a relay, which is slow and belongs to all, only when the user has said so. Bytes. */
const RELAYED_MAX = 25 * 1024 * 1024;
/** Entries by which one device is asked for one file, at most. */
const ENTRIES_MAX = 8;

export interface OfferParts {
  /** Those that are not deleted, the latest first. */
  readonly entriesOf: (sha256: string) => Entry[];
  /** Whether the device of that link may know of the entry. */
  readonly shares: (chat: Link, entry: Entry) => boolean;
}

export interface Offer {
  readonly device: DeviceId;
  /**
   * The one that it is wanted for first, then one of each other conversation: a device gives a file only where it came by it. Then
   * the others: it may not have every entry, and never gets one of a log that went two ways.
   */
  readonly entries: readonly EntryId[];
}

export interface Offers {
  readonly now: Offer[];
  /** Others, linked over a relay, may have it, and it is so large that they are asked only when the user has said so. */
  readonly heldBack: boolean;
}

export function offersOf(wanted: WantedFile, chats: readonly Link[], { entriesOf, shares }: OfferParts): Offers {
  const entries = entriesOf(wanted.facts.sha256).filter((entry) => describes(entry, wanted.facts));
  const isLarge = wanted.facts.size > RELAYED_MAX && wanted.relayed !== true;
  const held = chats.filter((chat) => isLarge && chat.relayed === true);
  return {
    now: chats
      .filter((chat) => !held.includes(chat))
      .map((chat) => ({
        device: chat.remote.device,
        entries: inOrder(
          entries.filter((entry) => shares(chat, entry)),
          wanted.entry,
        ),
      })),
    heldBack: held.some((chat) => entries.some((entry) => shares(chat, entry))),
  };
}

function inOrder(entries: readonly Entry[], first: EntryId): EntryId[] {
  const each = new Map<ConversationId, EntryId>();
  for (const { id, conversation } of entries) if (id === first || !each.has(conversation)) each.set(conversation, id);
  const ids = [...each.values()];
  const others = ids.filter((id) => id !== first);
  // What is old has reached the most.
  const rest = entries.map(({ id }) => id).filter((id) => !ids.includes(id));
  return [...ids.filter((id) => id === first), ...others, ...rest.reverse()].slice(0, ENTRIES_MAX);
}

/** Whether the entry is of exactly these bytes: another one may name the same hash with other chunks. */
function describes(entry: Entry, { chunks, size }: BlobFacts): boolean {
  const facts = fileFacts(entry);
  return facts?.chunks === chunks && facts.size === size;
}
