import { describe, expect, test } from '@jest/globals';
import { isReadByAll, turningPoints } from './delivery.js';
import { entry, ME } from './test-samples.js';

const own = (seq: number, changes = {}) =>
  entry(seq, { from: ME.username, device: ME.device, state: 'sent', ...changes });

describe('the own messages at which it changes how far they came', () => {
  const entries = [own(1), own(2), entry(3), own(4), own(5), own(6), own(7, { deleted: true })];
  const ids = (points: ReadonlySet<string>) => entries.filter(({ id }) => points.has(id)).map(({ seq }) => seq);

  test('are the last that was read, the last that is with others, and the last that is here alone', () => {
    expect(ids(turningPoints(entries, {}, ME))).toEqual([6]);
    expect(ids(turningPoints(entries, { receipts: { bob: 5 } }, ME))).toEqual([5, 6]);
    expect(ids(turningPoints(entries, { receipts: { bob: 5 }, reads: { bob: 2 } }, ME))).toEqual([2, 5, 6]);
    expect(ids(turningPoints(entries, { receipts: { bob: 6 }, reads: { bob: 6 } }, ME))).toEqual([6]);
    expect(ids(turningPoints([entry(1)], {}, ME))).toEqual([]);
  });
});

test('a message is read by all when each of the others has read it', () => {
  const read = { state: 'read', to: ['bob', 'carol'], readBy: ['bob'] } as const;
  expect(isReadByAll(read, 2)).toBe(false);
  expect(isReadByAll({ ...read, readBy: ['bob', 'carol'] }, 2)).toBe(true);
  expect(isReadByAll({ state: 'read', to: [], readBy: [] }, 1)).toBe(true);
  expect(isReadByAll({ state: 'delivered', to: ['bob'], readBy: [] }, 1)).toBe(false);
  expect(isReadByAll(read, 0)).toBe(false);
});
