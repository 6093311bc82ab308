import { describe, expect, test } from '@jest/globals';
import type { DeviceId, Username } from '../../protocol/ids.js';
import { LINKS_MAX } from '../../protocol/limits.js';
import { chooseNeighbours, surplusNeighbours, wantedInChannel, wantedLinks, type Choice } from './neighbours.js';
import { neededDevices, waitingUsers } from './waiting.js';

const devices = (count: number): DeviceId[] => Array.from({ length: count }, (_, i) => at(i));

const at = (i: number): DeviceId => String(i).padStart(22, '0') as DeviceId;

/** Always the first of what is left: nobody is chosen by luck. */
const first = (): number => 0;

function choice(count: number, given: Partial<Choice> = {}): Choice {
  const candidates = devices(count).map((device) => ({ device, notBefore: 0 }));
  return { candidates, linked: new Set(), needed: new Set(), channels: [], now: 1, random: first, ...given };
}

describe('whom to link to', () => {
  test('up to 16 others: all of them; above: a bounded number, and nobody before their time', () => {
    expect(chooseNeighbours(choice(16))).toHaveLength(16);
    expect(chooseNeighbours(choice(60))).toHaveLength(wantedLinks(60));
    expect(chooseNeighbours(choice(100_000))).toHaveLength(21);
    const waiting = devices(16).map((device, i) => ({ device, notBefore: i === 3 ? 2 : 0 }));
    expect(chooseNeighbours(choice(16, { candidates: waiting }))).not.toContain(at(3));
  });

  test('members of a small channel among many are linked to each other, whoever else is', () => {
    const all = devices(200);
    const few = new Set(all.slice(150, 153));
    const linked = new Set(all.slice(0, 15));
    expect(chooseNeighbours(choice(200, { channels: [few], linked })).sort()).toEqual([...few]);
    const more = new Set(all.slice(100, 130));
    expect(chooseNeighbours(choice(200, { channels: [more], linked }))).toHaveLength(wantedInChannel(30));
  });

  test('who is chosen for a small channel counts in the large one', () => {
    const all = devices(60);
    const chosen = chooseNeighbours(choice(60, { channels: [new Set(all), new Set(all.slice(50, 54))] }));
    expect(chosen).toHaveLength(wantedLinks(60));
    expect(chosen).toEqual(expect.arrayContaining(all.slice(50, 54)));
  });

  test('whom a message waits for is linked to, also beyond the bound', () => {
    const all = devices(100);
    const linked = new Set(all.slice(0, LINKS_MAX));
    expect(chooseNeighbours(choice(100, { linked }))).toEqual([]);
    expect(chooseNeighbours(choice(100, { linked, needed: new Set([at(70)]) }))).toEqual([at(70)]);
  });

  test('beyond the bound links are given up, but none that somebody needs, a channel would miss, or that is new', () => {
    const all = devices(40);
    const linked = new Set(all);
    const given = { linked, settled: all, needed: new Set<DeviceId>(), channels: [], random: first };
    expect(surplusNeighbours(given)).toEqual(all.slice(0, 40 - LINKS_MAX));
    expect(surplusNeighbours({ ...given, linked: new Set(all.slice(0, LINKS_MAX)) })).toEqual([]);
    expect(surplusNeighbours({ ...given, settled: all.slice(0, 3) })).toEqual(all.slice(0, 3));
    expect(surplusNeighbours({ ...given, needed: new Set(all.slice(1)) })).toEqual([at(0)]);
    const few = new Set(all.slice(0, 30));
    const kept = surplusNeighbours({ ...given, settled: all.slice(0, 30), channels: [few, new Set([at(2)])] });
    expect(kept).toHaveLength(16);
    expect(kept).not.toContain(at(2));
    const scarce = surplusNeighbours({ ...given, channels: all.map((device) => new Set([device])) });
    expect(scarce).toEqual([]);
  });

  // A random graph hangs together when everybody has a few neighbours; this is what keeps a channel from falling in two.
  test.each([3, 6, 10, 17, 40, 200])('%i members hang together', (members) => {
    const all = devices(members);
    let state = members;
    const random = (): number => (state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff) / 2 ** 31;
    const links = new Map(all.map((device) => [device, new Set<DeviceId>()]));
    for (const self of all) {
      const linked = links.get(self) ?? new Set();
      const channels = [new Set(all.filter((device) => device !== self))];
      const others = all.filter((device) => device !== self).map((device) => ({ device, notBefore: 0 }));
      for (const device of chooseNeighbours({ ...choice(0), candidates: others, linked, channels, random })) {
        linked.add(device);
        links.get(device)?.add(self);
      }
    }
    const reached = new Set<DeviceId>(all.slice(0, 1));
    for (const device of reached) for (const next of links.get(device) ?? []) reached.add(next);
    expect(reached.size).toBe(members);
  });
});

describe('whom direct messages wait for', () => {
  const self = { username: 'Alice' as Username, device: at(0) };
  const heads = {
    conversations: () => ['#general', '@alice+bob', '@alice+carol', '@alice+alice', '@dave+erin'] as never[],
    durable: () => new Map([[self.device, 3]]),
  };

  test('the users who lack something of this device, until a receipt says that they do not', () => {
    const delivered = (conversation: string): number => (conversation === '@alice+bob' ? 2 : 3);
    expect([...waitingUsers(self, heads, delivered)]).toEqual(['bob']);
    expect([...waitingUsers(self, heads, () => 3)]).toEqual([]);
  });

  test('all their devices, and our own others, are to be linked to', () => {
    const candidates = ['Bob', 'bob', 'carol', 'ALICE'].map((name, i) => ({
      username: name as Username,
      device: at(i),
    }));
    const needed = neededDevices(self.username, ['bob' as never], candidates);
    expect([...needed]).toEqual([at(0), at(1), at(3)]);
  });
});
