/** Telling others that one types, and letting go of those who were heard typing. */
import type { LocalEvent } from '../../../protocol/local-api.js';
import { TYPING_TOLD_MS } from '../limits.js';
import { nextExpiry } from '../state/typing.js';
import type { App } from './context.js';

/** Of the event alone: who types is of this moment, and in no snapshot. */
export function hearTyping({ store, now }: App, event: LocalEvent): void {
  if (event.type !== 'typing') return;
  store.dispatch({ type: 'typing/heard', conversation: event.conversation, username: event.username, at: now() });
}

/** Runs whenever the state changed; wakes up when the next one is no longer believed. */
export function createTypingClock({ store, now }: App, window: Window): () => void {
  let timer: number | undefined;
  let due: number | undefined;
  return () => {
    const next = nextExpiry(store.get().typing);
    if (next === due) return;
    due = next;
    window.clearTimeout(timer);
    if (next === undefined) return;
    // The timer first: what is told here runs this function again.
    timer = window.setTimeout(
      () => {
        due = undefined;
        store.dispatch({ type: 'typing/expired', at: now() });
      },
      Math.max(0, next - now()),
    );
  };
}

/** When each conversation was told last, ms of the browser's clock. */
export type Told = Map<string, number>;

/**
 * To be called on every change that the person makes to a text. Nothing is told of empty texts, by those who do not want it
 * told, or more often than every three seconds; and nobody has to know when it does not arrive.
 */
export function tellTyping(app: App, conversation: string, text: string, told: Told): void {
  const { connection, daemon } = app.store.get();
  if (!/\S/.test(text) || connection.phase !== 'live' || daemon?.preferences.sendTyping !== true) return;
  if (!daemon.conversations[conversation]) return;
  const last = told.get(conversation);
  if (last !== undefined && app.now() - last < TYPING_TOLD_MS) return;
  told.set(conversation, app.now());
  app.commands.run('conversation.typing', { conversation }).catch(() => undefined);
}
