import { describe, expect, test } from '@jest/globals';
import { parseMarkdown } from './markdown.js';
import { plainText } from './markdown-plain.js';
import type { Block } from './markdown-tree.js';

const read = (message: string): readonly Block[] => parseMarkdown(message).blocks;

describe('hostile nesting', () => {
  const SIZE = 16 * 1024;
  const full = (unit: string): string => unit.repeat(Math.ceil(SIZE / unit.length)).slice(0, SIZE);

  // How long it takes is not asserted; without its bounds some of these take seconds, or end the stack.
  test.each([
    '> ',
    '>',
    '- ',
    '1. ',
    '*a **b ',
    '*a_',
    '[',
    '![',
    '[a](',
    '`',
    '~~a',
    '[]()https://',
    '<',
    '*_',
    '|a|\n|-|\n',
  ])('16 KiB of %j are read', (unit) => {
    const message = full(unit);
    const shown = plainText(parseMarkdown(message));
    expect(shown.replace(/[^a-z]/g, '').length).toBeLessThanOrEqual(message.length);
    expect(read(message).length).toBeGreaterThan(0);
    expect(depth(read(message))).toBeLessThanOrEqual(14);
  });

  test('what is nested too deeply is shown as it was typed', () => {
    const message = `${'> '.repeat(40)}deep`;
    expect(read(message)).toEqual([{ kind: 'paragraph', children: [{ kind: 'text', text: message }] }]);
  });

  test('a long message of an honest person is read as Markdown', () => {
    const honest = 'Hello *there*, see `code` and [a link](https://a.example/x) with some_names in 2 * 3 words. ';
    for (const message of [full(honest), full(`${honest}\n`), full(`${honest}\n\n`), full(`- ${honest}\n`)])
      expect(JSON.stringify(read(message)).split('"kind":"em"').length).toBeGreaterThan(150);
  });

  function depth(blocks: readonly Block[]): number {
    const inner = blocks.map((block) => {
      if (block.kind === 'quote') return depth(block.blocks);
      return block.kind === 'list' ? Math.max(...block.items.map((item) => depth(item.blocks))) : 0;
    });
    return 1 + Math.max(0, ...inner);
  }
});
