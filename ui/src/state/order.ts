/** The one order of entries on every screen: by time, then device, then seq (SPEC.md section 5). */
import type { EntryView } from '../../../protocol/local-api.js';

export type OrderKey = Pick<EntryView, 'time' | 'device' | 'seq'>;

/** Negative when `a` sorts first, 0 when both are the same entry. Times are UTC ISO strings of one length. */
export function compareEntries(a: OrderKey, b: OrderKey): number {
  if (a.time !== b.time) return a.time < b.time ? -1 : 1;
  if (a.device !== b.device) return a.device < b.device ? -1 : 1;
  return a.seq - b.seq;
}

/**
 * Sorted union, each entry once; a newer view of an entry replaces the older one. Answers `known` itself when nothing
 * changed, and copies once otherwise: appending to a long timeline costs one copy of references.
 */
export function mergeEntries(known: readonly EntryView[], added: readonly EntryView[]): readonly EntryView[] {
  if (added.length === 0) return known;
  const sorted = isSorted(added) ? added : [...added].sort(compareEntries);
  const newest = known.at(-1);
  const first = sorted[0];
  if (!newest || (first && compareEntries(newest, first) < 0 && isStrict(sorted))) return [...known, ...unique(sorted)];
  return zip(known, sorted);
}

function zip(known: readonly EntryView[], added: readonly EntryView[]): readonly EntryView[] {
  const merged: EntryView[] = [];
  let i = 0;
  for (const entry of added) {
    for (let own = known[i]; own && compareEntries(own, entry) < 0; own = known[++i]) merged.push(own);
    const own = known[i];
    if (own && compareEntries(own, entry) === 0) i++;
    const last = merged.at(-1);
    if (last && compareEntries(last, entry) === 0) merged[merged.length - 1] = entry;
    else merged.push(entry);
  }
  for (; i < known.length; i++) {
    const own = known[i];
    if (own) merged.push(own);
  }
  return merged;
}

function isSorted(entries: readonly EntryView[]): boolean {
  return entries.every((entry, i) => i === 0 || compareEntries(entries[i - 1] ?? entry, entry) <= 0);
}

function isStrict(entries: readonly EntryView[]): boolean {
  return entries.every((entry, i) => i === 0 || compareEntries(entries[i - 1] ?? entry, entry) < 0);
}

function unique(entries: readonly EntryView[]): readonly EntryView[] {
  return entries.filter((entry, i) => i === entries.length - 1 || compareEntries(entry, entries[i + 1] ?? entry) !== 0);
}
