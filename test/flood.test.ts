/** What keeps others from filling this user's disk (SPEC.md section 5, rates), by real peers over TLS and SQLite. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { ConversationId } from '../protocol/ids.js';
import { RATES } from '../protocol/rates.js';
import type { Peer } from '../peer/peer.js';
import { InProcess, has, linked, post, until } from './support/in-process.js';

let world: InProcess;
beforeEach(async () => {
  world = await InProcess.create();
});
afterEach(() => world.close(), 30_000);

const general = '#general' as ConversationId;
const GIB = 1024 ** 3;
const notices = (peer: Peer): string[] => peer.services.notices.list().map(({ code }) => code);

test('with little room on the disk nothing of others is taken, own messages are, and it goes on by itself', async () => {
  const { url } = await world.tracker();
  let free = 0.5 * GIB;
  const alice = await world.signedIn('alice', [url], { space: async () => ({ free, size: 100 * GIB }) });
  const bob = await world.signedIn('bob', [url]);
  const carol = await world.signedIn('carol', [url]);
  for (const name of ['bob', 'carol']) await linked(alice, name);
  await until(alice, () => notices(alice).includes('disk_low'));
  const id = (await post(bob, general, 'of bob')).id;
  await until(carol, () => has(carol, general, 'of bob'));
  await post(alice, general, 'of alice');
  await until(bob, () => has(bob, general, 'of alice'));
  expect(has(alice, general, 'of bob')).toBe(false);
  expect(alice.services.people.list().filter(({ link }) => link === 'linked')).toHaveLength(2);

  free = 5 * GIB;
  await until(alice, () => has(alice, general, 'of bob'));
  expect(notices(alice)).not.toContain('disk_low');
  expect(alice.services.history.entry(id)?.message).toBe('of bob');
});

test('a member who floods is told of, holds up nobody, and is taken in the end, a restart in between or not', async () => {
  const { url } = await world.tracker();
  // Four messages of a kilobyte at once, then five in four seconds.
  const rates = { ...RATES, burst: 6_500, perMs: 2 };
  const alice = await world.signedIn('alice', [url], { rates });
  const mallory = await world.signedIn('mallory', [url]);
  const bob = await world.signedIn('bob', [url]);
  for (const name of ['mallory', 'bob']) await linked(alice, name);
  await linked(bob, 'mallory');
  // One after the other: each is signed, and may be the last that is taken.
  for (let i = 0; i < 30; i++) await post(mallory, general, `mallory ${i} ${'.'.repeat(1_000)}`);
  await post(mallory, general, 'the end');
  await until(bob, () => has(bob, general, 'the end'));
  await until(alice, () => notices(alice).includes('too_fast'));
  expect(has(alice, general, 'the end')).toBe(false);
  await post(bob, general, 'of bob');
  await until(alice, () => has(alice, general, 'of bob'));
  expect(has(alice, general, 'the end')).toBe(false);
  await alice.close();
  const back = await world.peer('alice', [url], { rates });
  await until(back, () => has(back, general, 'the end'));
  expect(back.services.people.list().find(({ username }) => username === 'mallory')?.link).toBe('linked');
}, 120_000);

test('who writes far more than others take is told so by their own peer, and loses nothing', async () => {
  const { url } = await world.tracker();
  const mallory = await world.signedIn('mallory', [url], { rates: { ...RATES, burst: 3_000, perMs: 0.001 } });
  const results = await Promise.allSettled(
    [1, 2].map((i) => post(mallory, general, `mallory ${i} ${'.'.repeat(2_000)}`)),
  );
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
  await until(mallory, () => notices(mallory).includes('writing_ahead'));
  for (let i = 3; i < 5; i++) await post(mallory, general, `mallory ${i} ${'.'.repeat(1_000)}`).catch(() => undefined);
  await expect(post(mallory, general, 'more')).rejects.toMatchObject({
    code: 'ahead_of_rate',
    message: expect.stringContaining('wait'),
  });
  expect(mallory.services.history.page(general, undefined, 50).entries.length).toBeGreaterThan(2);
});
