import { describe, expect, it } from '@jest/globals';
import type { ChannelName, DeviceId, Username } from '../../protocol/ids.js';
import { FULL_MESH_MAX } from '../../protocol/limits.js';
import { TestTime } from '../link/test-support.js';
import type { Candidate, DiallerOptions } from './dialler-options.js';
import { Places } from '../mesh/link-places.js';
import { Dialler, worthDialling } from './dialler.js';

const self = 'S'.repeat(22) as DeviceId;

/** Links that others have dialled. */
function linkedTo(devices: () => Iterable<DeviceId>, closed: DeviceId[] = []): Places {
  const link = (device: DeviceId, id: number) => ({
    ...{ id, dialled: false, remote: { device } },
    channels: new Set(['general' as ChannelName]),
  });
  return new Places(
    () => [...devices()].map(link),
    (device) => void closed.push(device),
  );
}

/** A dialler of which nobody can be dialled, in a time that only `pass` moves on. */
function standing(count: number, answer: 'none' | 'refused' = 'none', given: Partial<DiallerOptions> = {}) {
  const time = new TestTime();
  const counts = { looks: 0, dials: 0, relays: 0 };
  const dialled: DeviceId[] = [];
  const all: Candidate[] = Array.from({ length: count }, (_, index) => ({
    username: `user${index}` as Username,
    device: `T${String(index).padStart(21, '0')}` as DeviceId,
    addresses: [{ host: '192.0.2.1', port: 1000 + index }],
    channels: ['general' as ChannelName],
  }));
  const dialler = new Dialler({
    self,
    candidates: () => {
      counts.looks++;
      return all;
    },
    places: linkedTo(() => []),
    needed: () => new Set(),
    channels: () => ['general' as ChannelName],
    dial: ({ device }) => {
      counts.dials++;
      dialled.push(device);
      return answer === 'none' ? new Promise(() => undefined) : Promise.reject(new Error(answer));
    },
    relay: () => {
      counts.relays++;
      return Promise.reject(new Error('nobody came'));
    },
    failed: () => undefined,
    clock: time,
    timers: time,
    random: () => 0.5,
    ...given,
  });
  const pass = (ms: number): void => time.advance(ms);
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
  };
  return { dialler, counts, dialled, pass, all, settle };
}

