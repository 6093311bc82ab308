/** Entries that nobody has signed yet: how much of them one link, and all together, can have others keep in memory. */
import { describe, expect, test } from '@jest/globals';
import { entryId, toWire, type Entry } from '../../protocol/entry.js';
import type { ConversationId } from '../../protocol/ids.js';
import { DATA_MAX, MESSAGE_MAX, UNPROVEN_BYTES_MAX } from '../../protocol/limits.js';
import { runCost } from '../../protocol/signed-runs.js';
import { posts, TestNetwork, type TestPeer } from './test-network.js';

const CHANNELS = Array.from({ length: 60 }, (_, i) => `c${i}`);
/** Of each entry: as much as one may hold. */
const CONTENT = { message: '.'.repeat(MESSAGE_MAX), data: { d: '.'.repeat(DATA_MAX - 100) } };
/** What comes in one chunk is looked at once it is there. */
const CHUNK = 4;
const ONE_MORE = CHUNK * 64 * 1024;

interface Kept {
  readonly links: ReadonlyMap<number, { readonly runs: ReadonlyMap<string, { readonly entries: readonly Entry[] }> }>;
}

/** Bytes, by link. */
function kept(peer: TestPeer): number[] {
  const { links } = Reflect.get(peer.log, 'inbound') as Kept;
  return [...links.values()].map(({ runs }) => {
    return [...runs.values()].reduce((sum, { entries }) => sum + entries.length, 0) * runCost(CONTENT);
  });
}

/** Entries without a signature, from the start of a log. */
function* unsigned(
  { username, device, network }: TestPeer,
  channel: string,
  count: number,
  content: Pick<Entry, 'message' | 'data'> = CONTENT,
): Generator<Entry> {
  const time = new Date(network.now).toISOString();
  let prev: Entry['prev'] = '';
  for (let seq = 1; seq <= count; seq++) {
    const conversation = `#${channel}` as ConversationId;
    const fields = { conversation, from: username, device, seq, prev, time, kind: 'text', ...content };
    const id = entryId(fields);
    prev = id;
    yield { ...fields, id };
  }
}

/** So many entries in each of the channels. */
async function attack(
  mallory: TestPeer,
  bob: TestPeer,
  channels: readonly string[],
  each: number,
): Promise<{ codes: string[]; most: number }> {
  const { network } = mallory;
  const { b } = network.link(mallory, bob);
  await network.settle(0);
  let most = 0;
  for (const channel of channels) {
    const entries = [...unsigned(mallory, channel, each)].map(toWire);
    for (let at = 0; at < each && b.refused.length === 0; at += CHUNK) {
      bob.mesh.messages(b, entries.slice(at, at + CHUNK));
      most = Math.max(most, ...kept(bob));
    }
    await network.settle(0);
  }
  return { codes: b.refused, most };
}

test('a device that forges signatures keeps nobody’s link from being read once they are checked', async () => {
  const network = new TestNetwork();
  const [bob, alice, mallory] = [network.peer('bob'), network.peer('alice'), network.peer('mallory')];
  const honest = network.link(alice, bob);
  const { b } = network.link(mallory, bob);
  await network.settle(0);
  const entries = [...unsigned(mallory, 'general', 200)].map((entry) => toWire({ ...entry, sig: 's'.repeat(86) }));
  bob.mesh.messages(b, entries);
  expect([honest.b.isPaused, b.refused]).toEqual([true, []]);
  await network.settle();
  expect([honest.b.isPaused, b.refused]).toEqual([false, ['bad_signature']]);
});

describe('a device that signs nothing', () => {
  test('ends its link, and no other, at 16 MiB, in however many logs they are', async () => {
    const network = new TestNetwork();
    const [bob, alice] = [network.peer('bob', ...CHANNELS), network.peer('alice')];
    const honest = network.link(alice, bob);
    const { codes, most } = await attack(network.peer('mallory', ...CHANNELS), bob, CHANNELS, 8);
    expect(codes).toEqual(['unsigned_run_too_long']);
    expect(most).toBeGreaterThan(UNPROVEN_BYTES_MAX / 2);
    expect(most).toBeLessThanOrEqual(UNPROVEN_BYTES_MAX + ONE_MORE);
    await posts(alice, '#general', 3);
    await network.settle();
    expect(bob.texts('#general')).toHaveLength(3);
    expect([...honest.a.refused, ...honest.b.refused]).toEqual([]);
    expect(kept(bob).reduce((sum, bytes) => sum + bytes, 0)).toBe(0);
  });

  test('holds up nobody while each of its links stays below it; beyond 64 MiB of all, the one with most of them ends', async () => {
    const network = new TestNetwork();
    const [bob, alice] = [network.peer('bob', ...CHANNELS), network.peer('alice')];
    const honest = network.link(alice, bob);
    const hears = async (count: number): Promise<void> => {
      await posts(alice, '#general', 1);
      await network.settle();
      expect(bob.texts('#general')).toHaveLength(count);
      expect([honest.b.isPaused, ...honest.a.refused, ...honest.b.refused]).toEqual([false]);
    };
    const codes: string[] = [];
    for (let i = 0; i < 5; i++) {
      const result = await attack(network.peer(`mallory/${i}`, ...CHANNELS), bob, CHANNELS.slice(0, 40), 8);
      codes.push(...result.codes);
      await hears(i + 1);
      if (i === 3) expect(codes).toEqual([]);
    }
    expect(codes.length).toBeLessThanOrEqual(1);
    const all = kept(bob).reduce((sum, bytes) => sum + bytes, 0);
    expect(all).toBeGreaterThan(3 * UNPROVEN_BYTES_MAX);
    expect(all).toBeLessThanOrEqual(4 * UNPROVEN_BYTES_MAX);
  });
});

test('data that takes many times its text in memory ends a link that signs nothing with a small part of 16 MiB', async () => {
  const network = new TestNetwork();
  const [bob, mallory] = [network.peer('bob', ...CHANNELS), network.peer('mallory', ...CHANNELS)];
  const { b } = network.link(mallory, bob);
  await network.settle(0);
  const content = { message: '', data: { a: Array.from({ length: 2_200 }, () => [[[[[[]]]]]]) } };
  let sent = 0;
  for (const channel of CHANNELS) {
    for (const entry of unsigned(mallory, channel, 4, content)) {
      if (b.refused.length > 0) break;
      bob.mesh.messages(b, [toWire(entry)]);
      sent += runCost(content);
    }
    if (b.refused.length > 0 || sent > UNPROVEN_BYTES_MAX / 8) break;
  }
  expect(b.refused).toEqual(['unsigned_run_too_long']);
});
