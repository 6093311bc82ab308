import { describe, expect, test } from '@jest/globals';
import { median, quantile, toRow } from './benchmark.js';
import { summary } from './marks.js';
import { table } from './report.js';

describe('figures', () => {
  test('the ratio is the median of the ratios of the rounds, not the ratio of the medians', () => {
    const row = toRow({ name: 'x', unit: 'µs', bound: 'at most', ratio: 2 }, [10, 40, 30], [10, 10, 20]);
    expect(row).toMatchObject({ value: 30, limit: 10, ratio: 1.5, range: [1, 4], target: '<= 2', ok: true });
  });

  test('a bound holds in its direction', () => {
    expect(toRow({ name: 'x', unit: 's', bound: 'at most', ratio: 2 }, [21], [10]).ok).toBe(false);
    expect(toRow({ name: 'x', unit: '/s', bound: 'at least', ratio: 0.4 }, [39], [100]).ok).toBe(false);
    expect(toRow({ name: 'x', unit: '/s', bound: 'at least', ratio: 0.4 }, [40], [100]).ok).toBe(true);
  });

  test('nothing measured is not good', () => {
    expect(toRow({ name: 'x', unit: 's', bound: 'at most', ratio: 2 }, [], []).ok).toBe(false);
  });

  test('quantiles by nearest rank', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect([quantile(hundred, 0.5), quantile(hundred, 0.99), quantile(hundred, 1)]).toEqual([50, 99, 100]);
    expect(median([3, 1, 2])).toBe(2);
  });

  test('a table says what was missed', () => {
    const text = table([toRow({ name: 'memory', unit: 'MB', bound: 'at most', ratio: 1.5 }, [160], [80])]);
    expect(text.split('\n')[1]).toMatch(/^memory +160 MB +80 MB +2\.00 +2\.00–2\.00 +<= 1\.5 +MISSED$/);
  });
});

describe('a trace', () => {
  test('of many messages: medians in the order of time, what is passed again apart, without what few pass', () => {
    const usual = (late: number): [string, number][] => [
      ['write', 10],
      ['sync', 30 + late],
      ['write', 40],
    ];
    const messages = [usual(0), usual(100), [...usual(2), ['checkpoint', 5] as const], [...usual(1)]];
    expect(summary(messages)).toEqual([
      ['write', 10],
      ['sync', 31],
      ['write (2)', 40],
    ]);
  });

  test('of none is empty', () => {
    expect(summary([])).toEqual([]);
    expect(summary([[], []])).toEqual([]);
  });
});
