import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ChannelName } from '../../protocol/ids.js';
import type { PersonView } from '../../protocol/local-api.js';
import type { Directory } from './directory.js';
import { alice, bobs, carols, contact, device, home, noon, record, user, World } from './test-directory.js';

/** What other parts know of people and channels. */
interface Elsewhere {
  readonly said: Map<string, Pick<PersonView, 'name' | 'status'>>;
  readonly chosen: Map<string, { friend?: boolean; blocked?: boolean }>;
  own: 'online' | 'busy';
  topic: string | undefined;
}

test('law: what people() and channels() were, plus the events since, is what they are', () => {
  const ids = [alice.device, bobs, carols, device('d')];
  const names = ['alice', 'bob', 'Bob', 'carol'];
  const peer = fc
    .record({
      name: fc.constantFrom(...names),
      id: fc.option(fc.constantFrom(...ids), { nil: undefined }),
      status: fc.constantFrom('online' as const, 'away' as const),
    })
    .map(({ name, id, status }) => record(name, id, { status }));
  const channel = fc.record({
    name: fc.constantFrom('tech', 'game'),
    topic: fc.constantFrom('', 't'),
    members: fc.nat(3),
    joined: fc.boolean(),
  });
  type Act = (directory: Directory, elsewhere: Elsewhere) => void;
  const act: fc.Arbitrary<Act> = fc.oneof(
    fc.tuple(fc.array(peer, { maxLength: 4 }), fc.array(channel, { maxLength: 2 })).map(
      ([peers, channels]): Act =>
        (d) =>
          d.heard({ type: 'snapshot', peers, channels }),
    ),
    peer.map(
      (one): Act =>
        (d) =>
          d.heard({ type: 'peer_updated', peer: one }),
    ),
    peer.map(
      ({ username, device: id }): Act =>
        (d) =>
          d.heard({ type: 'peer_left', username, ...(id !== undefined && { device: id }) }),
    ),
    fc.constantFrom('connected' as const, 'unreachable' as const, 'connecting' as const).map(
      (state): Act =>
        (d) =>
          d.tracker(state),
    ),
    fc.tuple(fc.constantFrom(...ids), fc.constantFrom(...names)).map(
      ([id, name]): Act =>
        (d) =>
          d.linked(id, user(name), home),
    ),
    fc.constantFrom(...ids).map(
      (id): Act =>
        (d) =>
          d.unlinked(id, { code: 'closed' }),
    ),
    fc.constantFrom(...ids).map(
      (id): Act =>
        (d) =>
          d.dialFailed(id, [{ code: 'ETIMEDOUT' }]),
    ),
    fc.tuple(fc.constantFrom(...ids), fc.constantFrom('online' as const, 'away' as const, 'busy' as const)).map(
      ([id, status]): Act =>
        (d) =>
          d.status(id, status),
    ),
    // What is said and chosen of people elsewhere, and topics of joined channels.
    fc
      .tuple(fc.constantFrom(...names), fc.option(fc.constantFrom('Bobby', 'Robert')))
      .map(([name, called]): Act => (d, elsewhere) => {
        elsewhere.said.set(name.toLowerCase(), called === null ? {} : { name: called, status: { text: called } });
        d.changed(user(name));
      }),
    fc.tuple(fc.constantFrom(...names), fc.boolean()).map(([name, blocked]): Act => (d, elsewhere) => {
      elsewhere.chosen.set(name.toLowerCase(), blocked ? { blocked } : { friend: true });
      d.changed(user(name));
    }),
    fc.constantFrom('online' as const, 'busy' as const).map((status): Act => (d, elsewhere) => {
      elsewhere.own = status;
      d.changed(alice.username);
    }),
    fc.constantFrom('Roses', '').map((topic): Act => (d, elsewhere) => {
      elsewhere.topic = topic;
      d.channelChanged('tech' as ChannelName);
    }),
    fc.constantFrom<ChannelName[]>(['tech'] as ChannelName[], []).map(
      (joined): Act =>
        (d) =>
          d.setJoined(joined),
    ),
  );
  const drawn = <T>(before: readonly T[], since: readonly T[], key: (one: T) => string): Map<string, T> =>
    new Map([...before, ...since].map((one) => [key(one), one]));
  fc.assert(
    fc.property(fc.array(act, { maxLength: 25 }), fc.nat(25), (acts, at) => {
      const world = new World();
      const elsewhere: Elsewhere = { said: new Map(), chosen: new Map(), own: 'online', topic: undefined };
      const directory = world.open([contact('bob', bobs, noon)], {
        said: (one) => elsewhere.said.get(one) ?? {},
        chosen: (one) => elsewhere.chosen.get(one) ?? {},
        ownStatus: () => elsewhere.own,
        topic: () => elsewhere.topic,
      });
      for (const one of acts.slice(0, at)) one(directory, elsewhere);
      const [people, channels] = [directory.people(), directory.channels()];
      world.told = [];
      world.channelsTold = [];
      for (const one of acts.slice(at)) {
        world.now += 60_000;
        one(directory, elsewhere);
      }
      const name = (one: PersonView): string => one.username.toLowerCase();
      expect(drawn(people, world.told, name)).toEqual(drawn(directory.people(), [], name));
      expect(drawn(channels, world.channelsTold, (one) => one.name)).toEqual(
        drawn(directory.channels(), [], (one) => one.name),
      );
    }),
    { numRuns: 500 },
  );
});
