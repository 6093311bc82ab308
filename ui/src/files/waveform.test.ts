/** The shape of a voice is short, whatever was recorded, and fits what an entry may say. */
import { expect, test } from '@jest/globals';
import { loudness, waveform } from './waveform.js';

/** What the schema of a file's facts takes. */
const TAKEN = /^[0-9a-z]{1,64}$/;

test('silence is flat, and noise of a room nearly so', () => {
  expect(waveform(Array.from({ length: 500 }, () => 0))).toBe('0'.repeat(64));
  expect(loudness(new Uint8Array(64).fill(128))).toBe(0);
  expect(loudness(new Uint8Array(0))).toBe(0);
  expect(waveform(Array.from({ length: 64 }, () => 0.001))).toMatch(/^[0-4]{64}$/);
});

test('the loudest moment is the full height, however quiet it was', () => {
  expect(waveform([0, 0.05, 0.1])).toBe('0iz');
  expect(waveform([0, 0.5, 1])).toBe('0iz');
  expect(loudness(new Uint8Array(64).fill(0))).toBe(1);
});

test('a short sound has few parts, half an hour has 64, and no moment of it is lost', () => {
  expect(waveform([])).toBeUndefined();
  expect(waveform([0.5])).toBe('z');
  const long = Array.from({ length: 18_000 }, (_, i) => (i === 17_999 ? 1 : 0.1));
  expect(waveform(long)).toMatch(TAKEN);
  expect(waveform(long)?.at(-1)).toBe('z');
  for (const length of [1, 2, 63, 64, 65, 127, 1_000]) {
    const levels = Array.from({ length }, (_, i) => (i % 7) / 7);
    expect(waveform(levels)).toMatch(TAKEN);
    expect(waveform(levels)).toHaveLength(Math.min(64, length));
  }
});
