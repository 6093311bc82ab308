import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test } from '@jest/globals';
import { TempDir } from '../../test/support/temp-dir.js';
import { Durability } from './durability.js';

const temp = new TempDir();
const wal = join(temp.path, 'wal');
let durability: Durability;
/** Each reading of the clock is so much later: more than a quick disk takes. */
const SLOW_MS = 5;

beforeEach(() => {
  writeFileSync(wal, 'frames');
  let time = 0;
  durability = new Durability(wal, () => (time += SLOW_MS));
});
afterEach(() => durability.close());
afterAll(() => temp.remove());

test('what can wait runs at once where nobody waits for the disk', () => {
  let ran = 0;
  durability.yieldTo(() => (ran += 1));
  expect(ran).toBe(1);
});

test('beside a sync it runs after whoever waits for that was told, and before the next one', async () => {
  const order: string[] = [];
  await new Promise<void>((over) => {
    durability.sync((error) => {
      order.push(`first ${error?.message ?? 'durable'}`);
      durability.sync(() => {
        order.push('second');
        over();
      });
    });
    durability.yieldTo(() => order.push('yielded'));
    expect(order).toEqual([]);
  });
  expect(order).toEqual(['first durable', 'yielded', 'second']);
});

test('it runs also where the store is closed meanwhile, and nobody else is told of anything', async () => {
  const closing = new Durability(wal);
  const told: string[] = [];
  closing.sync(() => told.push('durable'));
  const yielded = new Promise<void>((ran) => {
    closing.yieldTo(ran);
  });
  closing.close();
  await yielded;
  expect(told).toEqual([]);
});
