import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { insertionIndex, peerId, select, type ListedPeer } from './peer-list.js';

function listed(id: string): ListedPeer {
  const record = { username: id, ip: '::1', port: 1, addresses: [], status: 'online' as const, channels: [] };
  return { key: `u:${id.toLowerCase()}` as ListedPeer['key'], record, json: JSON.stringify(record) };
}

const names = fc.uniqueArray(fc.stringMatching(/^[A-Za-z0-9_-]{1,4}$/), { maxLength: 40 });
const sorted = names.map((all) => {
  const peers: ListedPeer[] = [];
  for (const name of all) {
    const peer = listed(name);
    peers.splice(insertionIndex(peers, name, peer.key), 0, peer);
  }
  return peers;
});
const ids = (peers: readonly ListedPeer[]) => peers.map((peer) => peerId(peer.record));

describe('lists of peers', () => {
  test('stay sorted by id while peers are added', () => {
    fc.assert(fc.property(sorted, (peers) => expect(ids(peers)).toEqual([...ids(peers)].sort())));
  });

  test('pages of `limit` peers after the last id contain everyone once', () => {
    fc.assert(
      fc.property(sorted, fc.integer({ min: 1, max: 7 }), (peers, limit) => {
        const seen: string[] = [];
        for (let after: string | undefined; ; after = seen.at(-1)) {
          const next = ids(select(peers, { limit, after }, Math.random));
          if (next.length === 0) break;
          expect(next.length).toBeLessThanOrEqual(limit);
          seen.push(...next);
        }
        expect(seen).toEqual(ids(peers));
      }),
    );
  });

  test('a sample has the asked number of different peers', () => {
    fc.assert(
      fc.property(
        sorted,
        fc.integer({ min: 1, max: 50 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (peers, sample, dice) => {
          const chosen = ids(select(peers, { sample }, () => dice));
          expect(new Set(chosen).size).toBe(Math.min(sample, peers.length));
          expect(ids(peers)).toEqual(expect.arrayContaining(chosen));
        },
      ),
    );
  });

  test('a sample has every peer equally often', () => {
    const peers = ['a', 'b', 'c', 'd', 'e'].map(listed);
    const counts = new Map<string, number>();
    let state = 1;
    const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
    for (let round = 0; round < 5000; round += 1) {
      for (const id of ids(select(peers, { sample: 2 }, random))) counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    for (const id of ids(peers)) expect(Math.abs((counts.get(id) ?? 0) - 2000)).toBeLessThan(150);
  });
});
