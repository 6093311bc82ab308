/** What is done with texts that are too long for the composer (state/snippets.ts). */
import { COMPOSER_LINES_MAX, MESSAGE_MAX, OUTBOX_MAX, SNIPPET_MAX, SNIPPETS_MAX } from '../limits.js';
import { composerText, draftKey } from '../state/drafts.js';
import type { State } from '../state/model.js';
import { snippetsIn } from '../state/snippets.js';
import type { Snippet } from '../text/snippet.js';
import { utf8Length } from '../text/bytes.js';
import { countLines, headOf, pastedText, snippetMessages } from '../text/snippet.js';
import type { App } from './context.js';
import { destinationOf, post, type Destination } from './messages.js';

/** Keeps a text beside the composer; where there is no room for another, the person is told and nothing is taken. */
export function addSnippet(app: App, conversation: string, text: string): void {
  const { store, t, newId, now } = app;
  const { snippets } = store.get();
  if (snippetsIn(snippets, conversation).length >= SNIPPETS_MAX) {
    store.dispatch({ type: 'alert', id: newId(), text: t('composer.snippets_full') });
    return;
  }
  const createdAt = Math.max(now(), (snippets.at(-1)?.createdAt ?? 0) + 1);
  store.dispatch({ type: 'snippet', snippet: { id: newId(), conversation, text: pastedText(text), createdAt } });
}

export function dropSnippet({ store }: App, { id }: Snippet): void {
  store.dispatch({ type: 'snippet/drop', id });
}

/** Its messages; undefined where it is too large to be sent at all. Costs as much as the text is long. */
export function messagesOf({ text }: Snippet): readonly string[] | undefined {
  // Code units first: nobody counts the bytes of what is far too long.
  return text.length <= SNIPPET_MAX && utf8Length(text) <= SNIPPET_MAX ? snippetMessages(text, MESSAGE_MAX) : undefined;
}

/** Where a snippet would go: to whom the text in the composer is for, since it was pasted into that. */
export function snippetDestination(state: State, conversation: string): Destination {
  const editing = state.composing[conversation]?.mode === 'edit';
  return destinationOf(state, conversation, editing ? '' : `${state.drafts[conversation] ?? ''} …`);
}

/** Whether it went; false where the messages do not fit into the outbox now, or it is too large. */
export function sendSnippet(app: App, snippet: Snippet): boolean {
  const { conversation } = snippet;
  const state = app.store.get();
  const messages = messagesOf(snippet);
  if (!messages || state.outbox.length + messages.length > OUTBOX_MAX) return false;
  post(app, conversation, snippetDestination(state, conversation), messages);
  dropSnippet(app, snippet);
  return true;
}

/** Bytes that still fit into the message in the composer, and lines. */
function roomIn(state: State, conversation: string): { readonly bytes: number; readonly lines: number } {
  const text = composerText(state, conversation);
  return { bytes: MESSAGE_MAX - utf8Length(text) - 1, lines: COMPOSER_LINES_MAX - countLines(text) };
}

/** Moves what fits into one message from the beginning of the snippet to the end of the composer; the rest stays aside. */
export function moveHead({ store }: App, snippet: Snippet): void {
  const { conversation } = snippet;
  const state = store.get();
  const room = roomIn(state, conversation);
  const [head, rest] = headOf(snippet.text, room.bytes, room.lines);
  if (head === '') return;
  const text = composerText(state, conversation);
  const joined = text === '' || text.endsWith('\n') ? text + head : `${text}\n${head}`;
  store.dispatch({ type: 'draft', conversation: draftKey(conversation, state.composing[conversation]), text: joined });
  store.dispatch({ type: 'snippet', snippet: { ...snippet, text: rest } });
}

/** Hands it to the browser's own downloads. */
export function saveSnippet({ text }: Snippet): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  link.download = 'pasted-text.txt';
  link.click();
  URL.revokeObjectURL(link.href);
}
