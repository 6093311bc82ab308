import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { DeviceId, UserKey } from '../protocol/ids.js';
import { CHANNEL_WHOLE_MAX, PRESENCE_FOLLOW_MAX, PRESENCE_WHOLE_MAX } from '../protocol/limits.js';
import type { PresenceKey } from './store/tracker-store.js';
import { Views, type Viewer, type Whereabouts } from './views.js';

/** Repeatable, and spread well enough. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const placeOf = (key: string): number => {
  let hash = 2_166_136_261;
  for (let round = 0; round < 3; round += 1) {
    for (const letter of key) hash = Math.imul(hash ^ letter.charCodeAt(0), 16_777_619);
    hash ^= hash >>> 13;
  }
  return (hash >>> 0) / 2 ** 32;
};

interface Client extends Viewer {
  readonly joined: Set<string>;
  isWhole: boolean;
  /** By what it was told. */
  readonly knows: Set<PresenceKey>;
}

/** What a tracker does with views, without sockets: changes are collected, told, and reviews follow. */
class World {
  readonly views = new Views<Client>({ placeOf, random: dice(7), permanent: new Set(['general']) });
  readonly online = new Map<PresenceKey, string[]>();
  readonly clients = new Set<Client>();
  readonly #pending = new Map<PresenceKey, Whereabouts>();
  /** Told of single peers since the last `flush`. */
  told = 0;

  set(id: number, channels: string[] | undefined): void {
    const key = keyOf(id);
    const before = this.online.get(key);
    if (!before && !channels) return;
    const since = this.#pending.get(key);
    this.#pending.set(key, since && before ? [...since, ...before] : (since ?? before));
    this.views.changed(key, userOf(id), before, channels);
    if (channels) this.online.set(key, channels);
    else this.online.delete(key);
  }

  come(user: number, joined: string[]): Client {
    const client: Client = { user: userOf(user), joined: new Set(joined), isWhole: false, knows: new Set() };
    this.clients.add(client);
    client.isWhole = this.views.attach(client);
    for (const key of this.views.seen(client)) client.knows.add(key);
    return client;
  }

  flush(): void {
    this.told = 0;
    for (const [key, before] of this.#pending) {
      const after = this.online.get(key);
      const { sees, saw } = this.views.audience(key, userOf(Number(key.slice(2))), before, after);
      const whole = [...this.clients].filter(({ isWhole }) => isWhole);
      for (const client of [...sees, ...(after ? whole : [])]) client.knows.add(key);
      for (const client of [...saw, ...(after ? [] : whole)]) client.knows.delete(key);
      this.told += sees.size + saw.size + whole.length;
    }
    this.#pending.clear();
    for (let next = this.views.review(); next; next = this.views.review()) {
      const { client, review } = next;
      client.isWhole = review.isWhole;
      for (const key of review.came) client.knows.add(key);
      for (const key of review.went) client.knows.delete(key);
    }
  }
}

const USERS = 300;
const keyOf = (id: number): PresenceKey => `d:${`${id}` as DeviceId}`;
const userOf = (id: number): UserKey => `user${id % USERS}` as UserKey;
const sorted = (keys: Iterable<string>): string[] => [...keys].sort();

