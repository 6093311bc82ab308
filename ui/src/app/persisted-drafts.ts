/** Writes what is being written and what is unsent into the browser's storage as it changes, so that no reload loses a keystroke. */
import { SNIPPET_MAX } from '../limits.js';
import type { State } from '../state/model.js';
import type { App } from './context.js';

export function persistChanges(app: App): () => void {
  let before = app.store.get();
  return app.store.subscribe(() => {
    const state = app.store.get();
    if (before.session.phase === 'signed_in' && state.session.phase === 'signed_in') {
      persistDrafts(app, before, state, state.session.username);
      persistOutbox(app, before, state, state.session.username);
      persistComposing(app, before, state, state.session.username);
      persistSnippets(app, before, state, state.session.username);
    }
    before = state;
  });
}

function persistDrafts(app: App, before: State, state: State, username: string): void {
  if (before.drafts === state.drafts) return;
  for (const [conversation, text] of Object.entries(state.drafts)) {
    if (before.drafts[conversation] !== text) app.persisted.writeDraft(username, conversation, text);
  }
}

function persistOutbox(app: App, before: State, state: State, username: string): void {
  if (before.outbox === state.outbox) return;
  const known = new Set(before.outbox.map(({ client }) => client));
  const left = new Set(state.outbox.map(({ client }) => client));
  for (const item of state.outbox) if (!known.has(item.client)) app.persisted.writeItem(username, item);
  for (const client of known) if (!left.has(client)) app.persisted.removeItem(username, client);
}

function persistComposing(app: App, before: State, state: State, username: string): void {
  if (before.composing === state.composing) return;
  for (const conversation of new Set([...Object.keys(before.composing), ...Object.keys(state.composing)])) {
    const now = state.composing[conversation];
    if (before.composing[conversation] !== now) app.persisted.writeComposing(username, conversation, now);
  }
}

/** Those that can be sent. What is longer is a file already, and would fill the storage: its card says that it is not kept. */
function persistSnippets(app: App, before: State, state: State, username: string): void {
  if (before.snippets === state.snippets) return;
  const known = new Set(before.snippets);
  const left = new Set(state.snippets.map(({ id }) => id));
  for (const snippet of state.snippets) {
    if (!known.has(snippet) && snippet.text.length <= SNIPPET_MAX) app.persisted.writeSnippet(username, snippet);
  }
  for (const { id } of before.snippets) if (!left.has(id)) app.persisted.removeSnippet(username, id);
}
