/** How high a row may be before it was drawn, px: near enough that the scrollbar tells the truth, corrected as rows are measured. */
import type { EntryView } from '../../../../protocol/local-api.js';
import { boxOf, fileForm, fileLook } from '../../state/files.js';
import type { Row } from '../../state/rows.js';
import { columnsOf } from '../files/album-row.js';
import { ROOM } from '../files/picture.js';

const LINE = 22;
const HEAD = 36;
const FENCE = 40;
/** Above and below a picture. */
const GAP = 8;
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
      return messageHeight(row.entry, width) + (row.first ? HEAD : 0);
    case 'album':
      return albumHeight(row.entries.length, width) + (row.first ? HEAD : 0);
  }
}

/** A row of buttons, or a player. */
const CONTROLS = 44;
const CARD = 106;

function messageHeight(entry: EntryView, width: number): number {
  const look = fileLook(entry);
  if (!look) return textHeight(entry.message, width);
  const text = entry.message === '' ? 2 : textHeight(entry.message, width);
  const form = fileForm(look);
  if (form === 'card') return text + CARD;
  if (form === 'voice') return text + CONTROLS;
  if (form === 'audio') return text + CARD + CONTROLS;
  const room = Math.max(64, Math.min(ROOM.width, width - BESIDE));
  const box = boxOf(look, ROOM);
  return text + box.height * Math.min(1, room / box.width) + GAP;
}

function albumHeight(count: number, width: number): number {
  const columns = columnsOf(count);
  const tile = Math.min(ROOM.width, Math.max(64, width - BESIDE)) / columns;
  return Math.ceil(count / columns) * tile + GAP;
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