describe('who is told of whom', () => {
  test('everybody of everybody, while few are online', () => {
    const world = new World();
    const [before, beside] = [world.come(1, []), world.come(2, ['tea'])];
    for (let id = 0; id < PRESENCE_WHOLE_MAX; id += 1) world.set(id, ['general']);
    world.flush();
    for (const client of [before, beside, world.come(3, [])]) {
      expect(client.isWhole).toBe(true);
      expect(sorted(client.knows)).toEqual(sorted(world.online.keys()));
    }
  });

  test('with one more, a sample; and all again once there are fewer by a fifth', () => {
    const world = new World();
    const clients = Array.from({ length: 20 }, (_, user) => world.come(user, []));
    for (let id = 0; id <= PRESENCE_WHOLE_MAX; id += 1) world.set(id, ['general']);
    world.flush();
    for (const { isWhole, knows } of clients) {
      expect(isWhole).toBe(false);
      expect(knows.size).toBeLessThan(150);
      expect(knows.size).toBeGreaterThan(20);
    }
    for (let id = 0; id <= PRESENCE_WHOLE_MAX / 5; id += 1) world.set(id, undefined);
    world.flush();
    expect(clients.every(({ isWhole }) => !isWhole)).toBe(true);
    world.set(PRESENCE_WHOLE_MAX - 1, undefined);
    world.flush();
    for (const { isWhole, knows } of clients) {
      expect(isWhole).toBe(true);
      expect(sorted(knows)).toEqual(sorted(world.online.keys()));
    }
  });

  test('own devices, whom one follows, and all of a channel that is not large; of a large one a sample', () => {
    const world = new World();
    const channelsOf = (id: number): string[] => [
      'general',
      ...(id < 150 ? ['tea'] : []),
      ...(id < 1_000 ? ['news'] : []),
    ];
    for (let id = 0; id < 3_000; id += 1) world.set(id, channelsOf(id));
    const client = world.come(7, ['general', 'tea', 'news']);
    const all = [...world.online.keys()];
    expect([...client.knows]).toEqual(expect.arrayContaining(all.slice(0, 150)));
    expect([...client.knows]).toEqual(expect.arrayContaining(all.filter((_, id) => id % USERS === 7)));
    expect(client.knows.size).toBeLessThan(150 + 10 + 2 * 150);
    expect(world.views.follow(client, [userOf(42)])).toBe(true);
    world.flush();
    const ofTheOne = all.filter((_, id) => id % USERS === 42);
    expect([...client.knows]).toEqual(expect.arrayContaining(ofTheOne));
    world.views.unfollow(client, [userOf(42)]);
    world.flush();
    expect(ofTheOne.every((key) => client.knows.has(key))).toBe(false);
    world.views.unfollow(client, [userOf(42)]);
    world.views.follow(client, []);
    expect(world.views.isDue).toBe(false);
    const many = Array.from({ length: PRESENCE_FOLLOW_MAX + 1 }, (_, at) => `other${at}` as UserKey);
    expect(world.views.follow(client, many)).toBe(false);
    expect(world.views.follow(client, many.slice(1))).toBe(true);
    expect(world.views.follow(client, many.slice(0, 1))).toBe(false);
  });

  test('what one change costs, and what one sees, does not grow with those online', () => {
    const costs = [1_000, 10_000].map((count) => {
      const world = new World();
      for (let id = 0; id < count; id += 1) world.set(id, ['general']);
      for (let id = 0; id < count; id += 1) world.come(id, ['general']);
      world.flush();
      const known = new Map<PresenceKey, number>();
      for (const { knows } of world.clients) {
        expect(knows.size).toBeLessThan(250);
        for (const key of knows) known.set(key, (known.get(key) ?? 0) + 1);
      }
      // Nobody is hidden from all, and nobody is known to very many: their links would be too many.
      expect(known.size).toBe(count);
      expect(Math.min(...known.values())).toBeGreaterThan(20);
      expect(Math.max(...known.values())).toBeLessThan(300);
      world.set(count, ['general']);
      world.flush();
      return world.told;
    });
    for (const cost of costs) expect(cost).toBeLessThan(300);
  });

  test('a sample is renewed a quarter at a time', () => {
    const world = new World();
    for (let id = 0; id < 5_000; id += 1) world.set(id, ['general']);
    const client = world.come(1, ['general']);
    const before = new Set(client.knows);
    world.views.renew(client);
    world.flush();
    const kept = [...client.knows].filter((key) => before.has(key)).length;
    expect(kept).toBeGreaterThan(before.size / 2);
    expect(kept).toBeLessThan(before.size);
    for (let times = 0; times < 40; times += 1) world.views.renew(client);
    world.flush();
    expect([...client.knows].filter((key) => before.has(key)).length).toBeLessThan(before.size / 2);
  });

  test('what a client was told is what it sees, whatever happens in whatever order', () => {
    const channels = fc.subarray(['tea', 'news', 'go']).map((some) => ['general', ...some]);
    const id = fc.integer({ min: 0, max: 1_500 });
    const step = fc.oneof(
      fc.record({ do: fc.constant('crowd' as const), from: id, count: fc.integer({ min: 1, max: 600 }), channels }),
      fc.record({ do: fc.constant('leave' as const), from: id, count: fc.integer({ min: 1, max: 600 }) }),
      fc.record({ do: fc.constant('come' as const), user: id, channels }),
      fc.record({ do: fc.constant('go' as const), user: id }),
      fc.record({ do: fc.constant('move' as const), user: id, channels }),
      fc.record({
        do: fc.constant('follow' as const),
        user: id,
        whom: fc.array(id, { maxLength: 5 }),
        ends: fc.boolean(),
      }),
      fc.constant({ do: 'renew' as const }),
      fc.constant({ do: 'flush' as const }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const world = new World();
        for (const one of [...steps, { do: 'flush' as const }]) {
          if (one.do === 'flush') {
            world.flush();
            for (const client of world.clients) {
              expect(sorted(client.knows)).toEqual(sorted(world.views.seen(client)));
              if (client.isWhole) expect(client.knows.size).toBe(world.online.size);
            }
          } else perform(world, one);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('channels are whole up to their own bound', () => {
    const world = new World();
    for (let id = 0; id < 2_000; id += 1) world.set(id, ['general', ...(id < CHANNEL_WHOLE_MAX ? ['tea'] : [])]);
    const client = world.come(1, ['tea']);
    const inTea = [...world.online.keys()].slice(0, CHANNEL_WHOLE_MAX);
    expect([...client.knows]).toEqual(expect.arrayContaining(inTea));
    world.set(CHANNEL_WHOLE_MAX, ['general', 'tea']);
    world.flush();
    expect(inTea.every((key) => client.knows.has(key))).toBe(false);
  });
});

type Step =
  | { do: 'crowd'; from: number; count: number; channels: string[] }
  | { do: 'leave'; from: number; count: number }
  | { do: 'come'; user: number; channels: string[] }
  | { do: 'go'; user: number }
  | { do: 'move'; user: number; channels: string[] }
  | { do: 'follow'; user: number; whom: number[]; ends: boolean }
  | { do: 'renew' };

function perform(world: World, step: Step): void {
  const clients = [...world.clients];
  const one = 'user' in step ? clients[step.user % Math.max(1, clients.length)] : undefined;
  switch (step.do) {
    case 'crowd':
    case 'leave': {
      const channels = step.do === 'crowd' ? step.channels : undefined;
      for (let id = step.from; id < step.from + step.count; id += 1) world.set(id, channels);
      return;
    }
    case 'come':
      return void world.come(step.user, step.channels);
    case 'renew':
      return clients.forEach((client) => world.views.renew(client));
    case 'go':
      if (one) world.views.detach(one);
      return void (one && world.clients.delete(one));
    case 'move':
      if (!one) return;
      one.joined.clear();
      for (const name of step.channels) one.joined.add(name);
      return world.views.moved(one);
    case 'follow':
      if (one && step.ends) world.views.unfollow(one, step.whom.map(userOf));
      else if (one) world.views.follow(one, step.whom.map(userOf));
  }
}
