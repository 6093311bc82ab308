/** The most that a log may write at once, by real peers over TLS and SQLite: large entries, which fill queues soonest. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { ConversationId } from '../protocol/ids.js';
import { MESSAGE_MAX } from '../protocol/limits.js';
import { RATES } from '../protocol/rates.js';
import { InProcess, has, linked, post, until } from './support/in-process.js';

let world: InProcess;
beforeEach(async () => {
  world = await InProcess.create();
});
afterEach(() => world.close(), 60_000);

const general = '#general' as ConversationId;

test('an honest burst of 64 MiB in one batch is taken whole, over the link that is there', async () => {
  const { url } = await world.tracker();
  const alice = await world.signedIn('alice', [url]);
  const bob = await world.signedIn('bob', [url]);
  await linked(bob, 'alice');
  await linked(alice, 'bob');
  const lost: string[] = [];
  for (const { services } of [alice, bob])
    services.events.on('person', ({ username, link }) => void (link !== 'linked' && lost.push(username)));
  const count = Math.floor(RATES.burst / (MESSAGE_MAX + RATES.overhead + 2)) - 10;
  await Promise.all(Array.from({ length: count }, () => post(alice, general, '.'.repeat(MESSAGE_MAX))));
  const last = await post(alice, general, 'the end');
  await until(bob, () => has(bob, general, 'the end'));
  expect(bob.services.history.entry(last.id)?.seq).toBe(last.seq);
  expect(last.seq).toBeGreaterThan(count);
  expect(lost).toEqual([]);
}, 600_000);
