import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isSeenMessage } from '../../../protocol/visible.js';
import { RATES, entryCost } from '../../../protocol/rates.js';
import { COMPOSER_LINES_MAX, COMPOSER_MAX, MESSAGE_MAX, SNIPPET_MAX } from '../limits.js';
import { utf8Length } from './bytes.js';
import { parseMarkdown } from './markdown.js';
import {
  countLines,
  fitsComposer,
  headOf,
  insertedText,
  isFull,
  isTyped,
  pastedText,
  previewOf,
  snippetMessages,
} from './snippet.js';

/** The code of all code blocks, as their readers see it. */
function codeIn(messages: readonly string[]): string {
  return messages
    .flatMap((message) => parseMarkdown(message).blocks)
    .map((block) => (block.kind === 'code' ? block.text : ''))
    .join('\n');
}

describe('the composer', () => {
  test('holds texts up to its bounds, whatever ends their lines', () => {
    expect(fitsComposer('x'.repeat(COMPOSER_MAX))).toBe(true);
    expect(fitsComposer('x'.repeat(COMPOSER_MAX + 1))).toBe(false);
    for (const end of ['\n', '\r', '\r\n']) {
      expect(fitsComposer(end.repeat(COMPOSER_LINES_MAX - 1))).toBe(true);
      expect(fitsComposer(end.repeat(COMPOSER_LINES_MAX))).toBe(false);
    }
  });

  test('is full before a word or a line does not fit', () => {
    expect(isFull('x'.repeat(COMPOSER_MAX - 64))).toBe(false);
    expect(isFull('x'.repeat(COMPOSER_MAX - 63))).toBe(true);
    expect(isFull('\n'.repeat(COMPOSER_LINES_MAX - 1))).toBe(true);
    expect([isTyped('word'), isTyped('\n'), isTyped('a\nb'), isTyped('x'.repeat(65))]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  test('knows what was written in one place', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string({ minLength: 1 }), (start, end, more) => {
        const found = insertedText(start + end, start + more + end);
        expect(found).toHaveLength(more.length);
      }),
    );
    expect(insertedText('see below', 'see THIS below')).toBe('THIS ');
  });
});

describe('a snippet', () => {
  const line = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }).map((text) => pastedText(text).replaceAll('\n', '')),
    fc.constantFrom(
      '',
      '```',
      '~~~~',
      '    ```',
      '[1/2]',
      '> quoted',
      'x'.repeat(300),
      '😀'.repeat(90),
      '`'.repeat(30),
    ),
  );
  const lines = fc.array(line, { minLength: 1, maxLength: 60 }).map((all) => all.join('\n'));

  test('goes whole and in order, in messages that fit and can be seen', () => {
    fc.assert(
      fc.property(lines, fc.integer({ min: 256, max: 600 }), (text, max) => {
        if (text === '') return;
        const messages = snippetMessages(text, max);
        for (const message of messages) {
          expect(utf8Length(message)).toBeLessThanOrEqual(max);
          if (messages.length > 1) expect(isSeenMessage(message)).toBe(true);
        }
        const inner = messages.map((message) => message.replace(/^\[\d+\/\d+\]\n/, ''));
        const fence = /^[`~]+/.exec(inner[0] ?? '')?.[0] ?? '';
        const rejoined = inner.map((message) => message.slice(fence.length + 1, -fence.length)).join('');
        // Only the ends of lines that were put where a line was cut, and at the very end, are not of the text.
        expect(rejoined.replaceAll('\n', '')).toBe(text.replaceAll('\n', ''));
        if (text.split('\n').every((one) => utf8Length(one) < 160))
          expect(rejoined).toBe(text.endsWith('\n') ? text : `${text}\n`);
      }),
    );
  });

  test('stays code for those who read it, also where it holds fences itself', () => {
    const text = Array.from({ length: 3_000 }, (_, index) => (index % 7 === 0 ? '````' : `- *line* ${index}`)).join(
      '\n',
    );
    const messages = snippetMessages(text, MESSAGE_MAX);
    expect(messages.length).toBeGreaterThan(1);
    expect(
      codeIn(messages)
        .split('\n')
        .filter((one) => one !== ''),
    ).toEqual(text.split('\n'));
    expect(messages[0]).toMatch(/^\[1\/\d+\]\n/);
  });

  test('of one message bears no number', () => {
    expect(snippetMessages('one line', MESSAGE_MAX)).toEqual(['```\none line\n```']);
  });

  test('of the greatest size costs a small part of what a log may write at once', () => {
    const worst = '\u00e9'.repeat(SNIPPET_MAX / 2);
    const messages = snippetMessages(worst, MESSAGE_MAX);
    const cost = messages.reduce((sum, message) => sum + entryCost({ message, data: {} }, RATES), 0);
    expect(cost).toBeLessThan(RATES.burst / 32);
  });

  test('is begun at the end of a line, and never within a character', () => {
    expect(headOf('one\ntwo\nthree', 9)).toEqual(['one\ntwo\n', 'three']);
    expect(headOf('one\ntwo\nthree', 99, 1)).toEqual(['one\n', 'two\nthree']);
    expect(headOf('whole', 5)).toEqual(['whole', '']);
    expect(headOf('😀😀', 7)).toEqual(['😀', '😀']);
    expect(headOf('text', 0)).toEqual(['', 'text']);
  });

  test('is described by its lines and its beginning', () => {
    expect(['', 'a', 'a\n', 'a\nb', '\n'].map(countLines)).toEqual([1, 1, 1, 2, 1]);
    expect(previewOf(`\n\n  first\nsecond\n${'x'.repeat(1_000)}\nfourth`)).toBe(`  first\nsecond\n${'x'.repeat(120)}`);
    expect(pastedText('a\r\nb\rc\0\ud800')).toBe('a\nb\nc\ufffd');
  });
});
