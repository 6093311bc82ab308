/** What the composer of a conversation is at, besides a message of its own: an answer to an entry, or an own one written anew. */
import type { EntryView, LocalEvent } from '../../../protocol/local-api.js';

export interface Composing {
  readonly mode: 'reply' | 'edit';
  /** As it looks now. */
  readonly entry: EntryView;
}

/** By conversation. */
export type ComposingIn = Readonly<Record<string, Composing>>;

export function withComposing(all: ComposingIn, mode: Composing['mode'], entry: EntryView): ComposingIn {
  return { ...all, [entry.conversation]: { mode, entry } };
}

export function withoutComposing(all: ComposingIn, conversation: string): ComposingIn {
  if (!Object.hasOwn(all, conversation)) return all;
  const { [conversation]: _, ...others } = all;
  return others;
}

/** Follows what happens to the entry meanwhile: nobody answers or edits what was taken back. */
export function composingAfter(all: ComposingIn, event: LocalEvent): ComposingIn {
  if (event.type === 'conversation_removed') return withoutComposing(all, event.id);
  if (event.type !== 'changed') return all;
  const known = all[event.conversation];
  const now = event.entries.find(({ id }) => id === known?.entry.id);
  if (!known || !now) return all;
  return now.deleted ? withoutComposing(all, event.conversation) : withComposing(all, known.mode, now);
}
