/**
 * Texts that are too long for a composer: kept aside until they are sent or removed. No draft in the state is ever longer
 * than a composer holds, whoever wrote it there: what is becomes a snippet.
 */
import { fitsComposer, type Snippet } from '../text/snippet.js';
import { draftKey, type Drafts } from './drafts.js';
import type { State } from './model.js';

export function snippetsIn(all: readonly Snippet[], conversation: string): readonly Snippet[] {
  return all.filter((snippet) => snippet.conversation === conversation);
}

/** Adds it, or replaces the one of the same id; one without text goes. */
export function withSnippet(all: readonly Snippet[], snippet: Snippet): readonly Snippet[] {
  if (snippet.text === '') return withoutSnippet(all, snippet.id);
  if (!all.some(({ id }) => id === snippet.id)) return [...all, snippet];
  return all.map((one) => (one.id === snippet.id ? snippet : one));
}

export function withoutSnippet(all: readonly Snippet[], id: string): readonly Snippet[] {
  return all.some((snippet) => snippet.id === id) ? all.filter((snippet) => snippet.id !== id) : all;
}

/** Moves a draft that no composer can hold to the snippets. `key`: of the draft (drafts.ts). */
export function withBoundedDraft(state: State, key: string): State {
  const text = state.drafts[key];
  if (text === undefined || fitsComposer(text)) return state;
  const edited = Object.values(state.composing).find((one) => draftKey(one.entry.conversation, one) === key);
  // Of an edit that is not open: it is asked again when it is.
  if (key.startsWith('edit ') && edited?.mode !== 'edit') return state;
  const conversation = edited?.mode === 'edit' ? edited.entry.conversation : key;
  const drafts = { ...state.drafts, [key]: edited?.mode === 'edit' ? edited.entry.message : '' };
  const createdAt = (state.snippets.at(-1)?.createdAt ?? 0) + 1;
  const snippet = { id: `draft ${key} ${createdAt}`, conversation, text, createdAt };
  return { ...state, drafts, snippets: withSnippet(state.snippets, snippet) };
}

/** Those that a composer can hold, and those of edits, which are looked at when the edit is opened. */
export function boundedDrafts(drafts: Drafts): Drafts {
  return Object.fromEntries(
    Object.entries(drafts).filter(([key, text]) => key.startsWith('edit ') || fitsComposer(text)),
  );
}
