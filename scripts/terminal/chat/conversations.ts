/** Going from one conversation to another, and what is loaded of them. Pure. */
import type { DeviceId } from '../../../protocol/ids.js';
import { compareShown, type ShownPlace } from '../../../protocol/order.js';
import type { EntryView } from '../../../protocol/local-api.js';
import { EMPTY } from './editor.js';
import { listed, timelineOf, withTimeline, type Page, type State, type Step } from './model.js';
import { atUnread, withRead } from './reading.js';

/** Rows that are kept of a conversation. */
const KEPT = 2000;

/** Each once, as it looks last, in order. */
export function merged(there: readonly EntryView[], more: readonly EntryView[]): EntryView[] {
  const byId = new Map(there.map((entry) => [entry.id, entry]));
  for (const entry of more) byId.set(entry.id, entry);
  return [...byId.values()].sort(compareViews).slice(-KEPT);
}

function compareViews(a: EntryView, b: EntryView): number {
  return compareShown(placed(a), placed(b));
}

const placed = ({ device, seq, time, at }: EntryView): ShownPlace => ({
  ...{ device: device as DeviceId, seq, time },
  ...(at === undefined ? {} : { at }),
});

export function goTo(state: State, id: string): Step {
  if (id === state.current) return toPresent({ ...state, mode: { kind: 'write' } });
  const drafts = new Map(state.drafts);
  const writing = state.mode.kind === 'write' || state.mode.kind === 'reply';
  if (state.current !== undefined && writing) drafts.set(state.current, state.editor);
  const there = state.conversations.get(id);
  const next: State = {
    ...{ ...state, current: id, scroll: 0, mode: { kind: 'write' }, notice: '', offers: undefined, drafts },
    readUpTo: (there?.unread ?? 0) > 0 ? there?.readUpTo : undefined,
    editor: drafts.get(id) ?? EMPTY,
  };
  const loaded = timelineOf(next, id);
  const [shown, effects] = loaded.entries.length > 0 && !loaded.newer ? [atUnread(next), []] : load(next, id, {});
  return withRead([shown, effects]);
}

/** What is loaded of the present conversation may be cut off from its end: then its newest page is read. */
export function toPresent(state: State): Step {
  const { current } = state;
  return current !== undefined && timelineOf(state, current).newer ? load(state, current, {}) : [state, []];
}

/** To the next conversation of the list, or the one before. */
export function goBy(state: State, by: 1 | -1): Step {
  const ids = listed(state).map(({ id }) => id);
  const at = ids.indexOf(state.current ?? '');
  const id = ids[(at + by + ids.length) % ids.length];
  return id === undefined ? [state, []] : goTo(state, id);
}

export function load(state: State, conversation: string, place: Page['place']): Step {
  if (timelineOf(state, conversation).loading) return [state, []];
  return [withTimeline(state, conversation, { loading: true }), [{ do: 'page', conversation, place }]];
}

export function takePage(state: State, conversation: string, page: Page): Step {
  const { entries, more, newer, place } = page;
  const there = timelineOf(state, conversation);
  // What is older than rows that are not loaded any more would leave a gap.
  if (place.before !== undefined && place.before !== there.entries[0]?.id)
    return [withTimeline(state, conversation, { loading: false }), []];
  const anew = place.before === undefined;
  const kept = anew ? merged([], entries) : merged(there.entries, entries);
  const next = withTimeline(state, conversation, {
    ...{ entries: kept, loading: false, newer: anew ? newer : there.newer },
    // What does not fit any more is older.
    more: more && kept.length < KEPT,
  });
  if (place.around !== undefined) return [{ ...next, mode: { kind: 'select', id: place.around } }, []];
  if (conversation !== state.current || !anew) return [next, []];
  // Not where one came back to the present, which is the way to read all.
  return withRead([there.entries.length === 0 ? atUnread(next) : next, []]);
}
