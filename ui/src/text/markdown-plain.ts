/** A message as plain text: for a line that quotes it, for screen readers, for the clipboard. */
import { textOf } from './markdown-inline.js';
import type { Block, Markdown } from './markdown-tree.js';

export function plainText({ blocks }: Pick<Markdown, 'blocks'>): string {
  return blocks.map(blockText).join('\n');
}

/** The same on one line. */
export function oneLine(markdown: Markdown): string {
  return plainText(markdown).replace(/\s+/g, ' ').trim();
}

function blockText(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
    case 'heading':
      return textOf(block.children);
    case 'quote':
      return block.blocks.map(blockText).join('\n');
    case 'list':
      return block.items.map((item) => item.blocks.map(blockText).join('\n')).join('\n');
    case 'code':
      return `${block.language ?? ''}\n${block.text}`.trimStart();
    case 'rule':
      return '';
    case 'table':
      return block.rows.map((row) => row.map(textOf).join(' ')).join('\n');
  }
}
