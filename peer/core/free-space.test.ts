import { expect, test } from '@jest/globals';
import { floorOf, FreeSpace, type DiskSpace } from './free-space.js';

const GIB = 1024 ** 3;

function disk(): {
  space: FreeSpace;
  now: DiskSpace | Error;
  told: boolean[];
  pass: () => Promise<void>;
  waits: () => boolean;
} {
  let timer: (() => void) | undefined;
  const world = {
    now: { free: 50 * GIB, size: 100 * GIB } as DiskSpace | Error,
    told: [] as boolean[],
    /** Time passes: what waits is looked at. */
    async pass() {
      const run = timer;
      timer = undefined;
      run?.();
      for (let i = 0; i < 5; i++) await Promise.resolve();
    },
    waits: () => timer !== undefined,
  };
  const space = new FreeSpace({
    look: async () => {
      if (world.now instanceof Error) throw world.now;
      return world.now;
    },
    changed: (low) => world.told.push(low !== undefined),
    timers: {
      setTimeout: (run) => {
        timer = run;
        return run;
      },
      clearTimeout: () => (timer = undefined),
    },
  });
  return Object.assign(world, { space });
}

test('a gigabyte is kept free, or a twentieth of a small disk', () => {
  expect([floorOf(500 * GIB), floorOf(4 * GIB)]).toEqual([GIB, 0.2 * GIB]);
});

test('too little is seen after a write, and enough again by itself', async () => {
  const world = disk();
  await world.space.look();
  expect(world.waits()).toBe(false);
  world.now = { free: 0.9 * GIB, size: 100 * GIB };
  world.space.wrote();
  world.space.wrote();
  await world.pass();
  expect([world.space.isLow, world.told]).toEqual([true, [true]]);
  // A little above the floor would be below it again with the next message.
  world.now = { free: 1.1 * GIB, size: 100 * GIB };
  await world.pass();
  expect(world.space.isLow).toBe(true);
  world.now = { free: 2 * GIB, size: 100 * GIB };
  await world.pass();
  expect([world.space.isLow, world.told, world.waits()]).toEqual([false, [true, false], false]);
});

test('the last quarter of it is kept from the own other devices too', async () => {
  const world = disk();
  world.now = { free: 0.3 * GIB, size: 100 * GIB };
  await world.space.look();
  expect([world.space.isLow, world.space.isLast]).toEqual([true, false]);
  for (const [free, isLast] of [
    [0.2, true],
    [0.26, true],
    [0.4, false],
  ] as const) {
    world.now = { free: free * GIB, size: 100 * GIB };
    await world.pass();
    expect([world.space.isLow, world.space.isLast]).toEqual([true, isLast]);
  }
  expect(world.told).toEqual([true, true, true]);
});

test('a system that cannot tell keeps nothing back, and nothing is told after the end', async () => {
  const world = disk();
  world.now = new Error('ENOSYS');
  await world.space.look();
  expect(world.space.isLow).toBe(false);
  world.now = { free: 0, size: GIB };
  world.space.wrote();
  world.space.close();
  await world.pass();
  await world.space.look();
  expect(world.told).toEqual([]);
});
