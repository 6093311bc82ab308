/** How high a row may be before it was drawn, px: near enough that the scrollbar tells the truth, corrected as rows are measured. */
import type { Row } from '../../state/rows.js';

const LINE = 22;
const HEAD = 36;
const FENCE = 40;
/** Characters of a line of text, by the room there is; styles/message.css sets the most. */
const CHARACTER = 7.6;
const MOST = 88;
const BESIDE = 120;

/** `width`: of the timeline, px. */
export function guessHeight(row: Row, width: number): number {
  switch (row.kind) {
    case 'day':
    case 'unread':
      return 40;
    case 'notice':
    case 'notices':
      return 24;
    case 'pending':
      return textHeight(row.item.message, width) + (row.first ? HEAD : 0);
    case 'message':
      return textHeight(row.entry.message, width) + (row.first ? HEAD : 0);
  }
}

function textHeight(text: string, width: number): number {
  const room = Math.max(16, Math.min(MOST, (width - BESIDE) / CHARACTER));
  let lines = 0;
  for (let at = 0; at <= text.length;) {
    const end = text.indexOf('\n', at);
    const stop = end < 0 ? text.length : end;
    lines += Math.max(1, Math.ceil((stop - at) / room));
    at = stop + 1;
  }
  return 2 + lines * LINE + (text.includes('```') ? FENCE : 0);
}
