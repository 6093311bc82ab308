/** docs/systems.md: every feature of the systems that Parley replaces has tests that show it, and those are there. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { projectRoot } from './support/project.js';

/** How many rows each of the systems has. */
const SYSTEMS = { A: 13, B: 8, C: 6, D: 6, E: 6 };

const rows = readFileSync(join(projectRoot, 'docs/systems.md'), 'utf8')
  .split('\n')
  .flatMap((line) => {
    const [, row, rest = ''] = /^\| ([A-E]\d+) +\|(.*)$/.exec(line) ?? [];
    return row === undefined ? [] : [{ row, shown: [...rest.matchAll(/`([^`]+\.test\.tsx?)` "([^"]+)"/g)] }];
  });

test('has all rows, in order', () => {
  const all = Object.entries(SYSTEMS).flatMap(([system, count]) =>
    Array.from({ length: count }, (_, at) => `${system}${at + 1}`),
  );
  expect(rows.map(({ row }) => row)).toEqual(all);
});

test.each(rows)('$row is shown by tests that exist', ({ shown }) => {
  expect(shown).not.toEqual([]);
  for (const [, file = '', name = ''] of shown) {
    const path = join(projectRoot, file);
    expect([file, existsSync(path)]).toEqual([file, true]);
    // As a test or a row of `test.each` has it.
    const text = readFileSync(path, 'utf8').replaceAll("\\'", "'");
    expect([file, name, [`'${name}'`, `"${name}"`].some((quoted) => text.includes(quoted))]).toEqual([
      file,
      name,
      true,
    ]);
  }
});
