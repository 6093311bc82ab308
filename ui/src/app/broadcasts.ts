/** Unread broadcasts from before this page was open: their banners are made from history. */
import { BROADCAST, PAGE } from '../limits.js';
import { currentConversation, lacksBanners } from '../state/attention.js';
import type { App } from './context.js';

/** Runs whenever the state changed; asks once for each time the connection stands. */
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
