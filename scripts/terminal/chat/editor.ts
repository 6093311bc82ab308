/** The line that is being written: text, and a cursor between characters. Pure. */
import { characters } from './cells.js';

export interface Editor {
  readonly before: string;
  readonly after: string;
}

export const EMPTY: Editor = { before: '', after: '' };

export const textOf = ({ before, after }: Editor): string => before + after;
export const editorOf = (text: string): Editor => ({ before: text, after: '' });

export const insert = ({ before, after }: Editor, text: string): Editor => ({ before: before + text, after });

export type Motion = 'left' | 'right' | 'home' | 'end' | 'wordLeft' | 'wordRight';

/** The part of the text that a motion goes over. */
function over({ before, after }: Editor, motion: Motion): string {
  switch (motion) {
    case 'left':
      return characters(before).at(-1) ?? '';
    case 'right':
      return characters(after)[0] ?? '';
    case 'home':
      return before.slice(before.lastIndexOf('\n') + 1);
    case 'end':
      return /^[^\n]*/.exec(after)?.[0] ?? '';
    case 'wordLeft':
      return /\S*\s*$/u.exec(before)?.[0] ?? '';
    case 'wordRight':
      return /^\s*\S*/u.exec(after)?.[0] ?? '';
  }
}

const isBack = (motion: Motion): boolean => motion === 'left' || motion === 'home' || motion === 'wordLeft';

export function move(editor: Editor, motion: Motion): Editor {
  const part = over(editor, motion);
  const { before, after } = editor;
  return isBack(motion)
    ? { before: before.slice(0, before.length - part.length), after: part + after }
    : { before: before + part, after: after.slice(part.length) };
}

/** Deletes what the motion goes over. */
export function erase(editor: Editor, motion: Motion): Editor {
  const part = over(editor, motion);
  const { before, after } = editor;
  return isBack(motion)
    ? { before: before.slice(0, before.length - part.length), after }
    : { before, after: after.slice(part.length) };
}
