/** What a new device of the same user is told of the history that it fetches, and that it fetches it once, whole, over many links. */
import { expect, test } from '@jest/globals';
import { entryId, toWire } from '../../protocol/entry.js';
import type { ConversationId, EntryId, Username } from '../../protocol/ids.js';
import { nextFields, posts, TestNetwork } from './test-network.js';

const DIRECT = '@alice+bob' as ConversationId;

test('a new device gets channels and private conversations, what others wrote too, and knows how much is lacking', async () => {
  const network = new TestNetwork();
  const [first, bob] = [network.peer('alice'), network.peer('bob')];
  network.link(first, bob);
  await posts(first, '#general', 120);
  await posts(bob, '#general', 30);
  await posts(first, DIRECT, 10);
  await posts(bob, DIRECT, 40);
  await network.settle();
  // Who wrote it is away.
  bob.links.get('alice')?.cut();
  const second = network.peer('alice/2');
  expect(second.mesh.holdings()).toBeUndefined();
  network.link(second, first);
  await network.settle();
  expect(second.mesh.holdings()).toEqual({ device: first.device, linked: true, held: 200, total: 200 });
  expect(second.texts(DIRECT)).toEqual(first.texts(DIRECT));
  expect(second.texts('#general')).toEqual(first.texts('#general'));
});

test('what was cut off is known to be lacking while the other device is away, and is fetched when it is back', async () => {
  const network = new TestNetwork();
  const first = network.peer('alice');
  await posts(first, '#general', 600);
  const second = network.peer('alice/2');
  const link = network.link(second, first);
  while ((second.mesh.holdings()?.held ?? 0) === 0) await network.step();
  const before = second.mesh.holdings();
  expect(before?.total).toBe(600);
  expect(before?.held).toBeLessThan(600);
  link.a.cut();
  await network.settle();
  expect(second.mesh.holdings()).toMatchObject({ linked: false, total: 600 });
  second.restart();
  expect(second.mesh.holdings()).toBeUndefined();
  network.link(second, first);
  await network.settle();
  expect(second.mesh.holdings()).toEqual({ device: first.device, linked: true, held: 600, total: 600 });
  expect(second.shown).toHaveLength(600);
});

test('a device of the same user is believed nothing that its author has not signed', async () => {
  const network = new TestNetwork();
  const [thief, second, bob] = [network.peer('alice'), network.peer('alice/2'), network.peer('bob')];
  await posts(bob, '#general', 1);
  const link = network.link(second, thief);
  await network.settle();
  const fields = { ...nextFields(bob, 'made up'), kind: 'text', seq: 1, prev: '' as EntryId };
  link.b.send(toWire({ ...fields, id: entryId(fields), sig: 'A'.repeat(86) }));
  await network.settle();
  expect(second.texts('#general')).toEqual([]);
  expect(link.a.refused).toEqual(['bad_signature']);
});

test('what is not taken is not waited for', async () => {
  const network = new TestNetwork();
  const [first, second] = [network.peer('alice'), network.peer('alice/2')];
  second.declined.add('alice' as Username);
  network.link(second, first);
  await posts(first, '#general', 300);
  await network.settle();
  expect([second.texts('#general'), second.mesh.holdings()]).toEqual([[], expect.objectContaining({ total: 0 })]);
  second.declined.clear();
  second.mesh.reconsider();
  // As its author it should have pushed: it is asked when it has not.
  await network.settle(10_000);
  expect(second.mesh.holdings()).toMatchObject({ held: 300, total: 300 });
});

test('its own log is brought back to a device that takes nothing more, so that it writes no place twice', async () => {
  const network = new TestNetwork();
  const [first, second] = [network.peer('alice'), network.peer('alice/2')];
  network.link(second, first);
  await posts(second, '#general', 5);
  await network.settle();
  second.links.get('alice')?.cut();
  const restored = network.anew(second);
  restored.declined.add('alice' as Username);
  network.link(restored, first);
  await network.settle();
  expect(restored.texts('#general')).toHaveLength(5);
});
