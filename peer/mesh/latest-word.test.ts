/** Each link is judged by what its device says now: what it has lost since, and whether it holds another chain than ours. */
import { expect, test } from '@jest/globals';
import type { ChannelName, ConversationId, DeviceId, Username } from '../../protocol/ids.js';
import type { LastWord } from './ports.js';
import { Sync } from './sync.js';

const [DIRECT, GENERAL] = ['@alice+bob' as ConversationId, '#general' as ConversationId];
const id = (name: string): DeviceId => name.padEnd(22, '0') as DeviceId;
const [alice, bob, mallory] = [id('alice'), id('bob'), id('mallory')];

/** @param logs what Alice holds */
function open(logs: Map<ConversationId, Map<DeviceId, number>>): {
  sync: Sync;
  words: LastWord[];
  wants: string[];
  up: (link: number, username: string) => void;
} {
  const [words, wants]: [LastWord[], string[]] = [[], []];
  const channels = new Set(['general' as ChannelName]);
  const sync = new Sync({
    username: 'alice' as Username,
    device: alice,
    channels,
    log: {
      durable: (conversation) => logs.get(conversation) ?? new Map<DeviceId, number>(),
      conversations: () => logs.keys(),
      seq: (conversation, device) => logs.get(conversation)?.get(device) ?? 0,
    },
    out: {
      ranges: () => undefined,
      pruned: () => undefined,
      agreed: () => undefined,
      have: () => undefined,
      want: (link, _conversation, _device, from, to) => void wants.push(`${link}: ${from}-${to}`),
      serve: () => undefined,
      stopServing: () => undefined,
      push: () => undefined,
      unfollow: () => undefined,
      receipt: (conversation, word) => void (conversation === DIRECT && words.push(word)),
      ownTail: () => undefined,
    },
  });
  const up = (link: number, username: string): void =>
    sync.linkUp({ link, username: username as Username, device: id(username), channels }, 0);
  return { sync, words, wants, up };
}

test('a device that was put back to a backup takes its word back, also when it holds nothing any more', () => {
  const { sync, words, up } = open(new Map([[DIRECT, new Map([[alice, 3]])]]));
  for (const [link, held] of [3, 1, 0].entries()) {
    up(link, 'bob');
    sync.have(link, new Map(held > 0 ? [[DIRECT, new Map([[alice, held]])]] : []), true, 0);
    sync.linkDown(link, 0);
  }
  expect([...new Set(words.map(({ seq }) => seq))]).toEqual([3, 1, 0]);
});

test('of a direct conversation that is new, who was linked held nothing before', () => {
  const logs = new Map<ConversationId, Map<DeviceId, number>>();
  const { sync, words, up } = open(logs);
  up(1, 'bob');
  sync.have(1, new Map(), true, 0);
  expect(words).toEqual([]);
  logs.set(DIRECT, new Map([[bob, 1]]));
  sync.durable(new Map([[DIRECT, new Map([[bob, 1]])]]), 0);
  expect(words).toMatchObject([{ seq: 0 }]);
});

test('a device lacks what it was not brought before the link ended, and nothing where it holds another chain', () => {
  const earlier = id('earlier');
  const logs = new Map([[DIRECT, new Map([[earlier, 2]])]]);
  const { sync, words, up } = open(logs);
  const lacks = (): boolean | undefined => words.at(-1)?.lacks;
  up(1, 'bob');
  sync.have(1, new Map(), true, 0);
  expect(lacks()).toBe(true);
  sync.have(1, new Map([[DIRECT, new Map([[earlier, 2]])]]), false, 0);
  expect(lacks()).toBe(false);
  // Another device of ours, or of theirs, has brought more since.
  logs.get(DIRECT)?.set(bob, 3);
  sync.linkDown(1, 0);
  expect(lacks()).toBe(true);
  up(2, 'bob');
  sync.have(2, new Map([[DIRECT, new Map([[earlier, 1]])]]), true, 0);
  sync.have(2, new Map([[DIRECT, new Map([[bob, 3]])]]), false, 0);
  expect(lacks()).toBe(true);
  sync.contradicts(2, DIRECT, earlier, 1, 0);
  expect(lacks()).toBe(false);
  expect(new Set(words.map(({ seq }) => seq))).toEqual(new Set([0]));
});

test('who has brought another chain is not asked for the rest of it again; who has not, is, and so is who was ahead of us', () => {
  const logs = new Map([[GENERAL, new Map([[mallory, 4]])]]);
  const { sync, wants, up } = open(logs);
  const longer = new Map([[GENERAL, new Map([[mallory, 9]])]]);
  for (const [link, username] of ['bob', 'carol'].entries()) {
    up(link, username);
    sync.have(link, longer, true, 0);
  }
  const pass = (from: number, to: number): void => {
    for (let now = from; now < to; now += 100) sync.tick(now);
  };
  pass(0, 120_000);
  expect([wants.includes('0: 5-9'), wants.includes('1: 5-9')]).toEqual([true, true]);
  sync.contradicts(0, GENERAL, mallory, 4, 120_000);
  wants.length = 0;
  pass(120_000, 240_000);
  expect([...new Set(wants)]).toEqual(['1: 5-9']);
  sync.contradicts(1, GENERAL, mallory, 3, 240_000);
  wants.length = 0;
  pass(240_000, 360_000);
  expect(wants).toEqual([]);
  // A place before the one where they part: what comes next is the same in both.
  logs.set(GENERAL, new Map([[mallory, 2]]));
  sync.setBack(GENERAL, mallory, 360_000);
  pass(360_000, 420_000);
  expect([...new Set(wants)].sort()).toEqual(['0: 3-9', '1: 3-9']);
});
