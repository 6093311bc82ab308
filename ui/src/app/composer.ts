/** What the composer does besides sending: editing, and following what other windows of this browser write. */
import { toStorable } from '../../../protocol/text.js';
import type { EntryView } from '../../../protocol/local-api.js';
import { draftKey, editOf, lastOwnText, type Drafts } from '../state/drafts.js';
import { withEmoji } from '../text/emoji-shortcodes.js';
import { emojiOf } from './composer-emoji.js';
import type { App } from './context.js';
import { cancelComposing, editMessage, startEdit } from './message-actions.js';

/** ArrowUp in an empty composer. False where there is nothing of one's own to edit. */
export function editLast(app: App, conversation: string): boolean {
  const { daemon, timelines } = app.store.get();
  const entry = daemon && lastOwnText(timelines[conversation]?.entries ?? [], daemon.me.username);
  if (entry) startEdit(app, entry);
  return entry !== undefined;
}

/** What has been written for the edit goes with it. */
export function cancelEdit(app: App, conversation: string): void {
  const composing = app.store.get().composing[conversation];
  if (composing?.mode !== 'edit') return;
  cancelComposing(app, conversation);
  app.store.dispatch({ type: 'draft', conversation: draftKey(conversation, composing), text: '' });
}

/**
 * The composer is free at once. Where the daemon refuses, or is away, the person is told why, and finds the edit as it was,
 * unless they have begun another.
 */
export async function saveEdit(app: App, entry: EntryView, text: string): Promise<void> {
  const { conversation } = entry;
  const message = editOf(entry, withEmoji(toStorable(text.trim() === '' ? '' : text.trimEnd()), emojiOf(app)));
  cancelEdit(app, conversation);
  if (message === entry.message || (await editMessage(app, entry, message))) return;
  if (app.store.get().composing[conversation]) return;
  startEdit(app, entry);
  app.store.dispatch({ type: 'draft', conversation: draftKey(conversation, { mode: 'edit', entry }), text });
}

/** What was being answered or edited when the page went away. Edits whose message has gone since are forgotten. */
export function restoreComposing({ persisted, store }: App, username: string): void {
  for (const { mode, entry } of Object.values(persisted.composing(username))) {
    store.dispatch({ type: `compose/${mode}`, entry });
  }
  const { composing, drafts } = store.get();
  const edits = new Set(Object.keys(composing).map((conversation) => draftKey(conversation, composing[conversation])));
  for (const key of Object.keys(drafts)) {
    if (key.startsWith('edit ') && !edits.has(key)) store.dispatch({ type: 'draft', conversation: key, text: '' });
  }
}

/**
 * Drafts that are longer than a composer holds, which only an earlier version, or somebody's hand, has kept: they become
 * snippets now that changes are kept.
 */
export function restoreLongDrafts({ store }: App, drafts: Drafts): void {
  for (const [key, text] of Object.entries(drafts)) {
    if (!(key in store.get().drafts)) store.dispatch({ type: 'draft', conversation: key, text });
  }
}

/** A pause of so long, and what another window writes is the newest. */
const HELD_MS = 5_000;

/** Drafts and snippets that another window of this browser writes show here too, but for the one that is being typed here. */
export function followDrafts({ persisted, store, now }: App, window: Window): void {
  let typed: { readonly at: number; readonly draft: string } | undefined;
  window.addEventListener('input', ({ target }) => {
    const draft = target instanceof HTMLElement ? target.dataset['draft'] : undefined;
    if (draft !== undefined) typed = { at: now(), draft };
  });
  window.addEventListener('storage', ({ key, newValue }) => {
    const { session } = store.get();
    if (key === null || session.phase !== 'signed_in') return;
    const snippet = persisted.snippetOf(session.username, key, newValue ?? '');
    if (snippet) store.dispatch({ type: 'snippet', snippet });
    const draft = persisted.draftKeyOf(session.username, key);
    if (draft === undefined) return;
    const held = typed && now() - typed.at < HELD_MS ? { held: typed.draft } : {};
    store.dispatch({ type: 'draft/foreign', key: draft, text: newValue ?? '', ...held });
  });
}
