/**
 * Loaded history: a run of entries without a hole, made of pages and of what events told. A page may have been read before
 * or after any event that comes while it is under way, so those events are kept and laid over it.
 */
import type { EntryView } from '../../../protocol/local-api.js';
import { LOADED_MAX, LOADED_SLACK } from '../limits.js';
import { emptyTimeline } from './model.js';
import type { Timeline, TimelinePart } from './model.js';
import { changeEntries, mergeEntries, placeOf, within, withoutFormer } from './order.js';

export type Timelines = Readonly<Record<string, Timeline>>;

/** New entries. `following`: the reader stands at the newest one, so that what is too much goes from the other end. */
export function withLive(
  timelines: Timelines,
  conversation: string,
  added: readonly EntryView[],
  following: boolean,
): Timelines {
  const known = timelines[conversation];
  // A page that is under way may have been read before these entries: they are kept for it.
  if (!known || (!known.loaded && known.phase !== 'loading')) return timelines;
  const loading = known.phase === 'loading';
  const next: Timeline = {
    ...known,
    entries: known.loaded ? mergeEntries(known.entries, within(known, added)) : known.entries,
    told: loading ? mergeEntries(known.told, added) : known.told,
  };
  // While a page is under way the end that it joins has to stay.
  return { ...timelines, [conversation]: loading ? next : bounded(next, following ? 'oldest' : 'newest') };
}

/** Entries look different now: the loaded ones do, others are left to their page. */
export function withChanged(timelines: Timelines, conversation: string, changed: readonly EntryView[]): Timelines {
  const known = timelines[conversation];
  if (!known) return timelines;
  const entries = known.loaded ? changeEntries(known, changed) : known.entries;
  const loading = known.phase === 'loading';
  if (entries === known.entries && !loading) return timelines;
  return {
    ...timelines,
    [conversation]: { ...known, entries, changed: loading ? [...known.changed, ...changed] : known.changed },
  };
}

/** `load`: the name under which the page will come; an earlier one that is still under way is not waited for any more. */
export function withLoading(
  timelines: Timelines,
  conversation: string,
  { part = 'latest', load }: { part?: TimelinePart; load?: string },
): Timelines {
  const { load: _, ...known } = timelines[conversation] ?? emptyTimeline;
  const next: Timeline = { ...known, phase: 'loading', part, told: [], changed: [], ...(load ? { load } : {}) };
  return { ...timelines, [conversation]: next };
}

export function withFailure(timelines: Timelines, conversation: string, load?: string): Timelines {
  const known = timelines[conversation];
  if (known?.phase !== 'loading' || known.load !== load) return timelines;
  const { part } = known;
  const left: Timeline = known.loaded ? { ...known, told: [], changed: [] } : emptyTimeline;
  return { ...timelines, [conversation]: { ...left, phase: 'failed', part } };
}

export interface Page {
  readonly entries: readonly EntryView[];
  readonly more: boolean;
  readonly newer?: boolean;
  /** Where the entry stood before which it was read. */
  readonly place?: string;
  readonly load?: string | undefined;
}

/** A page that nobody waits for any more (the socket was away meanwhile) is dropped: events may be missing behind it. */
export function withPage(timelines: Timelines, conversation: string, page: Page): Timelines {
  const known = timelines[conversation];
  if (known?.phase !== 'loading' || known.load !== page.load) return timelines;
  const { part, told, changed, load: _, ...rest } = known;
  const joins = part === 'before' || part === 'after';
  const [oldest] = known.entries;
  // Our oldest entry was moved, which we have not heard yet: between the page and the others there would be a hole. What is
  // older is asked for again, from where the run begins once that is heard.
  if (part === 'before' && oldest && page.place !== undefined && page.place !== placeOf(oldest))
    return { ...timelines, [conversation]: { ...rest, part, phase: 'idle', told: [], changed: [] } };
  const entries = mergeEntries(joins ? known.entries : [], page.entries);
  const more = part === 'after' ? known.more : page.more;
  const newer = part === 'before' ? known.newer : (page.newer ?? false);
  const reached: Timeline = {
    ...rest,
    ...{ part, entries, more, newer, phase: 'idle', loaded: true, told: [], changed: [] },
    stale: joins ? known.stale : false,
  };
  const laid = { ...reached, entries: withoutFormer(mergeEntries(entries, within(reached, told))) };
  const whole = { ...laid, entries: changeEntries(laid, changed) };
  return { ...timelines, [conversation]: bounded(whole, part === 'before' ? 'newest' : 'oldest') };
}

/** After a reconnect: the timeline in view stays and is read again, the others are loaded anew when opened. */
export function afterGap(timelines: Timelines, current: string | undefined): Timelines {
  const known = current === undefined ? undefined : timelines[current];
  if (current === undefined || !known?.loaded) return {};
  return { [current]: { ...known, phase: 'idle', stale: true, told: [], changed: [] } };
}

/** A conversation that was left at its newest message is kept as long as it takes to open it at once again. */
export function withLeft(timelines: Timelines, conversation: string, keep: number): Timelines {
  const known = timelines[conversation];
  if (!known?.loaded || known.newer || known.phase === 'loading' || known.entries.length <= keep) return timelines;
  return { ...timelines, [conversation]: { ...known, entries: known.entries.slice(-keep), more: true } };
}

/** Drops what is too much from one end, which then has more that is not loaded. Some at a time, not one by one. */
function bounded(timeline: Timeline, from: 'oldest' | 'newest'): Timeline {
  const { entries } = timeline;
  if (entries.length <= LOADED_MAX + LOADED_SLACK) return timeline;
  if (from === 'oldest') return { ...timeline, entries: entries.slice(-LOADED_MAX), more: true };
  return { ...timeline, entries: entries.slice(0, LOADED_MAX), newer: true };
}
