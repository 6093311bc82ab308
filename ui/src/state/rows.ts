/** A timeline as rows to draw: day lines, the unread line, notices, and messages grouped by author. */
import type { EntryView } from '../../../protocol/local-api.js';
import { drawnAs, sameName } from './entries.js';
import { joinsAlbum } from './files.js';
import type { OutboxItem } from './model.js';
import { placeOf } from './order.js';

export type Row =
  | { readonly kind: 'day'; readonly key: string; readonly time: string }
  | { readonly kind: 'unread'; readonly key: string }
  | { readonly kind: 'notice'; readonly key: string; readonly entry: EntryView }
  /** Those who joined and left, one after the other: too many for a line each. */
  | { readonly kind: 'notices'; readonly key: string; readonly entries: readonly EntryView[] }
  /** `first`: the first of its group, which shows author and time. */
  | { readonly kind: 'message'; readonly key: string; readonly entry: EntryView; readonly first: boolean }
  /** Pictures that were sent together: a grid. */
  | { readonly kind: 'album'; readonly key: string; readonly entries: readonly EntryView[]; readonly first: boolean }
  | { readonly kind: 'pending'; readonly key: string; readonly item: OutboxItem; readonly first: boolean };

/** From `start` to before `end`, ms. */
export interface Day {
  readonly start: number;
  readonly end: number;
}

export interface RowsInput {
  readonly entries: readonly EntryView[];
  /** Unsent messages of this conversation, in the order written. */
  readonly pending: readonly OutboxItem[];
  /** The entry before which the unread line stands. */
  readonly firstUnread?: string | undefined;
  readonly self: string;
  /** The day, where the person is, that holds a time: both in ms. Not asked for each entry, since it costs. */
  readonly dayOf: (at: number) => Day;
}

/** A pause of this length starts a new group. */
const GROUP_MS = 5 * 60_000;
/** From so many in a row on, joins and leaves share a row. */
export const NOTICES_MIN = 4;

interface Group {
  author: string;
  at: number;
}

export function buildRows({ entries, pending, firstUnread, self, dayOf }: RowsInput): readonly Row[] {
  const rows: Row[] = [];
  let day: Day = { start: 0, end: -Infinity };
  let group: Group | undefined;
  let comings: EntryView[] = [];
  const gather = (): void => {
    rows.push(...noticeRows(comings));
    comings = [];
  };
  for (const entry of entries) {
    const drawn = drawnAs(entry.kind);
    if (drawn === 'nothing') continue;
    const at = Date.parse(placeOf(entry));
    if (comings.length > 0 && (at >= day.end || !isComing(entry))) gather();
    if (at >= day.end) {
      day = dayOf(at);
      group = undefined;
      rows.push({ kind: 'day', key: `day ${day.start}`, time: placeOf(entry) });
    }
    if (entry.id === firstUnread) {
      group = undefined;
      rows.push({ kind: 'unread', key: 'unread' });
    }
    if (drawn === 'notice') {
      group = undefined;
      if (isComing(entry)) comings.push(entry);
      else rows.push({ kind: 'notice', key: entry.id, entry });
      continue;
    }
    const album = entry.kind === 'file' ? albumWith(rows.at(-1), entry) : undefined;
    if (album) rows[rows.length - 1] = album;
    else rows.push({ kind: 'message', key: entry.id, entry, first: !continues(group, entry.from, at) });
    group = { author: entry.from, at };
  }
  gather();
  for (const item of pending) {
    // One written on an earlier day stands below what came since; only a later day is named.
    if (item.createdAt >= day.end) {
      day = dayOf(item.createdAt);
      group = undefined;
      rows.push({ kind: 'day', key: `day ${day.start}`, time: new Date(item.createdAt).toISOString() });
    }
    rows.push({ kind: 'pending', key: item.client, item, first: !continues(group, self, item.createdAt) });
    group = { author: self, at: item.createdAt };
  }
  return rows;
}

/** The row before, with the entry in it, where both belong to one album. */
function albumWith(row: Row | undefined, entry: EntryView): Row | undefined {
  if (row?.kind !== 'message' && row?.kind !== 'album') return undefined;
  const entries = row.kind === 'message' ? [row.entry] : row.entries;
  if (!joinsAlbum(entries, entry)) return undefined;
  return { kind: 'album', key: row.key, entries: [...entries, entry], first: row.first };
}

function isComing({ kind }: EntryView): boolean {
  return kind === 'join' || kind === 'leave';
}

function noticeRows(entries: readonly EntryView[]): readonly Row[] {
  const [first] = entries;
  if (first && entries.length >= NOTICES_MIN) return [{ kind: 'notices', key: `from ${first.id}`, entries }];
  return entries.map((entry) => ({ kind: 'notice', key: entry.id, entry }));
}

/** The key of the row that shows an entry; undefined where none does. */
export function keyOfEntry(rows: readonly Row[], id: string): string | undefined {
  return rows.find((row) => row.key === id || ('entries' in row && row.entries.some((entry) => entry.id === id)))?.key;
}

/** The time of the day line that a row stands under. */
export function dayAbove(rows: readonly Row[], at: number): string | undefined {
  for (let i = at; i >= 0; i--) {
    const row = rows[i];
    if (row?.kind === 'day') return row.time;
  }
  return undefined;
}

export function sameRow(a: Row, b: Row): boolean {
  if (a.kind === 'message') return b.kind === 'message' && a.entry === b.entry && a.first === b.first;
  if (a.kind === 'pending') return b.kind === 'pending' && a.item === b.item && a.first === b.first;
  if (a.kind === 'notice') return b.kind === 'notice' && a.entry === b.entry;
  if (a.kind === 'notices') return b.kind === 'notices' && sameEntries(a.entries, b.entries);
  if (a.kind === 'album') return b.kind === 'album' && a.first === b.first && sameEntries(a.entries, b.entries);
  return a.kind === b.kind && a.key === b.key;
}

function sameEntries(a: readonly EntryView[], b: readonly EntryView[]): boolean {
  return a.length === b.length && a.every((entry, i) => entry === b[i]);
}

function continues(group: Group | undefined, author: string, at: number): boolean {
  return group !== undefined && sameName(group.author, author) && at - group.at < GROUP_MS;
}
