/** Writing: the message goes into the outbox at once, and from there to the daemon. */
import { directConversation, parseUsername } from '../../../protocol/ids.js';
import { MESSAGE_MAX, OUTBOX_MAX } from '../limits.js';
import { sameName } from '../state/entries.js';
import type { State } from '../state/model.js';
import { utf8Length } from '../text/bytes.js';
import { addressedTo } from '../text/private.js';
import type { App } from './context.js';

/**
 * Where a text in a composer would go. `private`: to one user alone, though written elsewhere; `username` as they
 * write it. `stranger`: it starts with `@name`, but nobody of that name is known, so it goes where it was written.
 */
export type Destination =
  | { readonly kind: 'here'; readonly conversation: string; readonly text: string; readonly stranger?: string }
  | { readonly kind: 'private'; readonly conversation: string; readonly text: string; readonly username: string };

export function destinationOf(state: State, conversation: string, text: string): Destination {
  const self = parseUsername(state.daemon?.me.username ?? '');
  const addressed = addressedTo(text);
  if (!addressed || !self || sameName(addressed.username, self)) return { kind: 'here', conversation, text };
  const person = state.daemon?.people[addressed.username.toLowerCase()];
  const other = parseUsername(person?.username ?? '');
  if (!other) return { kind: 'here', conversation, text, stranger: addressed.username };
  return { kind: 'private', conversation: directConversation(self, other), text: addressed.text, username: other };
}

export type Refusal = 'empty' | 'too_long' | 'outbox_full';

export function refusalOf(state: State, text: string): Refusal | undefined {
  if (text.trim() === '') return 'empty';
  if (utf8Length(text) > MESSAGE_MAX) return 'too_long';
  return state.outbox.length >= OUTBOX_MAX ? 'outbox_full' : undefined;
}

/** Empties the draft and answers where the message went; undefined when it was refused and the draft stays. */
export function sendMessage(app: App, conversation: string, draft: string): Destination | undefined {
  const { store } = app;
  const destination = destinationOf(store.get(), conversation, trimmed(draft));
  if (refusalOf(store.get(), destination.text)) return undefined;
  const { text: message, conversation: target } = destination;
  store.dispatch({
    type: 'outbox/add',
    item: { client: app.newId(), conversation: target, message, createdAt: app.now(), phase: 'queued' },
  });
  store.dispatch({ type: 'draft', conversation, text: '' });
  app.outbox.pump();
  return destination;
}

/** Empty lines around a message are nobody's wish; the indentation of its first line may be. */
function trimmed(text: string): string {
  return text.replace(/^(?:[^\S\n]*\n)+/, '').trimEnd();
}

export function retryMessage(app: App, client: string): void {
  app.store.dispatch({ type: 'outbox/phase', client, phase: 'queued' });
  app.outbox.pump();
}

/** Takes a message that was never accepted back into the composer, where nothing else is written there. */
export function discardMessage(app: App, client: string): void {
  const { outbox, drafts } = app.store.get();
  const item = outbox.find((known) => known.client === client);
  app.store.dispatch({ type: 'outbox/drop', client });
  if (!item || (drafts[item.conversation] ?? '') !== '') return;
  app.store.dispatch({ type: 'draft', conversation: item.conversation, text: item.message });
}
