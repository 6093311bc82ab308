import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConversationId } from '../../protocol/ids.js';
import { MAILBOX_LIFE_MS, PREKEY_KEPT_MS, PREKEY_LIFE_MS } from '../../protocol/limits.js';
import { ALONE_MS } from './machine.js';
import type { TestDevice } from './test-device.js';
import { TestWorld } from './test-world.js';

const DIRECT = '@alice+bob';
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

async function mailed(to: TestDevice, letters: number): Promise<void> {
  await world.reach(() => world.tracker.letters(to.device) === letters);
}

const emptied = (device: TestDevice) => world.until(() => world.tracker.letters(device.device) === 0);

describe('what is written to somebody who is away', () => {
  test('arrives when they are back, and the receipt when its author is', async () => {
    const { alice, bob } = await apart();
    await alice.post(DIRECT, 'one', 'two');
    expect(alice.mailbox.state(DIRECT as ConversationId)).toBeUndefined();
    await mailed(bob, 1);
    await world.until(() => alice.mailbox.state(DIRECT as ConversationId) === 'sealed');
    await alice.stop();
    await bob.restart();
    await emptied(bob);
    expect(bob.texts(DIRECT)).toEqual(['one', 'two']);
    await mailed(alice, 1);
    await bob.stop();
    await alice.restart();
    await emptied(alice);
    expect(alice.told(DIRECT, bob.device)).toBe(2);
    expect(alice.mailbox.state(DIRECT as ConversationId)).toBeUndefined();
    expect([...alice.warnings, ...bob.warnings]).toEqual([]);
  });

  test('is mailed once, whatever restarts', async () => {
    const { alice, bob } = await apart();
    await alice.post(DIRECT, 'one');
    await mailed(bob, 1);
    for (let i = 0; i < 3; i++) {
      await alice.restart();
      await world.pass(60_000);
    }
    expect(world.tracker.count('post')).toBe(1);
    await alice.post(DIRECT, 'two');
    await mailed(bob, 2);
    await bob.restart();
    await emptied(bob);
    expect(bob.texts(DIRECT)).toEqual(['one', 'two']);
    expect(bob.shown.map(({ message }) => message)).toEqual(['one', 'two']);
  });

  test('is not mailed where a link shares the conversation; it is when the link has gone without bringing it', async () => {
    const { alice, bob } = await apart();
    alice.linked.add(DIRECT as ConversationId);
    await alice.post(DIRECT, 'one');
    await world.pass(60_000);
    expect(world.tracker.count('post')).toBe(0);
    alice.linked.clear();
    alice.mailbox.links();
    await mailed(bob, 1);
  });

  test('is mailed to each device that has a prekey, and to no more than there is to lack', async () => {
    const { alice, bob } = await apart();
    const phone = await world.away('bob/phone');
    await alice.post(DIRECT, 'one');
    await mailed(bob, 1);
    await mailed(phone, 1);
    await bob.restart();
    await world.reach(() => alice.told(DIRECT, bob.device) === 1);
    await bob.stop();
    await alice.post(DIRECT, 'two');
    await mailed(bob, 1);
    await mailed(phone, 2);
    await phone.restart();
    await emptied(phone);
    expect(phone.texts(DIRECT)).toEqual(['one', 'two']);
  });

  test('goes in many letters when it is much, each a size class, every one ending in a signature', async () => {
    const { alice, bob } = await apart();
    // One burst, one signature: far beyond what one letter holds.
    const long = Array.from({ length: 200 }, (_, i) => `${i} ${'\u0001'.repeat(1_000)}`);
    await alice.post(DIRECT, ...long);
    await world.pass(ALONE_MS + 5_000);
    await world.until(() => alice.mailbox.state(DIRECT as ConversationId) === 'sealed');
    expect(world.tracker.letters(bob.device)).toBeGreaterThan(4);
    await bob.restart();
    await emptied(bob);
    expect(bob.texts(DIRECT)).toEqual(long);
    expect(bob.warnings).toEqual([]);
  });

  test('in a channel goes to its members, in notes to oneself to nobody', async () => {
    const { alice, bob } = await apart();
    const carol = await world.away('carol');
    await alice.post('#general', 'all');
    await alice.post('@alice+alice', 'myself');
    await mailed(bob, 1);
    await mailed(carol, 1);
    expect(world.tracker.letters(alice.device)).toBe(0);
    await carol.restart();
    await emptied(carol);
    expect(carol.texts('#general')).toEqual(['all']);
  });
});

