import { useState } from 'preact/hooks';
import { useApp } from '../../app/use-app.js';
import { hasFinePointer } from '../../components/pointer.js';

/** What sends by the keyboard: Enter, or Enter with Ctrl (⌘), which always does. */
export type SendKey = 'enter' | 'modifier';

const apple = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.userAgent);
/** As it stands on the person's keyboard. */
export const MODIFIER = apple ? '⌘' : 'Ctrl';

/** As chosen in this browser. A touch keyboard has no Shift+Enter, so there Enter begins a line, and the button sends. */
export function useSendKey(): [SendKey, (key: SendKey) => void] {
  const { keeper } = useApp();
  const [chosen, setChosen] = useState<SendKey>(() => (keeper.read('send_key') === 'modifier' ? 'modifier' : 'enter'));
  const choose = (key: SendKey): void => {
    keeper.write('send_key', key === 'enter' ? '' : key);
    setChosen(key);
  };
  return [hasFinePointer() ? chosen : 'modifier', choose];
}

/** Whether this press of Enter sends. */
export function sends({ shiftKey, ctrlKey, metaKey, altKey }: KeyboardEvent, key: SendKey): boolean {
  if (shiftKey || altKey) return false;
  return key === 'enter' || ctrlKey || metaKey;
}
