/** What of a conversation was on the screen, and so has been read: the mark goes on with it, and never over what was not. */
import { isMessage } from '../../../protocol/entry-kinds.js';
import type { EntryView } from '../../../protocol/local-api.js';
import { isFromOther } from './entries.js';
import type { Row } from './rows.js';

/** Rows that can be seen, by index: the one at the upper edge, and the last that can be seen to its end. */
export interface InView {
  readonly from: number;
  readonly to: number;
}

export interface ReadingInput {
  readonly rows: readonly Row[];
  readonly view: InView;
  /** The entry up to which the conversation is read; undefined where nothing ever was. */
  readonly readUpTo: string | undefined;
  /** Older rows are not loaded. */
  readonly more: boolean;
  /** The view has been scrolled here from where reading had come to, without a jump. */
  readonly attached: boolean;
  readonly self: string;
}

export interface Reading {
  /** Whether the view joins on to what was read: what lies between was scrolled past. */
  readonly attached: boolean;
  /** The entry up to which it is read now; absent where that has not moved. */
  readonly upTo?: string;
}

/** Of a view that was jumped to nothing is read while there are unread messages above it that nobody has seen. */
export function readingOf({ rows, view, readUpTo, more, attached, self }: ReadingInput): Reading {
  const line = rows.findIndex((row) => entriesOf(row).some(({ id }) => id === readUpTo));
  if (line < 0 && (more || readUpTo !== undefined)) return { attached: false };
  const isUnread = (entry: EntryView): boolean => isMessage(entry) && isFromOther(entry, self);
  const first = rows.findIndex((row, at) => at > line && entriesOf(row).some(isUnread));
  if (!attached && first >= 0 && view.from > first) return { attached: false };
  for (let at = view.to; at > line; at--) {
    const row = rows[at];
    const last = row && entriesOf(row).at(-1);
    if (last) return { attached: true, upTo: last.id };
  }
  return { attached: true };
}

function entriesOf(row: Row): readonly EntryView[] {
  if ('entry' in row) return [row.entry];
  return 'entries' in row ? row.entries : [];
}
