import { describe, expect, test } from '@jest/globals';
import { originOf, Strangers } from './strangers.js';

function crowd(most: number) {
  const left: string[] = [];
  const strangers = new Strangers<string>(most);
  const come = (key: string, address: string): void => strangers.add(key, address, () => left.push(key));
  return { strangers, left, come };
}

describe('strangers', () => {
  test('of one address: the oldest makes room', () => {
    const { strangers, left, come } = crowd(3);
    for (const key of ['a', 'b', 'c', 'd', 'e']) come(key, '192.0.2.1');
    expect([left, strangers.size]).toEqual([['a', 'b'], 3]);
  });

  test('whoever comes by thousands pushes out nobody else', () => {
    const { left, come } = crowd(10);
    come('honest', '192.0.2.1');
    for (let n = 0; n < 5_000; n += 1) come(`flood ${n}`, '203.0.113.9');
    come('too', '192.0.2.2');
    expect(left).toEqual(Array.from({ length: 4_992 }, (_, n) => `flood ${n}`));
  });

  test('nor does a whole network of IPv6', () => {
    const { left, come } = crowd(10);
    come('honest', '2001:db8:0:2::1');
    for (let n = 0; n < 100; n += 1) come(`flood ${n}`, `2001:db8:0:1::${n.toString(16)}`);
    expect(left).toHaveLength(91);
    expect(left).not.toContain('honest');
  });

  test('who is no stranger any more is not sent away, and leaves room', () => {
    const { strangers, left, come } = crowd(2);
    for (const key of ['a', 'b']) come(key, '192.0.2.1');
    strangers.delete('a');
    come('c', '192.0.2.1');
    expect([left, strangers.size]).toEqual([[], 2]);
    strangers.clear();
    strangers.clear();
    expect([left, strangers.size]).toEqual([['b', 'c'], 0]);
  });

  test('one that is known keeps its place, and goes as it was said last', () => {
    const { strangers, left, come } = crowd(2);
    for (const key of ['a', 'b']) come(key, '192.0.2.1');
    strangers.add('a', '192.0.2.1', () => left.push('a, by its new way'));
    come('c', '192.0.2.1');
    expect(left).toEqual(['a, by its new way']);
  });
});

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['::1', '0:0:0:0'],
  ['2001:DB8::1', '2001:db8:0:0'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
  ['', ''],
])('%s comes from %s', (address, origin) => expect(originOf(address)).toBe(origin));
