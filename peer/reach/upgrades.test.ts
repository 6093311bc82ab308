import { expect, test } from '@jest/globals';
import type { DeviceId } from '../../protocol/ids.js';
import { Upgrades } from './upgrades.js';

const [a, b, c] = ['a', 'b', 'c'] as DeviceId[] as [DeviceId, DeviceId, DeviceId];

test('relayed links alone, each once in its time and at once in another network', () => {
  let now = 0;
  const upgrades = new Upgrades(() => now, 100);
  upgrades.up(a, true);
  upgrades.up(b);
  now = 99;
  expect(upgrades.take(9)).toEqual([]);
  now = 100;
  expect(upgrades.take(9)).toEqual([a]);
  expect(upgrades.take(9)).toEqual([]);
  upgrades.up(c, true);
  upgrades.anew();
  expect(upgrades.take(1)).toEqual([a]);
  expect(upgrades.take(9)).toEqual([c]);
  now = 199;
  expect(upgrades.take(9)).toEqual([]);
  upgrades.down(a);
  now = 200;
  expect(upgrades.take(9)).toEqual([c]);
});
