/**
 * Entries cross simulated links by reference: one object an entry in the whole simulation. What a peer of the log's own
 * making sends has been checked when it was made; what a hostile peer sends is text like any other, and goes through the
 * real check.
 */
import type { EntryCodec } from '../../peer/mesh/codec.js';
import { ndjson } from '../../peer/mesh/codec.js';
import type { Entry } from '../../protocol/entry.js';
import type { ConversationId, DeviceId } from '../../protocol/ids.js';
import { parseLinkMessage, type LinkMessage, type WireEntry } from '../../protocol/link-messages.js';

/** Stands where a parsed `chat` or `broadcast` would. */
export class CarriedEntry {
  readonly type = 'broadcast';
  constructor(readonly entry: Entry) {}
}

export type Carried = LinkMessage | CarriedEntry;

export class ByReference implements EntryCodec {
  /** Handed from `lines` to the link within one call; the text is but a ticket. */
  private last: readonly CarriedEntry[] = [];

  lines(entries: readonly Entry[]): string {
    this.last = entries.map((entry) => new CarriedEntry(entry));
    return TICKET;
  }

  /** Simulated links take lines alone. */
  messages(entries: readonly Entry[]): readonly WireEntry[] {
    return ndjson.messages(entries);
  }

  entry(wire: WireEntry): Entry {
    return isCarried(wire) ? wire.entry : ndjson.entry(wire);
  }

  /** What a link was given to send. */
  read(lines: string): readonly Carried[] {
    if (lines === TICKET) return this.last;
    return lines
      .split('\n')
      .filter(Boolean)
      .map(parseLinkMessage)
      .filter((message) => message.type !== 'unknown');
  }
}

const TICKET = 'entries by reference';

export function isCarried(message: object): message is CarriedEntry {
  return message instanceof CarriedEntry;
}

/** Bytes on the wire, about: what the text would have been. */
export function wireSize(message: Carried): number {
  if (isCarried(message)) return entrySize(message.entry);
  switch (message.type) {
    case 'have': {
      // Its text, with the `seq` of two digits.
      let size = 34;
      for (const [id, devices] of Object.entries(message.conversations))
        size += 6 + id.length + 28 * Object.keys(devices).length;
      return size;
    }
    case 'ranges':
      return 1 + JSON.stringify(message).length;
    case 'devices':
      return 40 + 900 * message.certificates.length;
    case 'chat':
    case 'broadcast':
      return 360 + message.message.length;
    case 'push':
      return 39 + message.channel.length + message.what.length;
    default:
      return 120;
  }
}

export function entrySize({ conversation, from, prev, message, sig }: Entry): number {
  return 217 + conversation.length + from.length + prev.length + message.length + (sig === undefined ? 0 : 95);
}

/** What a message says of how far logs are held, one by one. */
export function claimed(message: LinkMessage): [ConversationId, Record<DeviceId, number>][] {
  if (message.type === 'have')
    return Object.entries(message.conversations) as [ConversationId, Record<DeviceId, number>][];
  if (message.type !== 'ranges') return [];
  return message.parts.map(({ logs, but }) => [message.conversation, logs ?? but ?? {}]);
}
