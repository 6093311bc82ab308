/** Who may have what is wanted, and by which entries they can be asked: whoever shares an entry of the same bytes. */
import type { Entry } from '../../protocol/entry.js';
import { fileFacts } from '../../protocol/file-facts.js';
import type { ConversationId, DeviceId, EntryId } from '../../protocol/ids.js';
import type { Link } from '../link/types.js';
import type { BlobFacts } from './blob-store.js';
import type { WantedFile } from './ports.js';

/** Conversations by whose entries one device is asked for one file, at most. */
const ENTRIES_MAX = 8;

export interface OfferParts {
  /** Those that are not deleted, the latest first. */
  readonly entriesOf: (sha256: string) => Entry[];
  /** Whether the device of that link may know of the entry. */
  readonly shares: (chat: Link, entry: Entry) => boolean;
}

export interface Offer {
  readonly device: DeviceId;
  /** One a conversation, the one that it is wanted for first: a device gives a file only where it came by it. */
  readonly entries: readonly EntryId[];
}

export function offersOf(wanted: WantedFile, chats: readonly Link[], { entriesOf, shares }: OfferParts): Offer[] {
  const entries = entriesOf(wanted.facts.sha256).filter((entry) => describes(entry, wanted.facts));
  return chats.map((chat) => ({
    device: chat.remote.device,
    entries: oneEach(
      entries.filter((entry) => shares(chat, entry)),
      wanted.entry,
    ),
  }));
}

function oneEach(entries: readonly Entry[], first: EntryId): EntryId[] {
  const each = new Map<ConversationId, EntryId>();
  for (const { id, conversation } of entries) if (id === first || !each.has(conversation)) each.set(conversation, id);
  const ids = [...each.values()];
  return [...ids.filter((id) => id === first), ...ids.filter((id) => id !== first)].slice(0, ENTRIES_MAX);
}

/** Whether the entry is of exactly these bytes: another one may name the same hash with other chunks. */
function describes(entry: Entry, { chunks, size }: BlobFacts): boolean {
  const facts = fileFacts(entry);
  return facts?.chunks === chunks && facts.size === size;
}
