import { expect, test } from '@jest/globals';
import { calledAs } from './called-as.js';

test.each([
  ['/usr/local/bin/parley', {}, 'parley'],
  ['/home/lena/clone/node_modules/.bin/parley', { npm_command: 'exec' }, 'npx parley'],
  ['/home/lena/clone/scripts/parley.mjs', {}, 'npx parley'],
  ['/home/lena/clone/scripts/demo.mjs', { npm_command: 'start' }, 'npx parley'],
  [undefined, {}, 'npx parley'],
])('what was begun by %s with %j is called %s again', (program, env, name) => {
  expect(calledAs(program, env)).toBe(name);
});
