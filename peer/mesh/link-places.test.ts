import { describe, expect, test } from '@jest/globals';
import type { ChannelName, DeviceId } from '../../protocol/ids.js';
import { LINKS_MAX } from '../../protocol/limits.js';
import { Places, type PlacedLink, type PlacesView } from './link-places.js';

const general = 'general' as ChannelName;
const tech = 'tech' as ChannelName;
const at = (i: number): DeviceId => String(i).padStart(22, '0') as DeviceId;
const many = (count: number, from = 0): Set<DeviceId> => new Set(Array.from({ length: count }, (_, i) => at(from + i)));

/** A peer of a channel of a hundred, which chooses six links itself. */
class World {
  links: PlacedLink[] = [];
  readonly needed = new Set<DeviceId>();
  readonly beside = new Set<DeviceId>();
  readonly closed: DeviceId[] = [];
  members = new Map([[general, many(100)]]);
  readonly places = new Places(
    () => this.links,
    (device) => {
      this.closed.push(device);
      this.links = this.links.filter(({ remote }) => remote.device !== device);
    },
  );
  private count = 0;

  constructor() {
    this.look(0);
  }

  look(now: number, given: Partial<PlacesView> = {}): void {
    const { members, beside } = this;
    this.places.look({ members, beside, needed: () => this.needed, choices: 6, ...given }, now);
  }

  dial(device: DeviceId, channels = [general]): void {
    this.link(device, true, channels);
  }

  /** Another one dials this peer. @returns whether it got in */
  comes(device: DeviceId, need?: string, channels = [general]): boolean {
    const taken = this.places.takes(device, { channels, ...(need === undefined ? {} : { need }) });
    if (taken) this.link(device, false, channels);
    return taken;
  }

  full(): this {
    for (let i = 0; i < 6; i++) this.dial(at(i));
    for (let i = 6; i < LINKS_MAX; i++) expect(this.comes(at(i))).toBe(true);
    return this;
  }

  private link(device: DeviceId, dialled: boolean, channels: ChannelName[]): void {
    this.places.comes({ device, dialled, channels });
    this.links.push({ id: ++this.count, dialled, remote: { device }, channels: new Set(channels) });
  }
}

describe('a place among the links of a peer', () => {
  test('is refused beyond the bound, whoever dials; and before it, where the own choice would find none any more', () => {
    const world = new World().full();
    expect(world.comes(at(50))).toBe(false);
    expect(world.comes(at(50), 'whatever')).toBe(false);
    const young = new World();
    const others = Array.from({ length: 60 }, (_, i) => young.comes(at(i))).filter(Boolean);
    expect(others).toHaveLength(LINKS_MAX - 6);
    for (let i = 70; i < 76; i++) young.dial(at(i));
    expect(young.links).toHaveLength(LINKS_MAX);
    expect(young.closed).toEqual([]);
  });

  test('whoever has hardly any takes that of who came last; those who come again and again push out each other', () => {
    const world = new World().full();
    for (let i = 30; i < 90; i++) {
      expect(world.comes(at(i), 'channel')).toBe(true);
      expect(world.links).toHaveLength(LINKS_MAX);
    }
    expect(world.closed).toEqual([at(23), ...[...many(59, 30)]]);
    expect(world.comes(at(95), 'channel', [tech])).toBe(false);
  });

  test('none of the own choices is given up for others', () => {
    const world = new World().full();
    world.needed.add(at(10));
    for (let i = 30; i < 90; i++) world.comes(at(i), i % 2 === 0 ? 'channel' : undefined);
    expect(world.links.filter(({ dialled }) => dialled)).toHaveLength(6);
    expect(world.closed).not.toContain(at(10));
  });

  test('a link that a message waits for, here or there, is counted apart, until it is no more, and has stood for a while', () => {
    const world = new World().full();
    world.needed.add(at(40));
    expect(world.comes(at(40))).toBe(true);
    expect(world.comes(at(41), 'message')).toBe(true);
    expect(world.closed).toEqual([]);
    expect(world.links).toHaveLength(LINKS_MAX + 2);
    expect(world.comes(at(42))).toBe(false);
    world.look(1_000);
    world.look(30_000);
    expect(world.closed).toEqual([]);
    world.look(31_000);
    expect(world.closed).toEqual([at(41)]);
    world.needed.clear();
    world.look(32_000);
    expect(world.closed).toEqual([at(41), at(40)]);
  });

  test('a small channel has the links that it needs, also beyond the bound, and gives them up to none that it does not', () => {
    const world = new World();
    const small = Array.from({ length: 8 }, (_, i) => `c${i}` as ChannelName);
    world.members = new Map(small.map((name, i) => [name, many(4, 4 * i)]));
    world.look(0);
    small.forEach((name, i) => {
      for (const device of many(4, 4 * i)) expect(world.comes(device, undefined, [name])).toBe(true);
    });
    expect(world.links).toHaveLength(32);
    expect(world.closed).toEqual([]);
    expect(world.comes(at(90))).toBe(false);
    world.look(100_000);
    expect(world.closed).toEqual([]);
  });

  test('one that a small channel needs takes the place of one that nothing needs', () => {
    const world = new World().full();
    world.members.set(tech, new Set([at(80), at(81)]));
    world.look(0);
    expect(world.comes(at(80), undefined, [general, tech])).toBe(true);
    expect(world.closed).toEqual([at(23)]);
    world.dial(at(81), [general, tech]);
    expect(world.closed).toEqual([at(23), at(22)]);
    expect(world.links).toHaveLength(LINKS_MAX);
  });

  test('where many were all, and are a few links too many, those that have stood for a while go', () => {
    const world = new World();
    world.members = new Map([[tech, many(30)]]);
    world.look(0, { choices: 0 });
    for (let i = 0; i < 30; i++) world.dial(at(i), [tech]);
    expect(world.links).toHaveLength(LINKS_MAX);
    const all = many(30);
    world.look(1_000, { members: new Map([...all].map((device, i) => [`x${i}` as ChannelName, new Set([device])])) });
    expect(world.links).toHaveLength(LINKS_MAX);
  });

  test('peers of the same process keep no places from others', () => {
    const world = new World().full();
    for (let i = 100; i < 150; i++) {
      world.beside.add(at(i));
      expect(world.comes(at(i))).toBe(true);
    }
    expect(world.closed).toEqual([]);
  });

  test('of its own choices the oldest gives way to another one, if there are more than are wanted', () => {
    const world = new World().full();
    world.places.renew();
    expect(world.closed).toEqual([]);
    world.dial(at(60));
    expect(world.closed).toEqual([at(23)]);
    world.places.renew();
    expect(world.closed).toEqual([at(23), at(0)]);
  });

  test('says to whom it dials that a message waits, or that it has hardly a link in their channel', () => {
    const world = new World();
    world.needed.add(at(9));
    expect(world.places.need(at(9))).toBe('message');
    expect(world.places.need(at(8))).toBe('channel');
    for (let i = 0; i < 3; i++) world.dial(at(i));
    expect(world.places.need(at(8))).toBeUndefined();
    world.members.set(tech, new Set([at(8), at(7)]));
    world.look(0);
    expect(world.places.need(at(8))).toBe('channel');
    expect(world.places.need(at(6))).toBeUndefined();
  });
});
