/**
 * What a snapshot with other blocked people changes of what is shown: theirs goes at once, and what may be missing since they are
 * blocked no more is asked for again. The daemon tells nothing of theirs, so that nothing else in the window looks for it.
 */
import { sameName } from './entries.js';
import type { State } from './model.js';

interface From {
  readonly from: string;
}

/** @param before the names of those who were blocked before; undefined where nothing was known yet */
export function withBlocked(state: State, before: readonly string[] | undefined): State {
  const { blocked = [] } = state.daemon ?? {};
  if (blocked.join(' ') === (before ?? []).join(' ')) return state;
  const shown = ({ from }: From): boolean => !blocked.some((name) => sameName(name, from));
  const { search } = state.finding;
  const { heard, ...rest } = state;
  return {
    ...rest,
    typing: {},
    banners: state.banners.filter(shown),
    composing: kept(state.composing, ({ entry }) => shown(entry)),
    timelines: mapped(state.timelines, (timeline) => ({ ...timeline, entries: timeline.entries.filter(shown) })),
    finding: { ...state.finding, search: { ...search, entries: search.entries.filter(shown), stale: true } },
    ...(heard && shown(heard) ? { heard } : {}),
  };
}

function kept<T>(all: Readonly<Record<string, T>>, stays: (value: T) => boolean): Record<string, T> {
  return Object.fromEntries(Object.entries(all).filter(([, value]) => stays(value)));
}

function mapped<T>(all: Readonly<Record<string, T>>, change: (value: T) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(all).map(([key, value]) => [key, change(value)]));
}
