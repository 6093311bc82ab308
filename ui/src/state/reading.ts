/** What of a conversation was on the screen, and so has been read: the mark goes on with it, and never over what was not. */
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
}

export interface Reading {
  /** Whether the view joins on to what was read: what lies between was scrolled past. */
  readonly attached: boolean;
  /** The entry up to which it is read now; absent where that has not moved. */
  readonly upTo?: string;
}

/** Of a view that was jumped to nothing is read while there are unread messages above it that nobody has seen. */
export function readingOf({ rows, view, readUpTo, more, attached }: ReadingInput): Reading {
  const line = readUpTo === undefined && !more ? -1 : rows.findIndex((row) => idsOf(row).includes(readUpTo ?? ''));
  if (line < 0 && (more || readUpTo !== undefined)) return { attached: false };
  const first = rows.findIndex((row, at) => at > line && idsOf(row).length > 0);
  if (!attached && first >= 0 && view.from > first) return { attached: false };
  for (let at = view.to; at > line; at--) {
    const row = rows[at];
    const upTo = row && idsOf(row).at(-1);
    if (upTo !== undefined) return { attached: true, upTo };
  }
  return { attached: true };
}

function idsOf(row: Row): readonly string[] {
  if ('entry' in row) return [row.entry.id];
  return 'entries' in row ? row.entries.map(({ id }) => id) : [];
}
