/** Texts into the clipboard. */
import type { EntryView } from '../../../protocol/local-api.js';
import type { App } from './context.js';

/** Where a message is found in this peer's window. */
export function linkTo(entry: EntryView): string {
  return `${location.origin}/#/m/${entry.id}`;
}

/** Answers whether it worked; where it did not, the person is told. Without https a browser copies on localhost alone. */
export async function copy({ store, newId, t }: App, text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    store.dispatch({ type: 'alert', id: newId(), text: t('message.copy_failed') });
    return false;
  }
}
