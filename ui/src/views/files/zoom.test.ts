import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { bounded, fitted, WHOLE, zoomed } from './zoom.js';

const stage = { width: 1000, height: 800 };

test('a picture begins as large as it fits, and is not enlarged', () => {
  expect(fitted({ width: 4000, height: 2000 }, stage)).toEqual({ width: 1000, height: 500 });
  expect(fitted({ width: 40, height: 20 }, stage)).toEqual({ width: 40, height: 20 });
});

test('what lies under the pointer stays there while it is enlarged', () => {
  fc.assert(
    fc.property(fc.integer({ min: -400, max: 400 }), fc.integer({ min: -400, max: 400 }), (x, y) => {
      const once = zoomed({ scale: 2, x: 30, y: -20 }, 1.5, x, y);
      // The point of the picture that is drawn at (x, y), before and after.
      expect((x - once.x) / once.scale).toBeCloseTo((x - 30) / 2);
      expect((y - once.y) / once.scale).toBeCloseTo((y + 20) / 2);
    }),
  );
});

test('it grows to a bound, and never becomes smaller than whole', () => {
  expect(zoomed(WHOLE, 100, 0, 0).scale).toBe(8);
  expect(zoomed(WHOLE, 0.1, 0, 0)).toEqual(WHOLE);
});

test('nothing but the picture is in sight where it fills the stage, and it stands in the middle where it does not', () => {
  const shown = { width: 1000, height: 500 };
  expect(bounded({ scale: 2, x: 9000, y: -9000 }, shown, stage)).toEqual({ scale: 2, x: 500, y: -100 });
  expect(bounded({ scale: 1, x: 50, y: 50 }, shown, stage)).toEqual({ scale: 1, x: 0, y: 0 });
});
