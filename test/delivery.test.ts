/** Sent, delivered, read, and why not yet (SPEC.md sections 4 and 5), by real peers. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { ConversationId, EntryId, Username } from '../protocol/ids.js';
import { entryViews } from '../peer/commands/entry-view.js';
import type { Peer } from '../peer/peer.js';
import { InProcess, linkedWith, post, until } from './support/in-process.js';

let world: InProcess;
beforeEach(async () => {
  world = await InProcess.create();
});
afterEach(() => world.close(), 30_000);

const direct = '@alice+bob' as ConversationId;
const general = '#general' as ConversationId;

const view = (peer: Peer, id: ConversationId) => peer.services.conversations.get(id);

function has(peer: Peer, id: ConversationId, message: string): EntryId | undefined {
  return peer.services.history.page(id, undefined, 50).entries.find((entry) => entry.message === message)?.id;
}

const states = (peer: Peer, id: ConversationId): string[] =>
  entryViews(peer.services, peer.services.history.page(id, undefined, 50).entries)
    .filter(({ kind }) => kind === 'text')
    .map(({ state }) => state);

/** Marks as read the entry with this text, once it is there. */
async function reads(peer: Peer, id: ConversationId, message: string): Promise<void> {
  await until(peer, () => has(peer, id, message) !== undefined);
  const entry = has(peer, id, message);
  if (entry) void peer.services.conversations.markRead(id, entry);
}

test('delivered is what every device has, and a waiting message says for whom it waits', async () => {
  const { url } = await world.tracker();
  const alice = await world.signedIn('alice', [url]);
  const bob = await world.signedIn('bob', [url]);
  const phone = await world.signedIn('bob', [url], { folder: 'bobs-phone' });
  await Promise.all([until(phone, linkedWith(phone, 'alice')), until(bob, linkedWith(bob, 'alice'))]);
  await post(alice, direct, 'one');
  await until(alice, () => view(alice, direct)?.receipts['bob'] === 1);
  expect(view(alice, direct)?.pending).toBeUndefined();

  await phone.close();
  await post(alice, direct, 'two');
  await until(alice, () => view(alice, direct)?.pending !== undefined && has(bob, direct, 'two') !== undefined);
  await until(alice, () => view(alice, direct)?.pending?.startsWith('On 1 of the 2 devices of bob') === true);
  expect(view(alice, direct)?.receipts).toEqual({ bob: 1 });
  expect(states(alice, direct)).toEqual(['delivered', 'sent']);

  await bob.close();
  await post(alice, direct, 'three');
  await until(alice, () => /^bob is (offline|not here)/.test(view(alice, direct)?.pending ?? ''));
  await post(alice, general, 'anyone?');
  await until(alice, () => view(alice, general)?.pending?.startsWith('Nobody ') === true);

  const back = await world.peer('bob', [url]);
  await until(alice, () => view(alice, general)?.pending === undefined);
  await until(alice, () => view(alice, direct)?.receipts['bob'] === 1);
  await world.peer('bob', [url], { folder: 'bobs-phone' });
  await until(alice, () => view(alice, direct)?.receipts['bob'] === 3);
  expect(view(alice, direct)?.pending).toBeUndefined();
  expect(states(alice, direct)).toEqual(['delivered', 'delivered', 'delivered']);
  expect(has(back, direct, 'three')).toBeDefined();
});

test('read is told to those whose entries were read, and to nobody when the user does not want it', async () => {
  const { url } = await world.tracker();
  const alice = await world.signedIn('alice', [url]);
  const bob = await world.signedIn('bob', [url]);
  const carol = await world.signedIn('carol', [url]);
  await Promise.all([until(alice, linkedWith(alice, 'bob')), until(alice, linkedWith(alice, 'carol'))]);
  await post(alice, general, 'one');
  await post(alice, general, 'two');
  await reads(bob, general, 'one');
  await until(alice, () => view(alice, general)?.reads?.['bob'] !== undefined);
  const [first] = alice.services.history.page(general, undefined, 50).entries.filter(({ kind }) => kind === 'text');
  expect(view(alice, general)?.reads).toEqual({ bob: first?.seq });
  expect(states(alice, general)[0]).toBe('read');
  expect(view(carol, general)?.reads).toBeUndefined();

  // Read while the author is away: told when they are back, and kept over a restart of theirs.
  await until(bob, () => has(bob, general, 'two') !== undefined);
  await alice.close();
  await reads(bob, general, 'two');
  await reads(carol, general, 'two');
  const back = await world.peer('alice', [url]);
  const last = (first?.seq ?? 0) + 1;
  await until(
    back,
    () => view(back, general)?.reads?.['bob'] === last && view(back, general)?.reads?.['carol'] === last,
  );
  expect(states(back, general)).toEqual(['read', 'read']);
  await back.close();
  const again = await world.peer('alice', []);
  expect(view(again, general)?.reads).toEqual({ bob: last, carol: last });
  await again.close();

  // Bob does not want to tell: Alice hears of Carol alone.
  await bob.close();
  const { readFile, writeFile } = await import('node:fs/promises');
  const file = world.path('bob/settings.json');
  const settings = JSON.parse(await readFile(file, 'utf8')) as { profile: object };
  await writeFile(file, JSON.stringify({ ...settings, profile: { readReceipts: false } }));
  const shy = await world.peer('bob', [url]);
  const third = await world.peer('alice', [url]);
  await Promise.all([until(third, linkedWith(third, 'bob')), until(third, linkedWith(third, 'carol'))]);
  await post(third, general, 'three');
  await reads(shy, general, 'three');
  await post(shy, general, 'after reading');
  await reads(carol, general, 'three');
  await until(
    third,
    () => view(third, general)?.reads?.['carol'] === last + 1 && has(third, general, 'after reading') !== undefined,
  );
  expect(view(third, general)?.reads).toEqual({ bob: last, carol: last + 1 });
});

test('what is read while something else arrives is not taken for read', async () => {
  const { url } = await world.tracker();
  const alice = await world.signedIn('alice', [url]);
  const bob = await world.signedIn('bob', [url]);
  await until(alice, linkedWith(alice, 'bob'));
  const carols = await world.signedIn('carol', [url]);
  await until(bob, linkedWith(bob, 'carol'));
  await post(carols, general, 'from carol');
  await reads(bob, general, 'from carol');
  await post(alice, direct, 'unseen');
  await until(alice, () => view(alice, direct)?.receipts['bob'] === 1);
  expect(view(alice, direct)?.reads).toBeUndefined();
  expect(bob.services.people.list().map(({ username }) => username as Username)).toContain('carol');
});
