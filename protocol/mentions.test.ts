import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Username } from './ids.js';
import { namedIn, withoutCode } from './mentions.js';

const people = new Map(['Bob', 'carol', 'bob_', 'x-y'].map((name) => [name.toLowerCase(), name as Username]));
const named = (message: string): string[] => namedIn(message, (name) => people.get(name.toLowerCase()));

test.each<[string, string[]]>([
  ['@bob', ['Bob']],
  ['hi @BOB, and @carol! @bob again', ['Bob', 'carol']],
  ['(@bob) *@carol*', ['Bob', 'carol']],
  ['@bob.', ['Bob']],
  ['@bob: look', ['Bob']],
  ['@carol_ stands in an emphasis', ['carol']],
  ['@bob_ has that name', ['bob_']],
  ['@x-y', ['x-y']],
  ['سلام @bob', ['Bob']],
  ['@nobody', []],
  ['@bobby', []],
  ['a@bob', []],
  ['http://x/@bob', []],
  ['mail@carol.example', []],
  ['@@bob', []],
  ['`@bob` @carol', ['carol']],
  ['``@bob ` @bob`` @carol', ['carol']],
  ['` @bob', ['Bob']],
  ['```\n@bob\n``` \n@carol', ['carol']],
  ['~~~ts\n@bob\n~~\n@bob', []],
  ['```js\n@bob', []],
  ['````\n```\n@bob\n````\n@carol', ['carol']],
  ['', []],
])('%j names %j', (message, expected) => {
  expect(named(message)).toEqual(expected);
});

describe('any text', () => {
  test('names only known users, each once', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('@', 'b', 'o', '`', '~', '\n', ' ', '_', 'bob', '@carol') }),
        (message) => {
          const names = named(message);
          expect(new Set(names).size).toBe(names.length);
          for (const name of names) expect(message.toLowerCase()).toContain(`@${name.toLowerCase()}`);
        },
      ),
    );
  });

  test('without code stays as it is', () => {
    fc.assert(
      fc.property(fc.string(), (message) => {
        fc.pre(!message.includes('`') && !message.includes('~~~'));
        expect(withoutCode(message)).toBe(message);
      }),
    );
  });

  test('takes time in proportion to its length', () => {
    // One more backtick each time: every run looks for a partner that is not there. Quadratic, this takes minutes.
    const runs = Array.from({ length: 2_000 }, (_, at) => '`'.repeat(at % 300)).join('a');
    expect(named(`${runs}${'` '.repeat(50_000)} x`)).toEqual([]);
  });
});
