import { expect, test } from '@jest/globals';
import { beginningOfName, deviceName, platformName } from './device-name.js';
import { DEVICE_NAME_MAX } from './limits.js';

test.each([
  ["Lena's laptop", "Lena's laptop"],
  ['  two\n lines\t', 'two lines'],
  ['\u202ereversed\u2066', 'reversed'],
  ['x'.repeat(DEVICE_NAME_MAX), 'x'.repeat(DEVICE_NAME_MAX)],
  ['x'.repeat(DEVICE_NAME_MAX + 1), undefined],
  ['', undefined],
  [' \u200b\u2800', undefined],
])('a device is called by one line that can be seen: %j', (text, name) => {
  expect(deviceName(text)).toBe(name);
});

test('the name of a machine is shortened, and never amid a character', () => {
  expect(beginningOfName('x'.repeat(300))).toBe('x'.repeat(DEVICE_NAME_MAX));
  const cut = beginningOfName(`${'x'.repeat(DEVICE_NAME_MAX - 1)}\u{1f4bb}`);
  expect(cut?.isWellFormed()).toBe(true);
  expect(beginningOfName('\u200b')).toBeUndefined();
});

test('what a device runs on is called as people do, and what is not known as the system does', () => {
  expect(['linux', 'darwin', 'win32', 'haiku', '__proto__'].map(platformName)).toEqual([
    ...['Linux', 'macOS', 'Windows', 'haiku', '__proto__'],
  ]);
});
