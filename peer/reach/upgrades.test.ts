import { expect, test } from '@jest/globals';
import type { DeviceId } from '../../protocol/ids.js';
import { Upgrades } from './upgrades.js';

const [bob, carol] = ['bob', 'carol'] as [DeviceId, DeviceId];

test('relayed links have their turn now and then, and at once in another network', () => {
  let now = 0;
  const upgrades = new Upgrades(() => now, 100);
  upgrades.up(bob, true);
  upgrades.up(carol);
  expect(upgrades.take(8)).toEqual([]);
  now = 100;
  expect(upgrades.take(8)).toEqual([bob]);
  expect(upgrades.take(8)).toEqual([]);
  upgrades.anew();
  expect(upgrades.take(0)).toEqual([]);
  expect(upgrades.take(8)).toEqual([bob]);
  upgrades.anew();
  upgrades.down(bob);
  expect(upgrades.take(8)).toEqual([]);
});

test('a dial that is just given up, as where the network has changed, costs no turn', () => {
  const upgrades = new Upgrades(() => 0, 100);
  upgrades.up(bob, true);
  upgrades.anew();
  expect(upgrades.take(8, (device) => device === bob)).toEqual([]);
  expect(upgrades.take(8)).toEqual([bob]);
});
