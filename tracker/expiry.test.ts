import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Expiry } from './expiry.js';
import { FakeClock } from './testing/fake-clock.js';

describe('expiry', () => {
  test('many keys need only one timer', () => {
    const clock = new FakeClock();
    const gone: number[] = [];
    const expiry = new Expiry<number>(clock, (key) => gone.push(key));
    for (let key = 0; key < 1000; key += 1) expiry.set(key, key % 2 === 0 ? 45_000 : 3_000);
    expect(clock.pending).toBe(1);
    clock.advance(3_000);
    expect(gone).toHaveLength(500);
    expect(clock.pending).toBe(1);
    clock.advance(42_000);
    expect(gone).toHaveLength(1000);
    expect(clock.pending).toBe(0);
  });

  test('a key that is set again while it expires gets a new deadline', () => {
    const clock = new FakeClock();
    const gone: number[] = [];
    const expiry = new Expiry<string>(clock, (key) => {
      gone.push(clock.now());
      if (gone.length === 1) expiry.set(key, 10);
    });
    const start = clock.now();
    expiry.set('a', 10);
    clock.advance(100);
    expect(gone.map((at) => at - start)).toEqual([10, 20]);
  });

  test('a clock that is set ends nothing, and holds nothing up', () => {
    const clock = new FakeClock();
    const gone: string[] = [];
    const expiry = new Expiry<string>(clock, (key) => gone.push(key));
    expiry.set('early', 10_000);
    expiry.set('late', 45_000);
    clock.set(3600_000);
    expiry.shorten('late', 20_000);
    clock.advance(9_999);
    expect(gone).toEqual([]);
    clock.set(-7200_000);
    clock.advance(1);
    expect(gone).toEqual(['early']);
    clock.advance(10_000);
    expect(gone).toEqual(['early', 'late']);
  });

  test('every key expires exactly at its last deadline', () => {
    const step = fc.record({
      key: fc.integer({ min: 0, max: 4 }),
      act: fc.constantFrom('set', 'shorten', 'delete'),
      life: fc.constantFrom(5, 20, 100),
      wait: fc.integer({ min: 0, max: 30 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const clock = new FakeClock();
        const gone = new Map<number, number>();
        const expected = new Map<number, number>();
        const deadlines = new Map<number, number>();
        const expiry = new Expiry<number>(clock, (key) => gone.set(key, clock.now()));
        const pass = (ms: number) => {
          for (const [key, at] of deadlines) {
            if (at > clock.now() + ms) continue;
            expected.set(key, at);
            deadlines.delete(key);
          }
          clock.advance(ms);
        };
        for (const { key, act, life, wait } of steps) {
          const at = clock.now() + life;
          if (act === 'set') {
            expiry.set(key, life);
            deadlines.set(key, at);
          } else if (act === 'shorten') {
            expiry.shorten(key, life);
            const known = deadlines.get(key);
            if (known !== undefined) deadlines.set(key, Math.min(known, at));
          } else {
            expiry.delete(key);
            deadlines.delete(key);
          }
          pass(wait);
        }
        pass(1000);
        expect(gone).toEqual(expected);
      }),
    );
  });
});
