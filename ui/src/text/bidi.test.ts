import { expect, test } from '@jest/globals';
import { directionOfText } from './bidi.js';

test.each([
  ['Plan', 'ltr'],
  ['سلام به همه', 'rtl'],
  ['שלום', 'rtl'],
  ['1. 15 % – سلام, Felix', 'rtl'],
  ['🎉 Felix و سارا', 'ltr'],
  ['Chào cả nhà', 'ltr'],
  ['日本語', 'ltr'],
  ['𝒜 letters beyond the first plane', 'ltr'],
  ['12:30 – 🎉', undefined],
  ['', undefined],
])('the direction of %j is that of its first letter: %s', (text, direction) => {
  expect(directionOfText(text)).toBe(direction);
});
