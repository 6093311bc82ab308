import { expect, test } from '@jest/globals';
import { hookNameOf } from './hook-name.js';

test.each([
  [{ name: 'CI' }, 'CI'],
  [{ name: 'C\nI\u2028x' }, 'C I x'],
  [{ name: '\u202eCI' }, 'CI'],
  [{ name: 'x'.repeat(100) }, 'x'.repeat(64)],
  [{ name: `${'x'.repeat(63)}🤖` }, `${'x'.repeat(63)}\ufffd`],
  [{ name: ' \u200b' }, undefined],
  [{ name: 7 }, undefined],
  [{}, undefined],
  ['CI', undefined],
  [null, undefined],
  [undefined, undefined],
])('a hook %j is called %j', (hook, name) => {
  expect(hookNameOf({ data: hook === undefined ? {} : { hook } })).toBe(name);
});
