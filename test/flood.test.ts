/** What keeps others from filling this user's disk (SPEC.md section 5, rates), by real peers over TLS and SQLite. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { ConversationId } from '../protocol/ids.js';
import { RATES } from '../protocol/rates.js';
import type { Peer } from '../peer/peer.js';
import { InProcess, linkedWith, until } from './support/in-process.js';

let world: InProcess;
beforeEach(async () => {
  world = await InProcess.create();
});
afterEach(() => world.close(), 30_000);

const general = '#general' as ConversationId;
const GIB = 1024 ** 3;
const linked = (a: Peer, b: string): Promise<void> => until(a, linkedWith(a, b));
const post = (peer: Peer, message: string) =>
  peer.services.writer.append({ conversation: general, kind: 'text', message, data: {} });
const has = (peer: Peer, message: string): boolean =>
  peer.services.history.page(general, undefined, 50).entries.some((entry) => entry.message === message);
const notices = (peer: Peer): string[] => peer.services.notices.list().map(({ code }) => code);

test('with little room on the disk nothing of others is taken, own messages are, and it goes on by itself', async () => {
  const { url } = await world.tracker();
  let free = 0.5 * GIB;
  const alice = await world.signedIn('alice', [url], { space: async () => ({ free, size: 100 * GIB }) });
  const bob = await world.signedIn('bob', [url]);
  const carol = await world.signedIn('carol', [url]);
  for (const name of ['bob', 'carol']) await linked(alice, name);
  await until(alice, () => notices(alice).includes('disk_low'));
  const id = (await post(bob, 'of bob')).id;
  await until(carol, () => has(carol, 'of bob'));
  await post(alice, 'of alice');
  await until(bob, () => has(bob, 'of alice'));
  expect(has(alice, 'of bob')).toBe(false);
  expect(alice.services.people.list().filter(({ link }) => link === 'linked')).toHaveLength(2);

  free = 5 * GIB;
  await until(alice, () => has(alice, 'of bob'));
  expect(notices(alice)).not.toContain('disk_low');
  expect(alice.services.history.entry(id)?.message).toBe('of bob');
}, 60_000);

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
  for (let i = 0; i < 30; i++) await post(mallory, `mallory ${i} ${'.'.repeat(1_000)}`);
  await post(mallory, 'the end');
  await until(bob, () => has(bob, 'the end'));
  await until(alice, () => notices(alice).includes('too_fast'));
  expect(has(alice, 'the end')).toBe(false);
  await post(bob, 'of bob');
  await until(alice, () => has(alice, 'of bob'));
  expect(has(alice, 'the end')).toBe(false);
  await alice.close();
  const back = await world.peer('alice', [url], { rates });
  await until(back, () => has(back, 'the end'));
  expect(back.services.people.list().find(({ username }) => username === 'mallory')?.link).toBe('linked');
}, 120_000);

test('who writes far more than others take is told so by their own peer, and loses nothing', async () => {
  const { url } = await world.tracker();
  const mallory = await world.signedIn('mallory', [url], { rates: { ...RATES, burst: 3_000, perMs: 0.001 } });
  const results = await Promise.allSettled([1, 2].map((i) => post(mallory, `mallory ${i} ${'.'.repeat(2_000)}`)));
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
  await until(mallory, () => notices(mallory).includes('writing_ahead'));
  for (let i = 3; i < 5; i++) await post(mallory, `mallory ${i} ${'.'.repeat(1_000)}`).catch(() => undefined);
  await expect(post(mallory, 'more')).rejects.toMatchObject({
    code: 'ahead_of_rate',
    message: expect.stringContaining('wait'),
  });
  expect(mallory.services.history.page(general, undefined, 50).entries.length).toBeGreaterThan(2);
}, 60_000);
