/** What is being written: a draft for each conversation, and beside it the new text of an own message that is being edited. */
import { actionMessage, actionOf } from '../../../protocol/action.js';
import type { EntryView } from '../../../protocol/local-api.js';
import type { Composing } from './composing.js';
import type { State } from './model.js';
import { isOwnMessage } from './relations.js';

const ME = '/me ';

export type Drafts = Readonly<Record<string, string>>;

/** Where the text in the composer is kept: an edit has a place of its own, so that the draft waits untouched. */
export function draftKey(conversation: string, composing: Composing | undefined): string {
  return composing?.mode === 'edit' ? `edit ${composing.entry.id}` : conversation;
}

/** The text that stands in the composer of a conversation. An edit begins as the message is. */
export function composerText({ drafts, composing }: Pick<State, 'drafts' | 'composing'>, conversation: string): string {
  const at = composing[conversation];
  const kept = drafts[draftKey(conversation, at)];
  return kept ?? (at?.mode === 'edit' ? editedText(at.entry) : '');
}

/** As it is written anew: what somebody does, behind `/me`. */
function editedText(entry: EntryView): string {
  const action = actionOf(entry);
  return action === undefined ? entry.message : `${ME}${action}`;
}

/** What the message becomes by that text. */
export function editOf(entry: EntryView, text: string): string {
  return actionOf(entry) !== undefined && text.startsWith(ME) && text.trim() !== ME.trim()
    ? actionMessage(text.slice(ME.length).trim())
    : text;
}

/** Another window of this browser wrote. The newest wins, but never against what is being typed here: `held`. */
export function withForeignDraft(drafts: Drafts, key: string, text: string, held: string | undefined): Drafts {
  return key === held || (drafts[key] ?? '') === text ? drafts : { ...drafts, [key]: text };
}

/** Whether something was begun there and not sent. */
export function hasDraft(drafts: Drafts, conversation: string): boolean {
  return (drafts[conversation] ?? '').trim() !== '';
}

/** The own message that ArrowUp edits: the newest that is a text and still stands. */
export function lastOwnText(entries: readonly EntryView[], self: string): EntryView | undefined {
  return entries.findLast((entry) => entry.kind === 'text' && isOwnMessage(entry, self));
}
