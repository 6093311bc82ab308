import { describe, expect, test } from '@jest/globals';
import type { DeviceId, Username } from '../../protocol/ids.js';
import { choicesOf, chooseNeighbours, wantedInChannel, type Choice } from './neighbours.js';
import { neededDevices, type KnownDevice } from './waiting.js';

const devices = (count: number): DeviceId[] => Array.from({ length: count }, (_, i) => at(i));

const at = (i: number): DeviceId => String(i).padStart(22, '0') as DeviceId;

/** Always the first of what is left: nobody is chosen by luck. */
const first = (): number => 0;

function choice(count: number, given: Partial<Choice> = {}): Choice {
  const candidates = devices(count).map((device) => ({ device, notBefore: 0 }));
  return {
    candidates,
    linked: new Set(),
    own: new Set(),
    needed: new Set(),
    channels: [],
    now: 1,
    random: first,
    ...given,
  };
}

describe('whom to link to', () => {
  test('up to 16 others: all of them; above: a bounded number, and nobody before their time', () => {
    expect(chooseNeighbours(choice(16))).toHaveLength(16);
    expect(chooseNeighbours(choice(60))).toHaveLength(choicesOf(60));
    expect(chooseNeighbours(choice(100_000))).toHaveLength(11);
    expect(chooseNeighbours(choice(60, { besides: 1 }))).toHaveLength(choicesOf(60) + 1);
    const waiting = devices(16).map((device, i) => ({ device, notBefore: i === 3 ? 2 : 0 }));
    expect(chooseNeighbours(choice(16, { candidates: waiting }))).not.toContain(at(3));
  });

  test('members of a small channel among many are linked to each other, whoever else is', () => {
    const all = devices(200);
    const few = new Set(all.slice(150, 153));
    const linked = new Set(all.slice(0, 15));
    expect(chooseNeighbours(choice(200, { channels: [few], linked, own: linked })).sort()).toEqual([...few]);
    const more = new Set(all.slice(100, 130));
    expect(chooseNeighbours(choice(200, { channels: [more], linked, own: linked }))).toHaveLength(wantedInChannel(30));
  });

  test('half of the links in a channel are its own choice, whoever has dialled it before', () => {
    const all = devices(200);
    const linked = new Set(all.slice(0, 20));
    expect(chooseNeighbours(choice(200, { linked }))).toHaveLength(choicesOf(200));
    const members = new Set(all.slice(0, 60));
    const chosen = chooseNeighbours(choice(200, { linked, own: new Set(all.slice(190)), channels: [members] }));
    expect(chosen).toHaveLength(Math.ceil(wantedInChannel(60) / 2));
  });

  test('who is chosen for a small channel counts in the large one', () => {
    const all = devices(60);
    const chosen = chooseNeighbours(choice(60, { channels: [new Set(all), new Set(all.slice(50, 54))] }));
    expect(chosen).toHaveLength(wantedInChannel(60));
    expect(chosen).toEqual(expect.arrayContaining(all.slice(50, 54)));
  });

  test('whom a message waits for is linked to, also beyond the bound', () => {
    const all = devices(100);
    const linked = new Set(all.slice(0, 40));
    expect(chooseNeighbours(choice(100, { linked, own: linked }))).toEqual([]);
    expect(chooseNeighbours(choice(100, { linked, own: linked, needed: new Set([at(70)]) }))).toEqual([at(70)]);
  });

  // A random graph hangs together when everybody has a few neighbours; this is what keeps a channel from falling in two.
  test.each([3, 6, 10, 17, 40, 200])('%i members hang together', (members) => {
    const all = devices(members);
    let state = members;
    const random = (): number => (state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff) / 2 ** 31;
    const links = new Map(all.map((device) => [device, new Set<DeviceId>()]));
    const own = new Map(all.map((device) => [device, new Set<DeviceId>()]));
    for (const self of all) {
      const linked = links.get(self) ?? new Set();
      const channels = [new Set(all.filter((device) => device !== self))];
      const others = all.filter((device) => device !== self).map((device) => ({ device, notBefore: 0 }));
      const given = { ...choice(0), candidates: others, linked, own: own.get(self) ?? new Set(), channels, random };
      for (const device of chooseNeighbours(given)) {
        own.get(self)?.add(device);
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
  /** An earlier device of Alice, and one of Bob. */
  const [earlier, bobs] = [at(1), at(2)];
  const known = (name: string, device: DeviceId): KnownDevice => ({ username: name as Username, device });

  const met = new Set<DeviceId>();
  let authors: DeviceId[] = [];
  const forks = { forkedAuthors: () => authors, hasMet: (device: DeviceId): boolean => met.has(device) };

  /** @param logs how much is here: conversation → device → seq. @param said what devices said last of our log, by conversation; and a half when they lack something of others */
  function needed(
    logs: Record<string, [DeviceId, number][]>,
    said: Record<string, number>,
    all: KnownDevice[],
  ): DeviceId[] {
    const heads = {
      conversations: () => Object.keys(logs) as never[],
      durable: (id: string) => new Map(logs[id]),
    };
    const owner = (of: DeviceId): Username => (of === bobs ? 'Bob' : 'alice') as Username;
    const lastWord = (id: string, of: DeviceId, epoch?: string): { seq: number; lacks: boolean } | undefined => {
      const seq = said[[id, of, epoch].join(' ').trim()];
      return seq === undefined ? undefined : { seq: Math.floor(seq), lacks: seq % 1 > 0 };
    };
    return [...neededDevices({ self, heads, owner, lastWord, forks }, all)];
  }

  test('each device that lacks something of ours, until it says itself that it does not; and our own others', () => {
    const logs = {
      '#general': [[self.device, 9]],
      '@alice+bob': [[self.device, 3]],
      '@alice+alice': [[self.device, 2]],
    } as const;
    const all = [known('Bob', at(5)), known('bob', at(6)), known('carol', at(7)), known('ALICE', at(8))];
    const mine = structuredClone(logs) as never;
    expect(needed(mine, { [`@alice+bob ${at(5)}`]: 3, [`@alice+bob ${at(6)}`]: 2 }, all)).toEqual([at(6), at(8)]);
    expect(needed(mine, { [`@alice+bob ${at(5)}`]: 3, [`@alice+bob ${at(6)}`]: 3 }, all)).toEqual([at(8)]);
  });

  test('a device that has begun another epoch since it said that it lacks nothing', () => {
    const mine = { '@alice+bob': [[self.device, 3]] } as never;
    const said = { [`@alice+bob ${at(5)} before`]: 3 };
    expect(needed(mine, said, [{ ...known('bob', at(5)), epoch: 'before' }])).toEqual([]);
    expect(needed(mine, said, [{ ...known('bob', at(5)), epoch: 'after' }])).toEqual([at(5)]);
  });

  test('a device of somebody who wrote to us alone, until it has said what it holds: it may have lost that; of these a few at a time', () => {
    const mine = { '@alice+bob': [[bobs, 2]] } as never;
    const [same, cut, renewed] = [known('bob', bobs), { ...known('bob', bobs), epoch: 'after' }, known('bob', at(5))];
    const said = { [`@alice+bob ${bobs}`]: 0 };
    expect(needed(mine, said, [same])).toEqual([]);
    expect(needed(mine, said, [cut, renewed])).toEqual([bobs, at(5)]);
    expect(needed(mine, { [`@alice+bob ${bobs} after`]: 0, [`@alice+bob ${at(5)}`]: 0 }, [cut, renewed])).toEqual([]);
    const many = Array.from({ length: 20 }, (_, i) => known('bob', at(30 + i)));
    expect(needed(mine, {}, many)).toEqual(many.slice(0, 8).map(({ device }) => device));
    const lacking = Object.fromEntries(many.map(({ device }) => [`@alice+bob ${device}`, 0.5]));
    expect(needed(mine, lacking, many)).toHaveLength(8);
  });

  test('a device of theirs that is new, whatever their others hold; also for what an earlier key of ours wrote', () => {
    const all = [known('bob', at(5)), { username: undefined, device: at(6) }];
    expect(needed({ '@alice+bob': [[self.device, 1]] }, {}, all)).toEqual([at(5)]);
    expect(needed({ '@alice+bob': [[earlier, 4]] }, {}, all)).toEqual([at(5)]);
    expect(needed({ '@alice+bob': [[earlier, 4]] }, { [`@alice+bob ${at(5)}`]: 0 }, all)).toEqual([]);
  });

  test('a device whose link was cut before it had all of what is here, though it had heard of us', () => {
    const logs = { '@alice+bob': [[earlier, 4]] } as never;
    expect(needed(logs, { [`@alice+bob ${at(5)}`]: 0.5 }, [known('bob', at(5))])).toEqual([at(5)]);
    expect(needed({ '@alice+bob': [[bobs, 4]] }, { [`@alice+bob ${at(5)}`]: 0.5 }, [known('bob', at(5))])).toEqual([
      at(5),
    ]);
  });

  test('each device of who has forked a log, until it was met: it may be the one who has to give way', () => {
    authors = [bobs];
    const all = [known('bob', at(5)), known('bob', at(6)), known('carol', at(7))];
    expect(needed({}, {}, all)).toEqual([at(5), at(6)]);
    met.add(at(5));
    expect(needed({}, {}, all)).toEqual([at(6)]);
    authors = [];
    expect(needed({}, {}, all)).toEqual([]);
  });

  test('nobody who has written nothing to this user, nor been written to', () => {
    expect(needed({ '#general': [[bobs, 5]] }, {}, [known('bob', bobs), known('bob', at(5))])).toEqual([]);
  });
});
