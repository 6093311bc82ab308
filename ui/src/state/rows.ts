/** A timeline as rows to draw: day lines, the unread line, notices, and messages grouped by author. */
import type { EntryView } from '../../../protocol/local-api.js';
import { drawnAs, sameName } from './entries.js';
import type { OutboxItem } from './model.js';

export type Row =
  | { readonly kind: 'day'; readonly key: string; readonly time: string }
  | { readonly kind: 'unread'; readonly key: string }
  | { readonly kind: 'notice'; readonly key: string; readonly entry: EntryView }
  /** `first`: the first of its group, which shows author and time. */
  | { readonly kind: 'message'; readonly key: string; readonly entry: EntryView; readonly first: boolean }
  | { readonly kind: 'pending'; readonly key: string; readonly item: OutboxItem; readonly first: boolean };

export interface RowsInput {
  readonly entries: readonly EntryView[];
  /** Unsent messages of this conversation, in the order written. */
  readonly pending: readonly OutboxItem[];
  /** The entry before which the unread line stands. */
  readonly firstUnread?: string | undefined;
  readonly self: string;
  /** The day that a time falls on where the person is, as any string that differs between days. */
  readonly dayOf: (time: string) => string;
}

/** A pause of this length starts a new group. */
const GROUP_MS = 5 * 60_000;

interface Group {
  author: string;
  at: number;
}

export function buildRows({ entries, pending, firstUnread, self, dayOf }: RowsInput): readonly Row[] {
  const rows: Row[] = [];
  let day = '';
  let group: Group | undefined;
  for (const entry of entries) {
    const drawn = drawnAs(entry.kind);
    if (drawn === 'nothing') continue;
    const entryDay = dayOf(entry.time);
    if (entryDay !== day) {
      day = entryDay;
      group = undefined;
      rows.push({ kind: 'day', key: `day ${entryDay}`, time: entry.time });
    }
    if (entry.id === firstUnread) {
      group = undefined;
      rows.push({ kind: 'unread', key: 'unread' });
    }
    if (drawn === 'notice') {
      group = undefined;
      rows.push({ kind: 'notice', key: entry.id, entry });
      continue;
    }
    const at = Date.parse(entry.time);
    rows.push({ kind: 'message', key: entry.id, entry, first: !continues(group, entry.from, at) });
    group = { author: entry.from, at };
  }
  for (const item of pending) {
    rows.push({ kind: 'pending', key: item.client, item, first: !continues(group, self, item.createdAt) });
    group = { author: self, at: item.createdAt };
  }
  return rows;
}

function continues(group: Group | undefined, author: string, at: number): boolean {
  return group !== undefined && sameName(group.author, author) && at - group.at < GROUP_MS;
}