describe('when something is missing', () => {
  test('a letter that was lost is asked for again', async () => {
    const { alice, bob } = await apart();
    await alice.post(DIRECT, 'one');
    await mailed(bob, 1);
    await alice.post(DIRECT, 'two');
    await mailed(bob, 2);
    world.tracker.boxes.get(bob.device)?.shift();
    await bob.restart();
    await emptied(bob);
    expect(bob.texts(DIRECT)).toEqual([]);
    // Bob's answer says so; alice, who is there, mails all of it.
    await world.reach(() => bob.texts(DIRECT).length === 2);
    expect(bob.texts(DIRECT)).toEqual(['one', 'two']);
    await world.reach(() => alice.told(DIRECT, bob.device) === 2);
  });

  test('what lapsed in the mailbox is mailed again', async () => {
    const { alice, bob } = await apart();
    await alice.post(DIRECT, 'one');
    await mailed(bob, 1);
    world.tracker.boxes.clear();
    await world.pass(MAILBOX_LIFE_MS);
    await mailed(bob, 1);
    expect(world.tracker.count('post')).toBe(2);
  });

  test('the tracker is tried again when it is back; somebody without a prekey later', async () => {
    const bob = world.device('bob');
    const alice = world.device('alice');
    alice.mailbox.tracker(true);
    await alice.post(DIRECT, 'one');
    await world.pass(ALONE_MS + 1_000);
    expect(world.tracker.count('post')).toBe(0);
    bob.mailbox.tracker(true);
    await world.until(() => world.tracker.prekeys.has(bob.device));
    await bob.stop();
    world.tracker.up = false;
    await world.pass(120_000);
    expect(world.tracker.count('post')).toBe(0);
    alice.mailbox.tracker(false);
    world.tracker.up = true;
    alice.mailbox.tracker(true);
    await mailed(bob, 1);
  });

  test('a full mailbox is said, and tried again', async () => {
    const { alice, bob } = await apart();
    world.tracker.full.add('bob');
    await alice.post(DIRECT, 'one');
    await world.pass(ALONE_MS + 1_000);
    await world.until(() => alice.mailbox.state(DIRECT as ConversationId) === 'full');
    world.tracker.full.clear();
    await world.pass(15 * 60_000);
    await mailed(bob, 1);
    await world.until(() => alice.mailbox.state(DIRECT as ConversationId) === 'sealed');
  });

  test('nothing is acknowledged that the disk refused; it comes again', async () => {
    const { alice, bob } = await apart();
    await alice.post(DIRECT, 'one');
    await mailed(bob, 1);
    bob.storage.full = true;
    await bob.restart();
    await world.until(() => world.tracker.count('fetch') > 0);
    await world.pass(60_000);
    expect(world.tracker.letters(bob.device)).toBe(1);
    bob.storage.full = false;
    await world.pass(30 * 60_000);
    await emptied(bob);
    expect(bob.texts(DIRECT)).toEqual(['one']);
  });

  test('a crash between commit and acknowledgement brings nothing twice', async () => {
    const { alice, bob } = await apart();
    await alice.post(DIRECT, 'one');
    await mailed(bob, 1);
    world.tracker.failures.set('ack', ['tracker_unreachable']);
    await bob.restart();
    await world.until(() => bob.texts(DIRECT).length === 1 && world.tracker.count('ack') === 1);
    expect(world.tracker.letters(bob.device)).toBe(1);
    await bob.restart();
    await emptied(bob);
    expect(bob.shown.map(({ message }) => message)).toEqual(['one']);
  });
});

describe('prekeys', () => {
  test('are replaced weekly; the old one opens what was sealed to it, until that must be gone', async () => {
    const { alice, bob } = await apart();
    await alice.post(DIRECT, 'one');
    await mailed(bob, 1);
    const first = world.tracker.prekeys.get(bob.device)?.id;
    const kept = world.tracker.boxes.get(bob.device)?.slice() ?? [];
    const file = join(world.directory(bob.device), 'prekeys.json');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    world.now += PREKEY_LIFE_MS;
    await bob.restart();
    await emptied(bob);
    await world.until(() => world.tracker.prekeys.get(bob.device)?.id !== first);
    expect(bob.texts(DIRECT)).toEqual(['one']);
    const keys = async () => (JSON.parse(await readFile(file, 'utf8')) as { keys: unknown[] }).keys.length;
    expect(await keys()).toBe(2);
    world.now += PREKEY_KEPT_MS;
    await bob.restart();
    for (const fetched = world.tracker.count('fetch'); world.tracker.count('fetch') === fetched;) await world.settle();
    while ((await keys()) !== 2) await world.settle();
    // The first is gone: what was sealed to it is of no use to who finds the file now.
    world.tracker.boxes.set(bob.device, kept);
    bob.mailbox.arrived();
    await emptied(bob);
    expect(bob.warnings.at(-1)).toMatch(/prekey that is not here/);
  });

  test('the secret of a prekey goes nowhere', async () => {
    const { alice, bob } = await apart();
    await alice.post(DIRECT, 'one');
    await mailed(bob, 1);
    const file = await readFile(join(world.directory(bob.device), 'prekeys.json'), 'utf8');
    const secrets = [...file.matchAll(/"secret": "([^"]+)"/g)].map(([, secret = '']) => secret);
    expect(secrets).toHaveLength(1);
    const sent = JSON.stringify([[...world.tracker.prekeys.values()], [...world.tracker.boxes.values()]]);
    for (const secret of secrets) expect(sent).not.toContain(secret);
  });
});
