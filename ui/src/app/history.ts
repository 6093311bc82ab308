/** Loads history when the state wants it: the newest page on opening, older ones on scrolling, all again after a gap. */
import type { EntryView } from '../../../protocol/local-api.js';
import { HISTORY_PAGE_MAX, PAGE, REFRESH_MAX } from '../limits.js';
import type { HistoryPage } from '../net/api.js';
import { currentConversation } from '../state/attention.js';
import type { State } from '../state/model.js';
import { compareEntries } from '../state/order.js';
import type { App } from './context.js';

/** Which load the state asks for by itself. */
export function wantedLoad(state: State): { conversation: string; refresh: boolean } | undefined {
  const conversation = currentConversation(state);
  if (conversation === undefined || state.connection.phase !== 'live') return undefined;
  if (!state.daemon?.conversations[conversation]) return undefined;
  const timeline = state.timelines[conversation];
  if (timeline && timeline.phase !== 'idle') return undefined;
  if (timeline?.loaded) return timeline.stale ? { conversation, refresh: true } : undefined;
  return { conversation, refresh: false };
}

/** Runs whenever the state changed. */
export function loadWanted(app: App): void {
  const wanted = wantedLoad(app.store.get());
  if (!wanted) return;
  const { conversation, refresh } = wanted;
  void load(app, conversation, refresh, () =>
    refresh ? readAgain(app, conversation) : app.api.history(conversation, firstSize(app.store.get(), conversation)),
  );
}

export function loadOlder(app: App, conversation: string): void {
  const timeline = app.store.get().timelines[conversation];
  const oldest = timeline?.entries[0];
  if (!timeline?.loaded || !timeline.more || timeline.stale || timeline.phase === 'loading') return;
  void load(app, conversation, false, () => app.api.history(conversation, PAGE, oldest?.id));
}

/** After a failure, on the person's wish. */
export function retryHistory(app: App, conversation: string): void {
  const timeline = app.store.get().timelines[conversation];
  if (timeline?.loaded && !timeline.stale) return loadOlder(app, conversation);
  const refresh = timeline?.stale === true;
  void load(app, conversation, refresh, () =>
    refresh ? readAgain(app, conversation) : app.api.history(conversation, PAGE),
  );
}

async function load(app: App, conversation: string, refresh: boolean, read: () => Promise<HistoryPage>): Promise<void> {
  const { store } = app;
  store.dispatch({ type: 'history/loading', conversation });
  try {
    const page = await read();
    store.dispatch({ type: 'history/page', conversation, entries: page.entries, more: page.more, refresh });
  } catch {
    store.dispatch({ type: 'history/failed', conversation });
  }
}

/** Enough to show where the unread messages begin. */
function firstSize(state: State, conversation: string): number {
  const unread = state.daemon?.conversations[conversation]?.unread ?? 0;
  return Math.min(HISTORY_PAGE_MAX, Math.max(PAGE, unread + 10));
}

/** All pages from the newest down to the oldest entry that is loaded, as one. */
async function readAgain(app: App, conversation: string): Promise<HistoryPage> {
  const oldest = app.store.get().timelines[conversation]?.entries[0];
  let entries: readonly EntryView[] = [];
  for (;;) {
    const page = await app.api.history(conversation, HISTORY_PAGE_MAX, entries[0]?.id);
    entries = [...page.entries, ...entries];
    const first = page.entries[0];
    const covered = !first || !oldest || compareEntries(first, oldest) <= 0;
    if (covered || !page.more || entries.length >= REFRESH_MAX) return { entries, more: page.more };
  }
}
