/** Loads history when the state wants it: the newest page on opening, others on scrolling and jumping, all again after a gap. */
import type { EntryView } from '../../../protocol/local-api.js';
import { BROADCAST, HISTORY_PAGE_MAX, LOADED_MAX, PAGE, SCROLL_PAGE } from '../limits.js';
import { ApiError } from '../net/api.js';
import type { HistoryPage } from '../net/api.js';
import { currentConversation, lacksBanners } from '../state/attention.js';
import type { State, Timeline, TimelinePart } from '../state/model.js';
import { compareEntries, placeOf } from '../state/order.js';
import type { App } from './context.js';

/** Entries above what is unread that are loaded with it. */
const CONTEXT = 10;

/** Which load the state asks for by itself. */
export function wantedLoad(state: State): { conversation: string; part: 'latest' | 'unread' | 'again' } | undefined {
  const conversation = currentConversation(state);
  if (conversation === undefined || state.connection.phase !== 'live') return undefined;
  if (!state.daemon?.conversations[conversation]) return undefined;
  const timeline = state.timelines[conversation];
  if (timeline && timeline.phase !== 'idle') return undefined;
  if (timeline?.loaded) return timeline.stale ? { conversation, part: 'again' } : undefined;
  return { conversation, part: opensAtUnread(state, conversation) ? 'unread' : 'latest' };
}

/**
 * Whether a conversation is opened where what is unread begins, since one page from the newest entry on does not hold that. Not of a
 * channel in which nothing was ever read: what was said before one came is no news.
 */
export function opensAtUnread(state: State, conversation: string): boolean {
  const view = state.daemon?.conversations[conversation];
  if (!view || state.justJoined === conversation || view.unread + CONTEXT <= HISTORY_PAGE_MAX) return false;
  return view.readUpTo !== undefined || !conversation.startsWith('#');
}

/** Runs whenever the state changed. */
export function loadWanted(app: App): void {
  const wanted = wantedLoad(app.store.get());
  if (wanted) void load(app, wanted.conversation, wanted.part);
}

/**
 * Unread broadcasts from before this page was open: their banners are made from history. Runs whenever the state changed;
 * asks once for each time the connection stands.
 */
export function createBroadcastLoader(app: App): () => void {
  let asked = false;
  return () => {
    const state = app.store.get();
    if (state.connection.phase !== 'live') asked = false;
    if (asked || state.connection.phase !== 'live' || !state.daemon) return;
    asked = true;
    if (currentConversation(state) === BROADCAST || !lacksBanners(state)) return;
    app.api
      .history(BROADCAST, PAGE)
      .then(({ entries }) => app.store.dispatch({ type: 'broadcasts', entries }))
      // The unread count in the list tells of them still.
      .catch(() => undefined);
  };
}

export function loadOlder(app: App, conversation: string): void {
  const timeline = readable(app, conversation);
  if (timeline?.more) void load(app, conversation, 'before');
}

export function loadNewer(app: App, conversation: string): void {
  const timeline = readable(app, conversation);
  if (timeline?.newer) void load(app, conversation, 'after');
}

/** Leaves what is loaded for the newest entries, where those are not loaded. Answers whether they are or will be. */
export async function loadNewest(app: App, conversation: string): Promise<boolean> {
  const timeline = app.store.get().timelines[conversation];
  if (!timeline?.newer) return true;
  return load(app, conversation, 'latest');
}

/** Leaves what is loaded for the entries around one, in whatever state the timeline is. Answers whether that could be had. */
export function loadAround(app: App, conversation: string, entry: string): Promise<boolean> {
  return load(app, conversation, 'around', entry);
}

/** After a failure, on the person's wish. */
export function retryHistory(app: App, conversation: string): void {
  const timeline = app.store.get().timelines[conversation];
  const part = timeline?.part === 'around' || timeline?.part === 'again' ? 'latest' : (timeline?.part ?? 'latest');
  void load(app, conversation, timeline?.stale ? 'again' : part);
}

function readable(app: App, conversation: string): Timeline | undefined {
  const timeline = app.store.get().timelines[conversation];
  return timeline?.loaded && !timeline.stale && timeline.phase === 'idle' ? timeline : undefined;
}

async function load(app: App, conversation: string, part: TimelinePart, entry?: string): Promise<boolean> {
  const { store } = app;
  const name = app.newId();
  store.dispatch({ type: 'history/loading', conversation, part, load: name });
  try {
    const page = await read(app, conversation, part, entry);
    store.dispatch({ type: 'history/page', conversation, ...page, load: name });
    return true;
  } catch {
    store.dispatch({ type: 'history/failed', conversation, load: name });
    return false;
  }
}

function read(app: App, conversation: string, part: TimelinePart, entry = ''): Promise<HistoryPage> {
  const { api, store } = app;
  const entries = store.get().timelines[conversation]?.entries ?? [];
  const [oldest, newest] = [entries[0], entries.at(-1)];
  switch (part) {
    case 'before':
      return api.history(conversation, SCROLL_PAGE, oldest ? { before: oldest.id } : {});
    case 'after':
      return api.history(conversation, SCROLL_PAGE, newest ? { after: newest.id } : {});
    case 'around':
      return api.history(conversation, PAGE, { around: entry });
    case 'again':
      return readAgain(app, conversation);
    case 'unread':
      return readUnread(app, conversation);
    case 'latest':
      return api.history(conversation, firstSize(store.get(), conversation));
  }
}

/** What is read last may be gone, or of somebody whom the user blocks. */
async function readUnread({ api, commands, store }: App, conversation: string): Promise<HistoryPage> {
  const readUpTo = store.get().daemon?.conversations[conversation]?.readUpTo;
  if (readUpTo === undefined) {
    const { entries, more, newer } = await commands.run('history.page', { conversation, first: true, limit: PAGE });
    return { entries, more, newer };
  }
  try {
    return await api.history(conversation, PAGE, { around: readUpTo });
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'not_found') throw error;
    return api.history(conversation, PAGE);
  }
}

/** Enough to show where the unread messages begin, where one page can. */
function firstSize(state: State, conversation: string): number {
  const enough = (state.daemon?.conversations[conversation]?.unread ?? 0) + CONTEXT;
  return enough > HISTORY_PAGE_MAX ? PAGE : Math.max(PAGE, enough);
}

/**
 * All pages from the newest down to the oldest entry that is loaded, as one. Of a part that ends before the present, its own
 * newest entry is where they begin: that one is asked for by itself.
 */
async function readAgain(app: App, conversation: string): Promise<HistoryPage> {
  const { entries: loaded, newer } = app.store.get().timelines[conversation] ?? { entries: [], newer: false };
  const [oldest, newest] = [loaded[0], loaded.at(-1)];
  let entries: readonly EntryView[] = [];
  if (newer && newest) entries = [(await app.commands.run('history.entry', { entry: newest.id })).entry];
  for (;;) {
    const [end] = entries;
    const page = await app.api.history(conversation, HISTORY_PAGE_MAX, end ? { before: end.id } : {});
    // It was moved since the page before was read: what is between its two places would be left out.
    if (end && page.place !== undefined && page.place !== placeOf(end)) return readAgain(app, conversation);
    entries = [...page.entries, ...entries];
    const first = page.entries[0];
    const covered = !first || !oldest || compareEntries(first, oldest) <= 0;
    if (covered || !page.more || entries.length >= LOADED_MAX) return { entries, more: page.more, newer };
  }
}
