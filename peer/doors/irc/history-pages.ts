/** Pages of a conversation by an id or a time (IRCv3 draft/chathistory), read by `history.page`: messages alone, oldest first. */
import { ParleyError } from '../../../protocol/errors.js';
import type { ConversationId } from '../../../protocol/ids.js';
import type { EntryView } from '../../../protocol/local-api.js';
import { HISTORY_PAGE_MAX } from '../../../protocol/limits.js';
import type { Member } from './context.js';

/** How far back a time is looked for, and how many pages without a message are read for one of them. */
const PAGES_MAX = 50;

/** A place in a conversation: just before or after an entry, or at an end. */
export type Place = { readonly before: string } | { readonly after: string } | { readonly end: 'oldest' | 'newest' };

export interface Reader {
  readonly me: Pick<Member, 'run'>;
  readonly conversation: ConversationId;
  readonly wanted: (view: EntryView) => boolean;
}

interface Page {
  readonly entries: readonly EntryView[];
  readonly more: boolean;
  readonly newer: boolean;
}

export function placeOf({ at, time }: EntryView): string {
  return at ?? time;
}

/** The newest `limit` before a place. @throws as `history.page` */
export async function older(
  reader: Reader,
  place: Exclude<Place, { after: string }>,
  limit: number,
): Promise<EntryView[]> {
  let found: EntryView[] = [];
  let at: Record<string, string> = 'before' in place ? { before: place.before } : {};
  if ('end' in place && place.end === 'oldest') return [];
  for (let pages = 0; pages < PAGES_MAX && found.length < limit; pages++) {
    const { entries, more } = await page(reader, at);
    found = [...entries.filter(reader.wanted), ...found];
    const [first] = entries;
    if (!more || !first) break;
    at = { before: first.id };
  }
  return found.slice(-limit);
}

/** The oldest `limit` after a place. @throws as `history.page` */
export async function newer(reader: Reader, place: { readonly after: string }, limit: number): Promise<EntryView[]> {
  const found: EntryView[] = [];
  let at = place.after;
  for (let pages = 0; pages < PAGES_MAX && found.length < limit; pages++) {
    const { entries, newer } = await page(reader, { after: at });
    found.push(...entries.filter(reader.wanted));
    const last = entries.at(-1);
    if (!newer || !last) break;
    at = last.id;
  }
  return found.slice(0, limit);
}

/** The rows on both sides of a time. */
export interface Gap {
  /** The last one before it; undefined where there is none. */
  readonly last: EntryView | undefined;
  /** The first one at or after it. */
  readonly first: EntryView | undefined;
}

/**
 * Where a time stands among the rows, whatever they are.
 * @throws bad_request for a time that is too far back to be looked for
 */
export async function gapAt({ me, conversation }: Omit<Reader, 'wanted'>, time: string): Promise<Gap> {
  let first: EntryView | undefined;
  let at: Record<string, string> = {};
  for (let pages = 0; pages < PAGES_MAX; pages++) {
    const { entries, more } = await page({ me, conversation }, at);
    const last = entries.findLast((view) => placeOf(view) < time);
    first = entries.find((view) => placeOf(view) >= time) ?? first;
    if (last || !more) return { last, first };
    at = { before: entries[0]?.id ?? '' };
  }
  throw new ParleyError('bad_request', 'That time is too far back to be looked for. Ask with the msgid of a message.');
}

function page({ me, conversation }: Omit<Reader, 'wanted'>, at: object): Promise<Page> {
  return me.run('history.page', { conversation, ...at, limit: HISTORY_PAGE_MAX });
}
