/** A file beside messages: at full speed where there are none, in turns with rests where there are, and never at a stand. */
import { beforeEach, expect, test } from '@jest/globals';
import { BesideMessages } from './beside-messages.js';

/** Goes on by hand. */
class World {
  now = 0;
  committedAt = -Infinity;
  /** Waits for the disk. */
  readonly yielded: (() => void)[] = [];
  isSyncing = false;
  timers: { readonly at: number; readonly run: () => void }[] = [];
  readonly turns = new BesideMessages({
    durability: this,
    now: () => this.now,
    timers: { setTimeout: (run, ms) => void this.timers.push({ at: this.now + ms, run }) },
    soon: (run) => run(),
  });

  yieldTo(run: () => void): void {
    if (this.isSyncing) this.yielded.push(run);
    else run();
  }

  message(): void {
    this.committedAt = this.now;
  }

  pass(ms: number): void {
    for (const end = this.now + ms; this.now < end;) {
      this.now += 1;
      const due = this.timers.filter(({ at }) => at <= this.now);
      this.timers = this.timers.filter(({ at }) => at > this.now);
      for (const { run } of due) run();
    }
  }
}

let world: World;
let ran: number;
const piece = (): void => world.turns.next(() => (ran += 1));
/** Takes each turn that it is given. */
const link = (): void =>
  world.turns.next(() => {
    ran += 1;
    link();
  });
beforeEach(() => {
  world = new World();
  ran = 0;
});

test('without messages nothing rests', () => {
  for (let i = 0; i < 10; i++) piece();
  expect([ran, world.timers.length]).toEqual([10, 0]);
});

test('after a message all links together rest between two pieces', () => {
  world.message();
  for (let i = 0; i < 3; i++) link();
  expect(ran).toBe(0);
  world.pass(40);
  expect(ran).toBe(10);
});

test('messages without end let it go on, and each link has its turn', () => {
  const turns = [0, 0, 0];
  const each = (n: number): void =>
    world.turns.next(() => {
      turns[n] = (turns[n] ?? 0) + 1;
      each(n);
    });
  world.message();
  turns.forEach((_, n) => each(n));
  for (let ms = 0; ms < 120; ms++) {
    world.message();
    world.pass(1);
  }
  expect(turns).toEqual([10, 10, 10]);
});

test('once there are none any more, all go on at once', () => {
  world.message();
  for (let i = 0; i < 50; i++) piece();
  world.pass(48);
  expect(ran).toBe(12);
  world.pass(4);
  expect([ran, world.timers.length]).toEqual([50, 0]);
});

test('what goes on waits for a commit that waits for the disk', () => {
  world.isSyncing = true;
  piece();
  world.message();
  piece();
  world.pass(4);
  expect([ran, world.yielded.length]).toEqual([0, 2]);
});
