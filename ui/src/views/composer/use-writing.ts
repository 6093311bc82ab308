import type { RefObject } from 'preact';
import { useRef } from 'preact/hooks';
import { readSlash, windowSlashNames } from '../../../../protocol/slash-commands.js';
import { emojiOf } from '../../app/composer-emoji.js';
import { destinationOf } from '../../app/messages.js';
import { addSnippet } from '../../app/snippets.js';
import { tellTyping, type Told } from '../../app/typing.js';
import { useApp } from '../../app/use-app.js';
import { composerText, draftKey } from '../../state/drafts.js';
import { closedShortcode } from '../../text/emoji-shortcodes.js';
import { fitsComposer, insertedText, isTyped } from '../../text/snippet.js';
import { applyChange, type Change } from './area-edit.js';

type WrittenEvent = InputEvent & { readonly currentTarget: HTMLTextAreaElement };

/** Every change of the text in the composer comes through here. */
export function useWriting(conversation: string, area: RefObject<HTMLTextAreaElement | null>) {
  const app = useApp();
  const told = useRef<Told>(new Map());

  const apply = (change: Change): void => {
    if (area.current) applyChange(area.current, change);
  };
  /** At the caret, in place of what is selected. */
  const insert = (text: string): void => {
    const { selectionStart: from = 0, selectionEnd: to = 0 } = area.current ?? {};
    apply({ from, to, text });
  };
  /** Before the browser lays anything out: what the box cannot hold is kept aside, and typing stops where it is full. */
  const onBeforeInput = (event: WrittenEvent): void => {
    const { value, selectionStart, selectionEnd } = event.currentTarget;
    const more = insertion(event);
    if (more === '' || !event.cancelable) return;
    if (fitsComposer(more) && fitsComposer(value.slice(0, selectionStart) + more + value.slice(selectionEnd))) return;
    event.preventDefault();
    // Fingers stop by themselves when nothing more appears, and the note says why.
    if (!isTyped(more) || event.inputType.startsWith('insertFrom')) addSnippet(app, conversation, more);
  };
  const onInput = (event: WrittenEvent): void => {
    const { value, selectionStart } = event.currentTarget;
    if (!fitsComposer(value)) return takeBack(event.currentTarget);
    const state = app.store.get();
    const composing = state.composing[conversation];
    app.store.dispatch({ type: 'draft', conversation: draftKey(conversation, composing), text: value });
    // Those who will not see the message need not know that it is being written; nor is an edit news to anybody.
    if (composing?.mode !== 'edit' && isSaid(value)) {
      tellTyping(app, destinationOf(state, conversation, value).conversation, value, told.current);
    }
    // Only what is typed, one character after the other: taking back a conversion must not convert again.
    if (event.inputType !== 'insertText' || event.data !== ':') return;
    const closed = closedShortcode(value, selectionStart, emojiOf(app));
    if (closed) apply({ from: closed.from, to: selectionStart, text: closed.emoji });
  };
  /** For what the browser does not announce, or does not let be prevented: input methods, extensions, undo. */
  const takeBack = (field: HTMLTextAreaElement): void => {
    const before = composerText(app.store.get(), conversation);
    const more = insertedText(before, field.value);
    field.value = before;
    addSnippet(app, conversation, more);
  };
  return { apply, insert, onBeforeInput, onInput, forgetTold: () => told.current.clear() };
}

/** Others are told that a message is written, and not that a command is. */
function isSaid(text: string): boolean {
  const typed = readSlash(text, windowSlashNames);
  return typed.kind === 'text' ? text !== '/' : typed.name === 'me' || typed.name === 'shrug';
}

/** What is about to be written. In a text area browsers give it as `data`; some give a paste or drop as a transfer. */
function insertion({ data, dataTransfer, inputType }: InputEvent): string {
  if (inputType === 'insertLineBreak' || inputType === 'insertParagraph') return '\n';
  return data ?? dataTransfer?.getData('text/plain') ?? '';
}
