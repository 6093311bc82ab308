import { expect, test } from '@jest/globals';
import type { DeviceId } from '../../protocol/ids.js';
import { Upgrades } from './upgrades.js';

const [bob, carol] = ['bob', 'carol'] as [DeviceId, DeviceId];

test('a relayed link has its turn soon, then more and more seldom, and all over again in another network', () => {
  let now = 0;
  const upgrades = new Upgrades(() => now, 20, 100);
  upgrades.up(bob, true);
  const turns = () => {
    const at: number[] = [];
    for (const end = now + 400; now < end; now += 1) if (upgrades.take(8).includes(bob)) at.push(now - end + 400);
    return at;
  };
  expect(turns()).toEqual([20, 60, 140, 240, 340]);
  upgrades.anew();
  expect(turns()).toEqual([0, 20, 60, 140, 240, 340]);
});

test('relayed links have their turn, and none that has gone', () => {
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
