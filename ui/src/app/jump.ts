/** Goes to one entry, wherever it stands: in the conversation in view, in another one, or in history not loaded yet. */
import type { EntryView } from '../../../protocol/local-api.js';
import { currentConversation } from '../state/attention.js';
import { conversationRoute, formatRoute } from '../state/route.js';
import type { App } from './context.js';
import { failureText } from './failures.js';
import { loadAround, loadNewest } from './history.js';

/**
 * Resolves once the entry is loaded and on its way into view, or the person was told why it cannot be. An entry of another
 * conversation is gone to by its link, so that there is a step back from it.
 */
export async function jumpTo(app: App, conversation: string, entryId: string): Promise<void> {
  if (currentConversation(app.store.get()) === conversation) return show(app, conversation, entryId);
  app.navigate(formatRoute({ view: 'message', entry: entryId }));
}

/** Back to the present, from wherever history was being read. Answers whether it is loaded. */
export function toPresent(app: App, conversation: string): Promise<boolean> {
  return loadNewest(app, conversation);
}

/** To the first unread message: the one after the entry read last, which may be far above what is loaded. */
export async function jumpToUnread(app: App, conversation: string, first: string | undefined): Promise<void> {
  const entry = first ?? (await firstAfterRead(app, conversation));
  if (entry !== undefined) await show(app, conversation, entry);
}

/** Follows a link to a message: finds out where that is. Runs whenever the state changed; once for each time it is gone to. */
export function createLinkFollower(app: App): () => void {
  let followed: object | undefined;
  return () => {
    const { route, connection, daemon } = app.store.get();
    if (route.view !== 'message' || connection.phase !== 'live' || !daemon || followed === route) return;
    followed = route;
    void follow(app, route.entry);
  };
}

async function follow(app: App, id: string): Promise<void> {
  const { store } = app;
  const { route } = store.get();
  const here = (): boolean => store.get().route === route;
  try {
    const { entry } = await app.commands.run('history.entry', { entry: id });
    const { daemon } = store.get();
    if (!here() || !daemon) return;
    if (!daemon.conversations[entry.conversation]) throw new Error(notMember(app, entry));
    if (!isLoaded(app, entry.conversation, id)) await loadAround(app, entry.conversation, id);
    if (!here()) return;
    store.dispatch({
      type: 'route',
      route: { ...conversationRoute(entry.conversation, daemon.me.username), entry: id },
    });
    store.dispatch({ type: 'jump', conversation: entry.conversation, entry: id });
  } catch (error) {
    if (here()) store.dispatch({ type: 'open/failed', text: problem(app, error) });
  }
}

async function show(app: App, conversation: string, id: string): Promise<void> {
  const loaded = isLoaded(app, conversation, id) || (await loadAround(app, conversation, id));
  if (loaded && isLoaded(app, conversation, id)) return app.store.dispatch({ type: 'jump', conversation, entry: id });
  app.store.dispatch({ type: 'alert', id: app.newId(), text: app.t('timeline.not_here') });
}

function isLoaded(app: App, conversation: string, id: string): boolean {
  const timeline = app.store.get().timelines[conversation];
  return timeline?.loaded === true && timeline.entries.some((entry) => entry.id === id);
}

async function firstAfterRead(app: App, conversation: string): Promise<string | undefined> {
  const { marks, timelines } = app.store.get();
  const after = marks[conversation]?.readUpTo;
  // Nothing was ever read here: the way up leads there.
  if (after === undefined) return timelines[conversation]?.entries[0]?.id;
  try {
    return (await app.api.history(conversation, 1, { after })).entries[0]?.id;
  } catch (error) {
    app.store.dispatch({ type: 'alert', id: app.newId(), text: failureText(app.t, error) });
    return undefined;
  }
}

function notMember(app: App, { conversation }: EntryView): string {
  return app.t('timeline.link_left', { place: conversation });
}

function problem(app: App, error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return code === 'not_found' ? app.t('timeline.link_unknown') : failureText(app.t, error);
}
