/**
 * Long messages: which are folded at first, and the beginning that is drawn of one while it is folded, so that thousands of
 * lines are not laid out.
 */
import type { Block, Inline, ListItem } from './markdown-tree.js';

/** Characters that fit a line, roughly, and lines that are shown of a folded message; a few more are not worth it. */
const LINE_WIDTH = { wide: 95, narrow: 42 } as const;
const LINES_MAX = 30;
/** A code block folds by itself, to about this many lines. */
const CODE_LINES = 22;

/** Guessed from the text, so that nothing moves once it is drawn. */
export function isLong(text: string, narrow: boolean): boolean {
  const width = narrow ? LINE_WIDTH.narrow : LINE_WIDTH.wide;
  let lines = 0;
  let code = -1;
  for (const line of text.split('\n')) {
    if (/^\s{0,3}(```|~~~)/.test(line)) {
      // An empty block has a height too.
      lines += 1;
      code = code < 0 ? 0 : -1;
    } else if (code >= 0) lines += ++code <= CODE_LINES ? 1 : 0;
    else lines += Math.max(1, Math.ceil(line.length / width));
    if (lines > LINES_MAX) return true;
  }
  return false;
}

/** More than a folded message shows, on any width. */
const HEAD_LINES = 60;
const LINE_LENGTH = 95;

/** How much may still be drawn, in lines; parts of one for its characters. */
interface Room {
  left: number;
}

export function headOfBlocks(blocks: readonly Block[], lines = HEAD_LINES): readonly Block[] {
  return cut(blocks, { left: lines });
}

function cut(blocks: readonly Block[], room: Room): Block[] {
  return until(blocks, room, (block) => cutBlock(block, room));
}

/** The items for which there is room. Each costs something, so that there are not thousands of empty ones. */
function until<Item, Cut>(items: readonly Item[], room: Room, take: (item: Item) => Cut): Cut[] {
  const taken: Cut[] = [];
  for (const item of items) {
    if (room.left <= 0) break;
    taken.push(take(item));
  }
  return taken;
}

function cutBlock(block: Block, room: Room): Block {
  room.left -= 1;
  switch (block.kind) {
    case 'paragraph':
    case 'heading':
      return { ...block, children: cutInlines(block.children, room) };
    case 'quote':
      return { ...block, blocks: cut(block.blocks, room) };
    case 'list':
      return { ...block, items: until(block.items, room, (item) => cutItem(item, room)) };
    case 'table':
      return { ...block, rows: until(block.rows, room, (row) => cutRow(row, room)) };
    case 'code':
      // It folds by itself, and says how long it is.
      room.left -= Math.min(20, block.text.split('\n', 20).length);
      return block;
    case 'rule':
      return block;
  }
}

function cutRow(row: readonly (readonly Inline[])[], room: Room): readonly (readonly Inline[])[] {
  room.left -= 0.5;
  return until(row, room, (cell) => cutInlines(cell, room));
}

function cutItem(item: ListItem, room: Room): ListItem {
  room.left -= 0.5;
  return { ...item, blocks: cut(item.blocks, room) };
}

function cutInlines(pieces: readonly Inline[], room: Room): Inline[] {
  return until(pieces, room, (piece) => {
    room.left -= piece.kind === 'break' ? 1 : 0.1;
    if ('children' in piece) return { ...piece, children: cutInlines(piece.children, room) };
    if (!('text' in piece)) return piece;
    const text = piece.text.slice(0, Math.max(1, Math.ceil(room.left * LINE_LENGTH))).toWellFormed();
    room.left -= Math.max(text.length / LINE_LENGTH, text.split('\n').length - 1);
    return { ...piece, text };
  });
}
