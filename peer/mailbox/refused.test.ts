/** Letters that the tracker refuses with what no waiting changes: not asked for again until something else has happened. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ErrorCode } from '../../protocol/errors.js';
import type { ChannelName, ConversationId } from '../../protocol/ids.js';
import type { TestDevice } from './test-device.js';
import { TestWorld } from './test-world.js';

const DIRECT = '@alice+bob';
const DAY = 24 * 3600_000;

let world: TestWorld;
beforeEach(async () => {
  world = new TestWorld();
});
afterEach(() => world.close());

/** Alice runs, and bob has been there before. */
async function apart(): Promise<{ alice: TestDevice; bob: TestDevice }> {
  const bob = await world.away('bob');
  const alice = world.device('alice');
  alice.mailbox.tracker(true);
  await world.until(() => world.tracker.prekeys.has(alice.device));
  return { alice, bob };
}

const mailed = (to: TestDevice) => world.reach(() => world.tracker.letters(to.device) === 1);
const always = (call: string, code: ErrorCode): void =>
  void world.tracker.failures.set(call, Array<ErrorCode>(1000).fill(code));

describe('what the tracker refuses, whatever the time', () => {
  test.each([
    ['#mine', 'not_member'],
    [DIRECT, 'unknown_user'],
  ] as const)('in %s with %s is not asked for again until that has changed', async (conversation, code) => {
    const { alice, bob } = await apart();
    alice.channels.add('mine' as ChannelName);
    always('prekeys', code);
    await alice.post(conversation, 'one');
    await world.reach(() => world.tracker.count('prekeys') > 0);
    await world.pass(DAY);
    await alice.post(conversation, 'two');
    await world.pass(DAY);
    expect(world.tracker.count('prekeys')).toBe(1);
    // Nothing that a person could mend here.
    expect(alice.warnings).toEqual([]);
    world.tracker.failures.clear();
    alice.mailbox.admitted('#other' as ConversationId);
    await world.pass(DAY);
    expect(world.tracker.letters(bob.device)).toBe(0);
    alice.mailbox.admitted(conversation as ConversationId);
    await mailed(bob);
  });

  test('is asked for once more when the tracker is back', async () => {
    const { alice, bob } = await apart();
    always('prekeys', 'unknown_user');
    await alice.post(DIRECT, 'one');
    await world.reach(() => world.tracker.count('prekeys') > 0);
    await world.pass(60_000);
    world.tracker.failures.clear();
    alice.mailbox.tracker(false);
    alice.mailbox.tracker(true);
    await mailed(bob);
  });

  test('of an answer that is owed, neither', async () => {
    const { alice, bob } = await apart();
    await alice.post(DIRECT, 'one');
    await mailed(bob);
    await alice.stop();
    always('prekeys', 'unknown_user');
    await bob.restart();
    await world.until(() => world.tracker.letters(bob.device) === 0);
    await world.pass(DAY);
    expect([world.tracker.count('prekeys'), world.tracker.letters(alice.device)]).toEqual([2, 0]);
    expect(bob.warnings).toEqual([]);
  });
});
