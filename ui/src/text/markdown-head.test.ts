import { expect, test } from '@jest/globals';
import { MESSAGE_MAX } from '../limits.js';
import { headOfBlocks, isLong } from './markdown-head.js';
import { parseMarkdown } from './markdown.js';
import type { Block } from './markdown-tree.js';

/** Elements that a tree is drawn with, roughly. */
function countOf(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, each) => sum + countOf(each), 0);
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Object.values(value).reduce<number>((sum, each) => sum + countOf(each), 0);
}

const filled = (piece: string): string =>
  piece.repeat(Math.floor(MESSAGE_MAX / new TextEncoder().encode(piece).length));

test.each([
  ['lines', 'a\n'],
  ['paragraphs', 'a\n\n'],
  ['blank lines in code', '```\n\n\n```\n'],
  ['empty blocks of code', '```\n```\n'],
  ['items', '- a\n'],
  ['quotes', '> a\n\n'],
  ['headings', '# a\n'],
  ['rules', '---\n'],
  ['emphasis', '*a* '],
  ['mentions', '@bob '],
  ['a line without blanks', 'x'],
  ['links', 'http://a.b/c '],
])('of a message of the greatest size, full of %s, little is drawn until it is asked for', (_name, piece) => {
  const text = filled(piece);
  expect(isLong(text, false)).toBe(true);
  const { blocks } = parseMarkdown(text);
  const head = headOfBlocks(blocks);
  expect(head.length).toBeGreaterThan(0);
  expect(countOf(head)).toBeLessThan(2_500);
  expect(JSON.stringify(head).length).toBeLessThan(40_000);
});

test('the beginning is that of the message, and a short one is whole', () => {
  const { blocks } = parseMarkdown('# Title\n\none *two* three\n\n- a\n- b\n\n```js\ncode\n```');
  expect(headOfBlocks(blocks)).toEqual(blocks);
  const long = parseMarkdown('word '.repeat(3_000)).blocks;
  const [first] = headOfBlocks(long) as readonly (Block & { kind: 'paragraph' })[];
  const text = first?.children.map((piece) => ('text' in piece ? piece.text : '')).join('') ?? '';
  expect('word '.repeat(3_000).startsWith(text)).toBe(true);
  expect(text.length).toBeGreaterThan(2_400);
});

test('a block of code stays whole: it says by itself how long it is', () => {
  const code = Array.from({ length: 900 }, (_, index) => `line ${index}`).join('\n');
  const { blocks } = parseMarkdown(`${'intro\n'.repeat(15)}\n\`\`\`\n${code}\n\`\`\``);
  expect(headOfBlocks(blocks)).toEqual(blocks);
});
