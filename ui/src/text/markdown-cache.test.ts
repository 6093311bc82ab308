import { expect, test } from '@jest/globals';
import { MarkdownCache } from './markdown-cache.js';
import { parseMarkdown } from './markdown.js';

test('what was read once is kept, and what was not used for the longest goes first', () => {
  const parsed: string[] = [];
  const parse = (message: string) => {
    parsed.push(message);
    return parseMarkdown(message);
  };
  const cache = new MarkdownCache(parse, { entries: 2, length: 1_000 });
  expect(cache.read('a')).toBe(cache.read('a'));
  cache.read('b');
  cache.read('a');
  cache.read('c');
  cache.read('a');
  cache.read('b');
  expect(parsed).toEqual(['a', 'b', 'c', 'b']);
  const small = new MarkdownCache(parse, { entries: 9, length: 3 });
  small.read('aa');
  small.read('bb');
  small.read('aa');
  expect(parsed.slice(4)).toEqual(['aa', 'bb', 'aa']);
});
