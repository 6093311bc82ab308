/** What helps to find: the switcher, the help and the panel that stand open, the search, and pinned entries. */
import type { EntryView, FileView, LocalEvent } from '../../../protocol/local-api.js';
import { type FileList, listAfter, listAsked, listWith, type FileFilter } from './file-list.js';

export type PanelTab = 'members' | 'pins' | 'files' | 'about';
/** What stands over every view: one at a time. */
export type Overlay = 'switcher' | 'shortcuts' | 'status' | 'create' | 'commands';

/** `shown` is the query whose results these are: that of the answer before, while the newest is still asked for. */
export interface Search {
  readonly query: string;
  readonly shown?: string;
  readonly phase: 'idle' | 'asking' | 'failed';
  /** Why it failed, in words. */
  readonly failure?: string;
  /** Newest first. */
  readonly entries: readonly EntryView[];
  readonly terms: readonly string[];
  /** Filters that mean nothing, in words. */
  readonly problems: readonly string[];
  readonly more: boolean;
  /** The daemon's index has not reached the newest messages yet. */
  readonly behind?: boolean;
  /** Other people are blocked than when this was asked: it is to be asked again. */
  readonly stale?: boolean;
  /** The result that was gone to last: coming back, the person stands there again. */
  readonly visited?: string;
}

export interface Finding {
  readonly overlay?: Overlay;
  readonly panel?: PanelTab;
  readonly search: Search;
  /** By conversation, the last pinned first; absent until they were asked for. */
  readonly pins: Readonly<Record<string, readonly EntryView[]>>;
  /** The files that the panel lists; absent until it was opened. */
  readonly files?: FileList;
}

export interface SearchAnswer {
  readonly entries: readonly EntryView[];
  readonly terms: readonly string[];
  readonly problems: readonly string[];
  readonly more: boolean;
  readonly behind?: boolean;
}

export type FindingChange =
  | { readonly kind: 'overlay'; readonly overlay: Overlay | undefined }
  | { readonly kind: 'panel'; readonly panel: PanelTab | undefined }
  | { readonly kind: 'search/asked'; readonly query: string }
  /** `after`: the entry behind which this page stands; absent for the first page. */
  | { readonly kind: 'search/answered'; readonly query: string; readonly after?: string; readonly answer: SearchAnswer }
  | { readonly kind: 'search/failed'; readonly query: string; readonly failure: string }
  | { readonly kind: 'search/visited'; readonly id: string }
  /** The list is of this conversation and kind from now on: asked anew. */
  | { readonly kind: 'files/asked'; readonly conversation: string; readonly filter?: FileFilter }
  /** `before`: the entry behind which this page stands; absent for the first page. */
  | {
      readonly kind: 'files/page';
      readonly conversation: string;
      readonly filter?: FileFilter;
      readonly before?: string;
      readonly files: readonly FileView[];
      readonly more: boolean;
    }
  | { readonly kind: 'pins'; readonly conversation: string; readonly entries: readonly EntryView[] };

export const nothingAsked: Search = { query: '', phase: 'idle', entries: [], terms: [], problems: [], more: false };
export const nothingFound: Finding = { search: nothingAsked, pins: {} };

export function withFinding(finding: Finding, change: FindingChange): Finding {
  switch (change.kind) {
    case 'overlay': {
      const { overlay: _, ...rest } = finding;
      return change.overlay === undefined ? rest : { ...rest, overlay: change.overlay };
    }
    case 'panel': {
      const { panel: _, ...rest } = finding;
      return change.panel === undefined ? rest : { ...rest, panel: change.panel };
    }
    case 'pins':
      return { ...finding, pins: { ...finding.pins, [change.conversation]: change.entries } };
    case 'files/asked':
      return { ...finding, files: listAsked(change.conversation, change.filter) };
    case 'files/page':
      return finding.files ? { ...finding, files: listWith(finding.files, change) } : finding;
    default:
      return { ...finding, search: withSearch(finding.search, change) };
  }
}

type SearchChange = Extract<FindingChange, { kind: `search/${string}` }>;

/** An answer to a query that is no longer asked is dropped, and so is a page that does not stand behind the last result. */
function withSearch(search: Search, change: SearchChange): Search {
  if (change.kind === 'search/visited') return { ...search, visited: change.id };
  if (change.kind === 'search/asked') {
    if (change.query.trim() === '') return { ...nothingAsked, query: change.query };
    const { failure: _, ...rest } = search;
    return { ...rest, query: change.query, phase: 'asking' };
  }
  if (change.query !== search.query) return search;
  if (change.kind === 'search/failed') return { ...search, phase: 'failed', failure: change.failure };
  const { after, answer } = change;
  if (after !== undefined && (search.shown !== change.query || search.entries.at(-1)?.id !== after)) return search;
  const { visited, behind: _, stale: __, ...rest } = search;
  const kept = search.shown === change.query && visited !== undefined;
  const entries = after === undefined ? answer.entries : [...search.entries, ...answer.entries];
  return { ...rest, ...answer, entries, shown: change.query, phase: 'idle', ...(kept ? { visited } : {}) };
}

/** What is shown follows what happens to the entries: an edit shows, and what was taken back goes. */
export function findingAfter(finding: Finding, event: LocalEvent): Finding {
  if (event.type === 'conversation_removed') {
    const { [event.id]: _, ...pins } = finding.pins;
    return { ...finding, pins };
  }
  if (event.type !== 'changed' && event.type !== 'entries') return finding;
  const search = event.type === 'changed' ? searchAfter(finding.search, event.entries) : finding.search;
  const known = finding.pins[event.conversation];
  const pinned = known && pinsAfter(known, event.entries);
  const files = finding.files && listAfter(finding.files, event);
  if (search === finding.search && pinned === known && files === finding.files) return finding;
  return {
    ...finding,
    search,
    ...(files && { files }),
    pins: pinned ? { ...finding.pins, [event.conversation]: pinned } : finding.pins,
  };
}

function searchAfter(search: Search, changed: readonly EntryView[]): Search {
  const now = new Map(changed.map((entry) => [entry.id, entry]));
  if (!search.entries.some(({ id }) => now.has(id))) return search;
  const entries = search.entries.map((entry) => now.get(entry.id) ?? entry).filter(({ deleted }) => !deleted);
  return { ...search, entries };
}

function pinsAfter(known: readonly EntryView[], changed: readonly EntryView[]): readonly EntryView[] {
  const ids = new Set(changed.map(({ id }) => id));
  const pinned = changed.filter((entry) => entry.pinned && !entry.deleted);
  if (pinned.length === 0 && !known.some(({ id }) => ids.has(id))) return known;
  return sortedPins([...known.filter(({ id }) => !ids.has(id)), ...pinned]);
}

function sortedPins(entries: readonly EntryView[]): readonly EntryView[] {
  const time = ({ pinned }: EntryView): string => pinned?.time ?? '';
  return [...entries].sort((a, b) => (time(a) === time(b) ? 0 : time(a) > time(b) ? -1 : 1));
}

/** After a reconnect: what is pinned, and the files, may have changed meanwhile, so they are asked for again. */
export function findingAfterGap({ files, ...finding }: Finding): Finding {
  return { ...finding, pins: {}, ...(files && { files: listAsked(files.conversation, files.kind) }) };
}
