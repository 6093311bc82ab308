/** Changes to what stands in a text area, as if they had been typed: the browser can undo them. */

/** What `execCommand` still does like nothing else: it changes a field and keeps the history of its changes. */
interface Undoable {
  execCommand?(command: 'insertText' | 'delete', show: boolean, text: string): boolean;
}

export interface Change {
  readonly from: number;
  readonly to: number;
  readonly text: string;
  /** What is selected afterwards; the end of the text where this is absent. */
  readonly select?: readonly [start: number, end: number];
}

export function applyChange(area: HTMLTextAreaElement, { from, to, text, select }: Change): void {
  area.focus();
  area.setSelectionRange(from, to);
  const document: Undoable = area.ownerDocument;
  if (!document.execCommand?.(text === '' ? 'delete' : 'insertText', false, text)) {
    area.setRangeText(text, from, to, 'end');
    area.dispatchEvent(new InputEvent('input', { bubbles: true, data: text, inputType: 'insertText' }));
  }
  if (select) area.setSelectionRange(...select);
}
