/** Where the unread line stands among the loaded entries. */
import { isMessage } from '../../../protocol/entry-kinds.js';
import type { EntryView } from '../../../protocol/local-api.js';
import { isFromOther } from './entries.js';
import type { UnreadMark } from './model.js';

/**
 * The id of the first unread text of somebody else, or undefined while it is not loaded. The entry read last decides;
 * where that one is not loaded (or nothing was ever read), the unread messages are counted back from the newest.
 * `newer`: the newest are not loaded; `more`: the oldest are not.
 */
export function firstUnread(
  entries: readonly EntryView[],
  mark: UnreadMark | undefined,
  self: string,
  { newer = false, more = true }: { readonly newer?: boolean; readonly more?: boolean } = {},
): string | undefined {
  if (!mark) return undefined;
  const isUnread = (entry: EntryView): boolean => isMessage(entry) && isFromOther(entry, self);
  const read = mark.readUpTo === undefined ? -1 : entries.findLastIndex((entry) => entry.id === mark.readUpTo);
  if (read >= 0) return entries.slice(read + 1).find(isUnread)?.id;
  let left = mark.count;
  const until = mark.until === undefined ? -1 : entries.findLastIndex((entry) => entry.id === mark.until);
  if (until < 0 && newer) return more || mark.readUpTo !== undefined ? undefined : entries.find(isUnread)?.id;
  for (let i = until < 0 ? entries.length - 1 : until; i >= 0; i--) {
    const entry = entries[i];
    if (entry && isUnread(entry) && --left === 0) return entry.id;
  }
  return undefined;
}

/** Unread messages of all conversations: for the page's title. */
export function totalUnread(conversations: Readonly<Record<string, { unread: number }>>): number {
  return Object.values(conversations).reduce((sum, { unread }) => sum + unread, 0);
}
