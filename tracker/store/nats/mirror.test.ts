/** What a node knows of a bucket is never older than what it has written, and nothing that is there is told to be gone. */
import { describe, expect, test } from '@jest/globals';
import { Mirror, type Change, type Entry } from './mirror.js';

const of = (entries: Readonly<Record<string, readonly [string | undefined, number]>>): Map<string, Entry<string>> =>
  new Map(Object.entries(entries).map(([key, [value, revision]]) => [key, { value, revision }]));

/** One that has read this, and what it tells from then on. */
function filled(entries: Parameters<typeof of>[0], position: number) {
  const errors: unknown[] = [];
  const mirror = new Mirror<string>((error) => errors.push(error));
  mirror.beginReading();
  mirror.replace({ entries: of(entries), position, end: position });
  const told: string[] = [];
  mirror.watch(({ key, before, after }: Change<string>) => void told.push(`${key}: ${before} to ${after}`));
  return { mirror, told, errors };
}

describe('a reading that is behind', () => {
  test('of what was written since it began takes nothing back', () => {
    const { mirror, told } = filled({ a: ['old', 1] }, 1);
    mirror.beginReading();
    mirror.learn('a', { value: 'new', revision: 2 });
    mirror.learn('b', { value: 'fresh', revision: 3 });
    // The end was asked for before the writes.
    mirror.replace({ entries: of({ a: ['old', 1] }), position: 1, end: 1 });
    expect([mirror.get('a'), mirror.get('b'), mirror.size]).toEqual(['new', 'fresh', 2]);
    expect(told).toEqual(['a: old to new', 'b: undefined to fresh']);
    // The echoes are no news.
    mirror.follow('a', { value: 'new', revision: 2 });
    mirror.follow('b', { value: 'fresh', revision: 3 });
    expect([told.length, mirror.position]).toEqual([2, 3]);
  });

  test('of what the stream has had before takes nothing back either', () => {
    const { mirror, told } = filled({ a: ['old', 1] }, 1);
    mirror.learn('a', { value: undefined, revision: 2 });
    mirror.learn('b', { value: 'fresh', revision: 3 });
    told.length = 0;
    mirror.beginReading();
    mirror.replace({ entries: of({ a: ['old', 1] }), position: 1, end: 3 });
    expect([mirror.get('a'), mirror.get('b'), mirror.size]).toEqual([undefined, 'fresh', 1]);
    expect(told).toEqual([]);
  });

  test('keeps no reading from bringing what is newer', () => {
    const { mirror, told } = filled({ a: ['old', 1] }, 1);
    mirror.beginReading();
    mirror.learn('a', { value: 'mine', revision: 2 });
    mirror.replace({ entries: of({ a: ['theirs', 4] }), position: 4, end: 4 });
    expect([mirror.get('a'), mirror.position]).toEqual(['theirs', 4]);
    expect(told).toEqual(['a: old to mine', 'a: mine to theirs']);
  });
});

test('what lies beyond the end of the stream is lost, and told', () => {
  const { mirror, told } = filled({ a: ['kept', 1], b: ['before', 2] }, 2);
  mirror.follow('b', { value: 'after', revision: 5 });
  mirror.follow('c', { value: 'gone', revision: 6 });
  told.length = 0;
  mirror.beginReading();
  mirror.replace({ entries: of({ a: ['kept', 1], b: ['before', 2] }), position: 2, end: 2 });
  expect(told).toEqual(['c: gone to undefined', 'b: after to before']);
  expect([mirror.get('b'), mirror.get('c'), mirror.size, mirror.position]).toEqual(['before', undefined, 2, 2]);
});

test('after a loss a write with a number that was given before counts', () => {
  const { mirror } = filled({ a: ['one', 1] }, 1);
  mirror.follow('a', { value: 'lost', revision: 7 });
  mirror.beginReading();
  mirror.learn('a', { value: 'written anew', revision: 2 });
  mirror.replace({ entries: of({ a: ['one', 1] }), position: 1, end: 1 });
  expect(mirror.get('a')).toBe('written anew');
});

test('a listener that throws keeps nothing from the others', () => {
  const { mirror, told, errors } = filled({ a: ['one', 1], b: ['two', 2] }, 2);
  mirror.watch(() => {
    throw new Error('planted');
  });
  const after: string[] = [];
  mirror.watch(({ key }) => void after.push(key));
  mirror.learn('a', { value: 'new', revision: 3 });
  mirror.beginReading();
  mirror.replace({ entries: of({ b: ['more', 4] }), position: 4, end: 4 });
  expect([mirror.get('a'), mirror.get('b'), mirror.size]).toEqual([undefined, 'more', 1]);
  expect([told.length, after, errors.length]).toEqual([3, ['a', 'a', 'b'], 3]);
});
