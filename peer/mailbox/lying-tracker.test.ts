/** What a tracker may say of prekeys and mailboxes: nothing is sealed to a wrong key, and nothing goes on for ever. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import type { ConversationId, Username } from '../../protocol/ids.js';
import { prekeyId } from '../../protocol/mailbox-prekey.js';
import { SEALED_EXTRA } from '../../protocol/sealed.js';
import { deriveKeys } from '../../protocol/sealed-hpke.js';
import type { TestDevice } from './test-device.js';
import type { TestIdentity, TestTracker } from './test-tracker.js';
import { TestWorld } from './test-world.js';

const DIRECT = '@alice+bob' as ConversationId;
let world: TestWorld;
let bob: TestDevice;
let alice: TestIdentity;
let mallory: TestIdentity;
beforeEach(async () => {
  world = new TestWorld();
  alice = world.identity('alice');
  mallory = world.identity('mallory');
  bob = await world.away('bob');
});
afterEach(() => world.close());

describe('a tracker that lies', () => {
  test('gets nothing sealed to a key that is not the receiver’s', async () => {
    await bob.restart();
    const stranger = deriveKeys(randomBytes(32)).publicKey;
    const lies: readonly Parameters<TestTracker['handOut']>[] = [
      // Its own key in the place of the right one.
      [alice, { key: stranger.toString('base64url'), id: prekeyId(stranger) }],
      [alice, { id: 'x'.repeat(22) }],
      // The key of another user, or of their device, under the receiver's name.
      [mallory, { username: 'alice' as Username }],
      [{ ...mallory, username: 'alice' as Username }, {}],
      [{ ...alice, privateKey: mallory.privateKey }, {}],
      [alice, { certificate: mallory.pem }],
      [alice, { certificate: 'made up' }],
      [alice, { device: mallory.device }],
      // Made after the certificate ended.
      [alice, { time: '2031-01-01T00:00:00.000Z' }],
    ];
    for (const [identity, more] of lies) {
      world.tracker.prekeys.clear();
      world.tracker.handOut(identity, more);
      await bob.post(DIRECT, 'a secret');
      const asked = world.tracker.count('prekeys');
      await world.reach(() => world.tracker.count('prekeys') > asked, 4 * 3600_000);
      await world.pass(5_000);
      expect(world.tracker.count('post')).toBe(0);
    }
    world.revoked.add(alice.device);
    world.tracker.handOut(alice);
    await world.pass(3 * 3600_000);
    expect(world.tracker.count('post')).toBe(0);
    world.revoked.clear();
    await world.reach(() => world.tracker.count('post') === 1, 3 * 3600_000);
  });

  test('that gives prekeys that are stale is asked again, not for ever at once', async () => {
    await bob.restart();
    world.tracker.handOut(alice);
    world.tracker.failures.set(
      'post',
      Array.from({ length: 1_000 }, () => 'stale_prekey' as const),
    );
    await bob.post(DIRECT, 'one');
    await world.pass(3600_000);
    expect(world.tracker.count('post')).toBeGreaterThan(2);
    expect(world.tracker.count('post')).toBeLessThan(30);
  });

  test('whose mailbox never ends, or that forgets no acknowledgement, costs a bounded amount', async () => {
    const prekey = world.tracker.prekeys.get(bob.device)?.id ?? '';
    for (let i = 0; i < 500; i++) world.tracker.drop(bob.device, prekey, randomBytes(1024 + SEALED_EXTRA));
    const [box] = [world.tracker.boxes.get(bob.device) ?? []];
    await bob.restart();
    await world.reach(() => world.tracker.letters(bob.device) === 0);
    expect(bob.warnings).toHaveLength(500);
    // The same again and again, as from a tracker that forgets nothing.
    Object.defineProperty(world.tracker.boxes, 'get', { value: () => box });
    const fetched = world.tracker.count('fetch');
    bob.mailbox.arrived();
    await world.pass(3600_000);
    expect(world.tracker.count('fetch') - fetched).toBeLessThan(100);
  });
});
