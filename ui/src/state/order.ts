/** The order of entries on screens: by where they stand, then device, then seq (SPEC.md section 5). */
import type { EntryView } from '../../../protocol/local-api.js';

export type OrderKey = Pick<EntryView, 'time' | 'at' | 'device' | 'seq'>;

/** Where it stands: at its time, unless a clock was wrong. */
export function placeOf({ at, time }: Pick<EntryView, 'at' | 'time'>): string {
  return at ?? time;
}

/** Negative when `a` sorts first, 0 when both are the same entry. Times are UTC ISO strings of one length. */
export function compareEntries(a: OrderKey, b: OrderKey): number {
  const [x, y] = [placeOf(a), placeOf(b)];
  if (x !== y) return x < y ? -1 : 1;
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

interface Run {
  readonly entries: readonly EntryView[];
  readonly more: boolean;
  readonly newer: boolean;
}

/** Those that belong into a loaded run: what sorts beyond an end that has more, not loaded, would stand behind a hole. */
export function within({ entries, more, newer }: Run, added: readonly EntryView[]): readonly EntryView[] {
  const [oldest, newest] = [entries[0], entries.at(-1)];
  if (!oldest || !newest || (!more && !newer)) return added;
  return added.filter(
    (entry) => (!more || compareEntries(entry, oldest) >= 0) && (!newer || compareEntries(entry, newest) <= 0),
  );
}

/**
 * Newer views of entries of a run; others are passed over, but for what stands elsewhere now and so belongs into it, or no
 * longer does. Answers the entries themselves when nothing changed.
 */
export function changeEntries(run: Run, changed: readonly EntryView[]): readonly EntryView[] {
  const moved = new Map(changed.filter(({ at }) => at !== undefined).map((entry) => [entry.id, entry]));
  if (moved.size === 0) return replaceEntries(run.entries, changed);
  const stayed = run.entries.filter(({ id }) => !moved.has(id));
  const added = within(run, [...moved.values()]);
  const known = added.length === 0 && stayed.length === run.entries.length ? run.entries : mergeEntries(stayed, added);
  return replaceEntries(
    known,
    changed.filter(({ id }) => !moved.has(id)),
  );
}

/** Of an entry that came twice, before and after it was moved, the later view alone: places only become earlier. */
export function withoutFormer(entries: readonly EntryView[]): readonly EntryView[] {
  if (entries.every(({ at }) => at === undefined)) return entries;
  const seen = new Set<string>();
  return entries.filter(({ id }) => !seen.has(id) && seen.add(id));
}

/** Newer views of entries that are there; others are passed over. Answers `known` itself when nothing changed. */
export function replaceEntries(known: readonly EntryView[], changed: readonly EntryView[]): readonly EntryView[] {
  let copy: EntryView[] | undefined;
  for (const entry of changed) {
    const at = indexOf(known, entry);
    if (at < 0) continue;
    copy ??= [...known];
    copy[at] = entry;
  }
  return copy ?? known;
}

/** By halving, since the entries are sorted; -1 where it is not. */
function indexOf(entries: readonly EntryView[], sought: OrderKey): number {
  let [low, high] = [0, entries.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const entry = entries[middle];
    const order = entry ? compareEntries(entry, sought) : 0;
    if (order === 0) return middle;
    if (order < 0) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
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
