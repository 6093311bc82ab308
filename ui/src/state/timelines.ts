/** Loaded history: pages and live entries, merged so that no entry is doubled and no hole is shown as history. */
import type { EntryView } from '../../../protocol/local-api.js';
import { emptyTimeline } from './model.js';
import type { Timeline } from './model.js';
import { compareEntries, mergeEntries } from './order.js';

export type Timelines = Readonly<Record<string, Timeline>>;

export function withLive(timelines: Timelines, conversation: string, entries: readonly EntryView[]): Timelines {
  const known = timelines[conversation];
  // A page that is under way may have been read before these entries: they are kept for it.
  if (!known || (!known.loaded && known.phase !== 'loading')) return timelines;
  return {
    ...timelines,
    [conversation]: { ...known, entries: mergeEntries(known.entries, reachable(known, entries)) },
  };
}

/** Entries older than the oldest loaded one would stand above a hole, so they wait for their page. */
function reachable(known: Timeline, entries: readonly EntryView[]): readonly EntryView[] {
  const oldest = known.entries[0];
  if (!known.loaded || !known.more || !oldest) return entries;
  return entries.filter((entry) => compareEntries(entry, oldest) >= 0);
}

export function withLoading(timelines: Timelines, conversation: string): Timelines {
  const known = timelines[conversation] ?? emptyTimeline;
  return { ...timelines, [conversation]: { ...known, phase: 'loading' } };
}

export function withFailure(timelines: Timelines, conversation: string): Timelines {
  const known = timelines[conversation];
  if (known?.phase !== 'loading') return timelines;
  return { ...timelines, [conversation]: { ...(known.loaded ? known : emptyTimeline), phase: 'failed' } };
}

export interface Page {
  readonly entries: readonly EntryView[];
  readonly more: boolean;
  readonly refresh: boolean;
}

/** A page that nobody waits for any more (the socket was away meanwhile) is dropped: events may be missing behind it. */
export function withPage(timelines: Timelines, conversation: string, page: Page): Timelines {
  const known = timelines[conversation];
  if (known?.phase !== 'loading') return timelines;
  const oldest = page.entries[0];
  const kept = page.refresh && oldest ? known.entries.filter((e) => compareEntries(e, oldest) >= 0) : known.entries;
  const entries = mergeEntries(kept, page.entries);
  const stale = page.refresh ? false : known.stale;
  return { ...timelines, [conversation]: { entries, more: page.more, phase: 'idle', loaded: true, stale } };
}

/** After a reconnect: the timeline in view stays and is read again, the others are loaded anew when opened. */
export function afterGap(timelines: Timelines, current: string | undefined): Timelines {
  const known = current === undefined ? undefined : timelines[current];
  if (current === undefined || !known?.loaded) return {};
  return { [current]: { ...known, phase: 'idle', stale: true } };
}
