import { describe, expect, test } from '@jest/globals';
import { stepInGrid, type Cell } from './grid-step.js';

describe('keys in a grid of sections', () => {
  // 4 cells in a row:  0 1 2 | (none) | 0 1 2 3 / 4 5
  const sizes = [3, 0, 6];
  const cell = (section: number, index: number): Cell => ({ section, index });
  const step = (at: Cell, key: string, rtl = false) => stepInGrid(sizes, 4, at, key, rtl);

  test('walk along, over the sections', () => {
    expect(step(cell(0, 0), 'ArrowRight')).toEqual(cell(0, 1));
    expect(step(cell(0, 2), 'ArrowRight')).toEqual(cell(2, 0));
    expect(step(cell(2, 0), 'ArrowLeft')).toEqual(cell(0, 2));
    expect(step(cell(0, 0), 'ArrowLeft')).toBeUndefined();
    expect(step(cell(2, 5), 'ArrowRight')).toBeUndefined();
  });

  test('walk the other way where one reads from right to left', () => {
    expect(step(cell(0, 0), 'ArrowLeft', true)).toEqual(cell(0, 1));
    expect(step(cell(0, 1), 'ArrowRight', true)).toEqual(cell(0, 0));
  });

  test('walk up and down in a column, as near as there is one', () => {
    expect(step(cell(0, 1), 'ArrowDown')).toEqual(cell(2, 1));
    expect(step(cell(2, 1), 'ArrowDown')).toEqual(cell(2, 5));
    expect(step(cell(2, 3), 'ArrowDown')).toEqual(cell(2, 5));
    expect(step(cell(2, 5), 'ArrowDown')).toBeUndefined();
    expect(step(cell(2, 5), 'ArrowUp')).toEqual(cell(2, 1));
    expect(step(cell(2, 3), 'ArrowUp')).toEqual(cell(0, 2));
    expect(step(cell(0, 1), 'ArrowUp')).toBe('out');
  });

  test('go to both ends; other keys go nowhere', () => {
    expect(step(cell(2, 3), 'Home')).toEqual(cell(0, 0));
    expect(step(cell(0, 0), 'End')).toEqual(cell(2, 5));
    expect(step(cell(0, 0), 'a')).toBeUndefined();
    expect(stepInGrid([0, 0], 4, cell(0, 0), 'End', false)).toBeUndefined();
  });
});
