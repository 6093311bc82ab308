import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { utf8Length } from './bytes.js';
import { splitMessage } from './split-message.js';

describe('a text in parts', () => {
  test('is cut at line ends', () => {
    expect(splitMessage('aaaa aaaa\n'.repeat(20) + 'end', 101)).toEqual([
      'aaaa aaaa\n'.repeat(10).trimEnd(),
      'aaaa aaaa\n'.repeat(10).trimEnd(),
      'end',
    ]);
  });

  test('that fits is one', () => {
    expect(splitMessage('short\n\n  text', 100)).toEqual(['short\n\n  text']);
    expect(splitMessage(' \n ', 100)).toEqual([]);
  });

  test('has its code blocks closed, and opened again in the same language', () => {
    const code = [
      'Look:',
      '```ts',
      ...Array.from({ length: 12 }, (_, i) => `const a${i} = 123456789;`),
      '```',
      'Done.',
    ];
    const parts = splitMessage(code.join('\n'), 120);
    expect(parts.length).toBeGreaterThan(2);
    for (const part of parts) expect((part.match(/^```/gm) ?? []).length % 2).toBe(0);
    expect(parts.slice(1, -1).every((part) => part.startsWith('```ts\n'))).toBe(true);
    expect(parts.at(-1)).toMatch(/Done\.$/);
    expect(
      parts
        .join('\n')
        .replace(/^```(ts)?\n?/gm, '')
        .split('\n')
        .filter(Boolean),
    ).toEqual(code.filter((line) => !line.startsWith('```')));
  });

  test('has no line longer than a message, and no half of a character', () => {
    const parts = splitMessage('😀'.repeat(100), 164);
    expect(parts.join('')).toBe('😀'.repeat(100));
    for (const part of parts) expect(part).toMatch(/^(😀)+$/u);
  });

  test('fits always, and loses nothing but empty lines at the cuts', () => {
    const line = fc.oneof(
      fc.string({ maxLength: 60 }),
      fc.constantFrom('```', '```js', '~~~', '', '    ', 'đường dài lắm 😀 và خیلی دور'),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 60 }), fc.integer({ min: 200, max: 400 }), (lines, max) => {
        const text = lines.join('\n');
        const parts = splitMessage(text, max);
        for (const part of parts) {
          expect(utf8Length(part)).toBeLessThanOrEqual(max);
          expect(part).toMatch(/\S/);
        }
        const words = (of: string): string[] => of.split(/\s+/).filter((word) => word && !/^[`~]{3}/.test(word));
        expect(words(parts.join('\n'))).toEqual(words(text));
      }),
      { numRuns: 300 },
    );
  });
});
