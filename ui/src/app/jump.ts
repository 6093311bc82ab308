/** Goes to one entry, wherever it stands: in the conversation in view, in another one, or in history not loaded yet. */
import { currentConversation } from '../state/attention.js';
import { conversationRoute, formatRoute } from '../state/route.js';
import type { App } from './context.js';

/** Resolves once the entry is shown, or the person was told why it cannot be. */
export async function jumpTo(app: App, conversation: string, entryId: string): Promise<void> {
  const state = app.store.get();
  if (!state.daemon) return;
  if (currentConversation(state) !== conversation)
    app.navigate(formatRoute(conversationRoute(conversation, state.daemon.me.username)));
  await new Promise(requestAnimationFrame);
  document.querySelector(`[data-key="${CSS.escape(entryId)}"]`)?.scrollIntoView({ block: 'center' });
}
