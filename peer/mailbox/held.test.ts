/** Letters of logs of which nothing is taken now: they wait in the mailbox, those behind them go on, and nothing is lost. */
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Username } from '../../protocol/ids.js';
import { RATES } from '../../protocol/rates.js';
import { BLOCKED_KEPT } from './receiver.js';
import type { TestDevice } from './test-device.js';
import { TestWorld } from './test-world.js';

const ALICE = 'alice' as Username;
const FROM_ALICE = '@alice+bob';
const FROM_CAROL = '@bob+carol';
const DAY = 24 * 3600_000;
/** Of each of these a letter of alice: 15 KiB, so that few of them fill a small bucket. */
const ONE_TO_FOUR = ['one', 'two', 'three', 'four'].map((text) => text.padEnd(15_000, '.'));
const [one = '', two = '', three = '', four = ''] = ONE_TO_FOUR;
jest.setTimeout(120_000);

let world: TestWorld;
let alice: TestDevice;
let bob: TestDevice;
let carol: TestDevice;
beforeEach(async () => {
  world = new TestWorld();
  bob = await world.away('bob');
  [alice, carol] = [world.device('alice'), world.device('carol')];
  for (const device of [alice, carol]) device.mailbox.tracker(true);
  await world.until(() => world.tracker.prekeys.size === 3);
});
afterEach(() => world.close());

const letters = (): number => world.tracker.letters(bob.device);
/** Half a day by the rates; a little more where the clock runs on while a letter is opened. */
const emptied = (): Promise<void> => world.reach(() => letters() === 0, DAY);

/** From its author to bob: a letter that lies in his mailbox when this returns. */
async function mail(from: TestDevice, message: string): Promise<void> {
  const before = letters();
  await from.post(from === alice ? FROM_ALICE : FROM_CAROL, message);
  await world.reach(() => letters() > before);
}

/** Three letters of alice, one of carol between them, one behind. */
async function mixed(): Promise<void> {
  await mail(alice, one);
  await mail(alice, two);
  await mail(carol, 'hello');
  await mail(alice, three);
  await mail(carol, 'again');
}

interface Reason {
  /** Before bob reads. */
  begin(): void;
  end(): void;
  /** So many of alice's letters are taken nevertheless. */
  readonly taken: number;
}

const reasons: Record<string, Reason> = {
  'their author is blocked': {
    begin: () => void bob.blocked.add(ALICE),
    end: () => bob.blocked.clear(),
    taken: 0,
  },
  'their log is ahead of its rate': {
    // One letter at once, the next ones some four hours later each.
    begin: () => void (world.rates = { ...RATES, burst: 20_000, perMs: 0.001 }),
    end: () => undefined,
    taken: 1,
  },
  'their user is ahead of the rate over all logs': {
    begin: () => void (world.rates = { ...RATES, userBurst: 20_000, userPerMs: 0.001 }),
    end: () => undefined,
    taken: 1,
  },
};

describe.each(Object.entries(reasons))('letters wait while %s', (_name, { begin, end, taken }) => {
  test('those behind are read at once; they are read when it is over, in order, and only then answered', async () => {
    await mixed();
    begin();
    await bob.restart();
    // No time passes: nothing waits for anything.
    await world.until(() => letters() === 3 - taken);
    expect(bob.texts(FROM_ALICE)).toEqual(ONE_TO_FOUR.slice(0, taken));
    expect(bob.texts(FROM_CAROL)).toEqual(['hello', 'again']);
    end();
    bob.mailbox.reconsider();
    await emptied();
    expect(bob.texts(FROM_ALICE)).toEqual([one, two, three]);
    await world.reach(() => alice.told(FROM_ALICE, bob.device) === 3);
    expect(bob.warnings).toEqual([]);
  });

  test('what comes meanwhile from the same author waits behind them, what others write does not', async () => {
    await mixed();
    begin();
    await bob.restart();
    await world.until(() => letters() === 3 - taken);
    await mail(alice, four);
    await world.settle();
    carol.linked.clear();
    await carol.post(FROM_CAROL, 'meanwhile');
    await world.reach(() => bob.texts(FROM_CAROL).includes('meanwhile'));
    expect(letters()).toBe(4 - taken);
    end();
    await emptied();
    expect(bob.texts(FROM_ALICE)).toEqual(ONE_TO_FOUR);
    await world.reach(() => alice.told(FROM_ALICE, bob.device) === 4);
  });

  test('a restart finds them again', async () => {
    await mixed();
    begin();
    await bob.restart();
    await world.until(() => letters() === 3 - taken);
    await bob.restart();
    await world.settle();
    expect(letters()).toBe(3 - taken);
    end();
    await bob.restart();
    await emptied();
    expect(bob.texts(FROM_ALICE)).toEqual([one, two, three]);
  });

  test('nothing is fetched for them while nothing has changed', async () => {
    await mixed();
    begin();
    await bob.restart();
    await world.until(() => letters() === 3 - taken);
    // Carol fetches her answer.
    await world.pass(5_000);
    const before = world.tracker.count('fetch');
    await world.pass(60_000);
    // Of a log that is ahead its time is told in steps of half a minute at most.
    expect(world.tracker.count('fetch') - before).toBeLessThanOrEqual(taken * 6);
  });
});

test('while the disk is low all letters wait, and nothing is acknowledged; all are read when there is room', async () => {
  await mixed();
  bob.diskLow = true;
  await bob.restart();
  await world.until(() => world.tracker.count('fetch') > 0);
  await world.pass(60_000);
  expect([letters(), world.tracker.count('ack')]).toEqual([5, 0]);
  expect([bob.texts(FROM_ALICE), bob.texts(FROM_CAROL)]).toEqual([[], []]);
  bob.diskLow = false;
  bob.mailbox.reconsider();
  await world.until(() => letters() === 0);
  expect([bob.texts(FROM_ALICE), bob.texts(FROM_CAROL)]).toEqual([
    [one, two, three],
    ['hello', 'again'],
  ]);
});

test('a letter whose author is blocked while it is read waits as well', async () => {
  await mail(alice, one);
  await mail(carol, 'hello');
  let asked = 0;
  // Open while the letter is looked at and handed to the log, closed once its signature was checked.
  bob.blocked.has = (user) => user === ALICE && ++asked > 3;
  await bob.restart();
  await world.reach(() => bob.texts(FROM_CAROL).length === 1);
  expect([letters(), bob.texts(FROM_ALICE)]).toEqual([1, []]);
});

test('letters of blocked people do not fill the mailbox: beyond a part of it they are dropped, and others stay', async () => {
  bob.blocked.add(ALICE);
  // A letter of the largest size.
  await alice.post(FROM_ALICE, ...Array.from({ length: 14 }, () => one));
  await world.reach(() => letters() === 1);
  const [letter] = world.tracker.boxes.get(bob.device) ?? [];
  const blob = Buffer.from(letter?.blob ?? '', 'base64url');
  const fit = Math.floor(BLOCKED_KEPT / blob.length);
  for (let i = 1; i < fit + 3; i++) world.tracker.drop(bob.device, letter?.prekey ?? '', blob);
  await mail(carol, 'hello');
  await bob.restart();
  // 16 MiB to open.
  while (letters() !== fit) await world.settle();
  expect(bob.texts(FROM_CAROL)).toEqual(['hello']);
  expect(bob.texts(FROM_ALICE)).toEqual([]);
});