describe('Dialler', () => {
  it('looks at once when the first word comes', () => {
    const { dialler, counts } = standing(3);
    dialler.look();
    expect(counts).toEqual({ looks: 1, dials: 3, relays: 0 });
  });

  it.each([4, 40, 400])('looks but now and then where one of %i others changes all the time', (count) => {
    const { dialler, counts, pass } = standing(count);
    for (let ms = 0; ms < 10_000; ms++) {
      dialler.look();
      pass(1);
    }
    // No more than so many devices are looked at in a second, and no less often than once in one.
    expect(counts.looks * count).toBeLessThanOrEqual(Math.max(2_100, 12 * count));
    expect(counts.looks).toBeGreaterThanOrEqual(10);
  });

  it.each([
    [4, 10],
    [400, 2],
  ])('looks by itself now and then, the less often the more there are: %i', (count, looks) => {
    const { dialler, counts, pass } = standing(count);
    pass(1);
    dialler.look();
    pass(1_000);
    const before = counts.looks;
    pass(10_000);
    expect(counts.looks - before).toBe(looks);
  });

  it('hears of who has come while it waits for the next look', () => {
    const { dialler, counts, pass, all } = standing(100);
    dialler.look();
    const before = counts.dials;
    all.push(
      ...all
        .splice(0)
        .slice(0, 1)
        .map((one) => ({ ...one, device: 'T'.padEnd(22, 'n') as DeviceId })),
    );
    dialler.look();
    expect(counts.dials).toBe(before);
    pass(1_000);
    expect(counts.dials).toBe(before + 1);
  });

  it('does not wait for a look where a message does', () => {
    const { dialler, counts, all } = standing(100);
    dialler.look();
    const { looks } = counts;
    dialler.need(all.slice(99).map(({ device }) => device));
    expect(counts.looks).toBe(looks + 1);
  });

  describe('with 40 peers in the same process', () => {
    const devices = standing(48).all.map(({ device }) => device);
    const [beside, outside] = [new Set(devices.slice(0, 40)), devices.slice(40)];

    it('dials who is outside as if there were no others, and asks a relay for them', async () => {
      const places = linkedTo(() => beside);
      const { dialler, counts, dialled, settle, pass } = standing(48, 'refused', { beside: () => beside, places });
      dialler.look();
      expect(dialled.sort()).toEqual(outside);
      await settle();
      pass(20_000);
      await settle();
      expect(counts.relays).toBeGreaterThanOrEqual(outside.length);
    });

    it('gives up no link to who is outside for the sake of the others, nor the other way round', () => {
      const closed: DeviceId[] = [];
      const given = (): Partial<DiallerOptions> => ({ places: linkedTo(() => devices, closed), channels: () => [] });
      const { dialler, pass } = standing(48, 'none', { ...given(), beside: () => beside });
      dialler.look();
      pass(60_000);
      expect(closed).toEqual([]);
      const crowded = standing(48, 'none', { ...given(), beside: () => new Set(devices.slice(0, 20)) });
      crowded.dialler.look();
      crowded.pass(60_000);
      expect(closed.length).toBeGreaterThanOrEqual(4);
      expect(closed.filter((device) => devices.indexOf(device) < 20)).toEqual([]);
    });

    it('dials the others too, some at a time, though nobody outside answers; and nobody before their time', async () => {
      const linked = new Set<DeviceId>();
      const { dialler, dialled, pass, settle } = standing(48, 'none', {
        beside: () => beside,
        places: linkedTo(() => linked),
        dial: ({ device }) => {
          dialled.push(device);
          if (!beside.has(device)) return new Promise(() => undefined);
          if (device === devices[0]) return Promise.reject(new Error('asleep'));
          linked.add(device);
          return Promise.resolve();
        },
      });
      dialler.look();
      expect(dialled).toHaveLength(outside.length + 16);
      for (let look = 0; look < 3; look++) {
        await settle();
        pass(300);
      }
      await settle();
      expect(new Set(dialled)).toEqual(new Set(devices));
      // Each once; the one that failed waits, and is not in every look.
      const failing = dialled.filter((device) => device === devices[0]);
      expect(failing.length).toBeLessThanOrEqual(2);
      expect(dialled).toHaveLength(devices.length - 1 + failing.length);
    });
  });

  it('dials who calls again and again no more often than other news would, and asks no relay for them', async () => {
    const { dialler, counts, pass, all, settle } = standing(1, 'refused');
    dialler.look();
    await settle();
    pass(60_000);
    await settle();
    const { dials, relays } = counts;
    for (let second = 0; second < 20; second += 1) {
      for (const { device } of all) dialler.called(device);
      pass(1_000);
      await settle();
    }
    expect(counts.dials - dials).toBeGreaterThanOrEqual(3);
    expect(counts.dials - dials).toBeLessThanOrEqual(6);
    expect(counts.relays - relays).toBeLessThanOrEqual(2);
  });
});

describe('worth dialling', () => {
  const known = (count: number, online: boolean, from = 0) =>
    Array.from({ length: count }, (_, n) => ({ device: `T${String(from + n).padStart(21, '0')}` as DeviceId, online }));
  const [few, many] = [FULL_MESH_MAX, FULL_MESH_MAX + 1];
  const nobody = (): boolean => false;

  it('are all while there are few, those online while there are many, and all while the tracker is away', () => {
    expect(worthDialling([...known(few - 1, true), ...known(1, false, few)], nobody)).toHaveLength(few);
    expect(worthDialling([...known(many - 1, true), ...known(1, false, many)], nobody)).toEqual(known(many - 1, true));
    expect(worthDialling(known(many, false), nobody)).toHaveLength(many);
  });

  it('are all however many peers this process has, and those online where there are many elsewhere', () => {
    const here = known(200, true);
    const devices = new Set<DeviceId>(here.map(({ device }) => device));
    const isHere = (device: DeviceId): boolean => devices.has(device);
    const met = known(few, false, 200);
    expect(worthDialling([...here, ...met], isHere)).toEqual([...here, ...met]);
    expect(worthDialling([...here, ...known(many, false, 200)], isHere)).toEqual(here);
  });
});
