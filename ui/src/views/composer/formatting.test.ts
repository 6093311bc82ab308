import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatOf, formatted, type Format } from './formatting.js';

/** `[` and `]` mark the selection, before and after. */
function run(marked: string, format: Format): string {
  const start = marked.indexOf('[');
  const end = marked.indexOf(']') - 1;
  const text = marked.replace(/[[\]]/g, '');
  const change = formatted(text, start, end, format);
  const after = text.slice(0, change.from) + change.text + text.slice(change.to);
  const [from, to] = change.select ?? [after.length, after.length];
  return `${after.slice(0, from)}[${after.slice(from, to)}]${after.slice(to)}`;
}

describe('formatting', () => {
  test('goes around what is chosen, without the spaces at its ends', () => {
    expect(run('a [word] b', 'bold')).toBe('a **[word]** b');
    expect(run('a[ word ]b', 'italic')).toBe('a _[word]_ b');
    expect(run('a [] b', 'strike')).toBe('a ~~[]~~ b');
    expect(run('run [x = 1]', 'code')).toBe('run `[x = 1]`');
  });

  test('is taken away by the same key', () => {
    expect(run('a **[word]** b', 'bold')).toBe('a [word] b');
    expect(run('a [**word**] b', 'bold')).toBe('a [word] b');
    expect(run('a ~~[]~~ b', 'strike')).toBe('a [] b');
  });

  test('of several lines of code is a block on lines of its own', () => {
    expect(run('so: [a\nb] end', 'code')).toBe('so: \n```\n[a\nb]\n```\n end');
    expect(run('[a]', 'code_block')).toBe('```\n[a]\n```');
  });

  test('of lines goes before each of them, and away again', () => {
    expect(run('x\n[a\nb]\ny', 'quote')).toBe('x\n> a\n> b[]\ny');
    expect(run('[> a\n> b]', 'quote')).toBe('a\nb[]');
    expect(run('o[n]e', 'list')).toBe('- one[]');
  });

  test('of links leaves what is missing to be written', () => {
    expect(run('[here]', 'link').replace(/\]\(/, '](')).toContain('here](');
    const change = formatted('https://a.b', 0, 11, 'link');
    expect(change).toEqual({ from: 0, to: 11, text: '[](https://a.b)', select: [1, 1] });
  });

  test('twice is as it was', () => {
    const word = fc.stringMatching(/^[a-z]{1,8}( [a-z]{1,8})?$/);
    fc.assert(
      fc.property(word, word, word, fc.constantFrom('bold', 'italic', 'strike', 'code'), (a, b, c, format: Format) => {
        const once = run(`${a} [${b}] ${c}`, format);
        expect(run(once, format)).toBe(`${a} [${b}] ${c}`);
      }),
    );
  });

  test('has its keys', () => {
    const key = (key: string, more = {}) =>
      formatOf({ key, ctrlKey: true, metaKey: false, shiftKey: false, altKey: false, ...more });
    expect([key('b'), key('I'), key('e'), key('x', { shiftKey: true })]).toEqual(['bold', 'italic', 'code', 'strike']);
    expect([key('k'), key('x'), key('b', { altKey: true }), key('b', { ctrlKey: false })]).toEqual(
      Array.from({ length: 4 }, () => undefined),
    );
  });
});
