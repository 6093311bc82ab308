import type { RefObject } from 'preact';
import { useRef } from 'preact/hooks';
import { emojiOf } from '../../app/composer-emoji.js';
import { destinationOf } from '../../app/messages.js';
import { tellTyping, type Told } from '../../app/typing.js';
import { useApp } from '../../app/use-app.js';
import { draftKey } from '../../state/drafts.js';
import { closedShortcode } from '../../text/emoji-shortcodes.js';
import { applyChange, type Change } from './area-edit.js';

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
  const onInput = (event: InputEvent & { readonly currentTarget: HTMLTextAreaElement }): void => {
    const { value, selectionStart } = event.currentTarget;
    const state = app.store.get();
    const composing = state.composing[conversation];
    app.store.dispatch({ type: 'draft', conversation: draftKey(conversation, composing), text: value });
    // Those who will not see the message need not know that it is being written; nor is an edit news to anybody.
    if (composing?.mode !== 'edit') {
      tellTyping(app, destinationOf(state, conversation, value).conversation, value, told.current);
    }
    // Only what is typed, one character after the other: taking back a conversion must not convert again.
    if (event.inputType !== 'insertText' || event.data !== ':') return;
    const closed = closedShortcode(value, selectionStart, emojiOf(app));
    if (closed) apply({ from: closed.from, to: selectionStart, text: closed.emoji });
  };
  return { apply, insert, onInput, forgetTold: () => told.current.clear() };
}
