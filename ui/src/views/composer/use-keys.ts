import { useRef, useState } from 'preact/hooks';
import { cancelEdit, editLast } from '../../app/composer.js';
import { cancelComposing } from '../../app/message-actions.js';
import { useApp } from '../../app/use-app.js';
import { hasFinePointer } from '../../components/hooks.js';
import type { Change } from './area-edit.js';
import { formatOf, formatted } from './formatting.js';

interface Keys {
  readonly conversation: string;
  readonly sendKey: SendKey;
  apply(change: Change): void;
  send(): void;
  /** The list of completions hears first. */
  complete(event: KeyboardEvent): boolean;
}

/** What the keys mean in the text area. */
export function useKeys({ conversation, sendKey, apply, send, complete }: Keys) {
  const app = useApp();
  const inputMethod = useRef(false);

  const means = (event: KeyboardEvent & { readonly currentTarget: HTMLTextAreaElement }): boolean => {
    const { value, selectionStart, selectionEnd } = event.currentTarget;
    const format = formatOf(event);
    if (format) apply(formatted(value, selectionStart, selectionEnd, format));
    else if (event.key === 'Enter' && sends(event, sendKey)) send();
    else if (event.key === 'Escape') return leave();
    else if (event.key === 'ArrowUp' && value === '' && plain(event)) {
      return !app.store.get().composing[conversation] && editLast(app, conversation);
    } else return false;
    return true;
  };
  const leave = (): boolean => {
    const composing = app.store.get().composing[conversation];
    if (!composing) return false;
    if (composing.mode === 'edit') cancelEdit(app, conversation);
    else cancelComposing(app, conversation);
    return true;
  };
  return {
    onKeyDown(event: KeyboardEvent & { readonly currentTarget: HTMLTextAreaElement }): void {
      // While an input method composes, the keys belong to it. Safari ends the composition before it tells of the key.
      if (event.isComposing || inputMethod.current || complete(event)) return;
      if (means(event)) event.preventDefault();
    },
    onCompositionStart: () => void (inputMethod.current = true),
    onCompositionEnd: () => void setTimeout(() => (inputMethod.current = false)),
  };
}

function plain({ shiftKey, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  return !shiftKey && !ctrlKey && !metaKey && !altKey;
}

/** What sends by the keyboard: Enter, or Enter with Ctrl (⌘), which always does. */
export type SendKey = 'enter' | 'modifier';

const apple = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.userAgent);
/** As it stands on the person's keyboard. */
export const MODIFIER = apple ? '⌘' : 'Ctrl';

/** As chosen in this browser. A touch keyboard has no Shift+Enter, so there Enter begins a line, and the button sends. */
export function useSendKey(): [SendKey, (key: SendKey) => void] {
  const { persisted } = useApp();
  const [chosen, setChosen] = useState<SendKey>(() =>
    persisted.read('send_key') === 'modifier' ? 'modifier' : 'enter',
  );
  const choose = (key: SendKey): void => {
    persisted.write('send_key', key === 'enter' ? '' : key);
    setChosen(key);
  };
  return [hasFinePointer() ? chosen : 'modifier', choose];
}

/** Whether this press of Enter sends. */
export function sends({ shiftKey, ctrlKey, metaKey, altKey }: KeyboardEvent, key: SendKey): boolean {
  if (shiftKey || altKey) return false;
  return key === 'enter' || ctrlKey || metaKey;
}
