/** Ways to an author where the link is gone that its log came by: over any network of links, and with members who lie or never stop asking. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ChannelName, ConversationId, DeviceId } from '../../protocol/ids.js';
import type { Way } from '../../protocol/receipt-messages.js';
import { ReceiptWays } from './receipt-ways.js';

const conversation = '#general' as ConversationId;
const author = 'alice' as DeviceId;
const line = (step: Way['step'], of = author): Way => ({
  ...{ type: 'way', channel: 'general' as ChannelName },
  ...{ author: of, step, seq: 1 },
});

/** Machines with links that bring lines in order. A link has the place of the other side as its token, on both sides. */
class Crowd {
  readonly peers: { ways: ReceiptWays; links: Map<number, { device: DeviceId; takes: boolean }> }[];
  private readonly lines: { from: number; to: number; line: Way }[] = [];
  sent = 0;
  /** How far each holds the log, where it is more than one entry. */
  readonly held: number[] = [];
  now = 0;

  /** @param cameBy by which link the log has come to each; the first is the author. @param tree which links are asked for all */
  constructor(
    count: number,
    pairs: readonly (readonly [number, number])[],
    readonly cameBy: (number | undefined)[] = [],
    tree: readonly (readonly [number, number])[] = pairs,
  ) {
    const of = (all: typeof pairs, at: number): number[] => [
      ...new Set(all.filter(([a, b]) => a !== b && (a === at || b === at)).map(([a, b]) => (a === at ? b : a))),
    ];
    this.peers = Array.from({ length: count }, (_, at) => {
      const links = new Map(of(pairs, at).map((to) => [to, { device: deviceOf(to), takes: true }]));
      const ways = new ReceiptWays({
        links,
        isShared: () => true,
        log: { durable: () => new Map([[author, this.held[at] ?? 1]]) },
        tree: { has: () => true, cameBy: () => this.cameBy[at], branches: () => of(tree, at) },
        send: (to, sent) => sent.type === 'way' && this.lines.push({ from: at, to, line: sent }),
      });
      return { ways, links };
    });
  }

  peer(at: number): Crowd['peers'][number] {
    const peer = this.peers[at];
    if (!peer) throw new Error(`there is no peer ${at}`);
    return peer;
  }

  seek(at: number): void {
    this.peer(at).ways.seek(conversation, author, this.now);
    this.deliver();
  }

  /** Until nobody says anything any more. */
  deliver(): void {
    for (let next = this.lines.shift(); next; next = this.lines.shift()) {
      this.sent++;
      if (!this.peer(next.to).links.has(next.from)) continue;
      this.peer(next.to).ways.hear(next.from, conversation, next.line, this.now);
    }
  }

  cut(one: number, two: number): void {
    for (const [at, link] of [
      [one, two],
      [two, one],
    ] as const) {
      this.peer(at).links.delete(link);
      this.peer(at).ways.down(link);
    }
  }

  /** Who a receipt goes through to the author; undefined: it ends nowhere, or goes in a circle. */
  route(from: number): number[] | undefined {
    const through = [from];
    for (let at = from; at !== 0;) {
      const next = this.peer(at).ways.to(conversation, author);
      if (next === undefined || through.includes(next)) return undefined;
      through.push((at = next));
    }
    return through;
  }
}

/** The author, and three others. */
const RING = [
  [0, 1],
  [1, 2],
  [2, 3],
  [0, 3],
] as const;

const deviceOf = (at: number): DeviceId => (at === 0 ? author : (`device ${at}` as DeviceId));

test('whoever has lost the way is told of one, and so is who was asked on it', () => {
  const crowd = new Crowd(
    5,
    [
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 4],
      [4, 0],
    ],
    [undefined, 0, 1, 2, 0],
  );
  expect(crowd.route(3)).toEqual([3, 2, 1, 0]);
  crowd.cut(0, 1);
  expect(crowd.route(1)).toBeUndefined();
  crowd.seek(1);
  expect([crowd.route(1), crowd.route(2), crowd.route(3)]).toEqual([
    [1, 2, 3, 4, 0],
    [2, 3, 4, 0],
    [3, 4, 0],
  ]);
});

test('the tree is asked first, which costs little, and all links if that comes to nothing', () => {
  const tree = [
    [0, 1],
    [1, 2],
  ] as const;
  const crowd = new Crowd(4, [...tree, [2, 3], [3, 0]], [undefined, 0, 1, 0], tree);
  crowd.cut(0, 1);
  crowd.seek(1);
  expect([crowd.sent, crowd.route(1)]).toEqual([1, undefined]);
  for (crowd.now = 10_000; crowd.now < 12_000; crowd.now += 100) crowd.seek(1);
  expect([crowd.sent, crowd.route(1)]).toEqual([2, undefined]);
  crowd.now = 20_000;
  crowd.seek(1);
  expect(crowd.route(1)).toEqual([1, 2, 3, 0]);
});

test('a way that is gone again is not replaced by the one before it, but by the next that brings the log', () => {
  const crowd = new Crowd(4, RING, [undefined, 0, 1, 0]);
  crowd.cut(0, 1);
  crowd.seek(1);
  expect(crowd.route(2)).toEqual([2, 3, 0]);
  crowd.cut(2, 3);
  expect(crowd.route(2)).toBeUndefined();
  crowd.peer(2).ways.renewed(conversation, author);
  expect(crowd.peer(2).ways.to(conversation, author)).toBe(1);
});

test('in any network no way goes in a circle, and whoever can reach the author does', () => {
  const place = fc.nat({ max: 11 });
  const pairs = fc.array(fc.tuple(place, place), { minLength: 4, maxLength: 40 });
  const step = fc.oneof(
    fc.record({ cut: fc.tuple(place, place) }),
    fc.record({ seek: fc.integer({ min: 1, max: 11 }) }),
  );
  fc.assert(
    fc.property(pairs, fc.array(step, { maxLength: 20 }), (links, steps) => {
      const crowd = new Crowd(12, links);
      for (const next of steps) {
        crowd.now += 1_000_000;
        if ('cut' in next) crowd.cut(...next.cut);
        if (!('seek' in next) || crowd.peer(next.seek).links.has(0)) continue;
        crowd.seek(next.seek);
        // All that it goes through have heard of it, so their ways hold too.
        expect(crowd.route(next.seek) !== undefined).toBe(reaches(crowd, next.seek));
      }
    }),
  );
});

function reaches(crowd: Crowd, from: number): boolean {
  const seen = new Set([from]);
  for (const at of seen) for (const link of crowd.peer(at).links.keys()) seen.add(link);
  return seen.has(0);
}

test('whoever lacks entries is asked for nothing: it may have them from here, and would lead back', () => {
  const crowd = new Crowd(4, RING, [undefined, 0, 1, 0]);
  crowd.held[1] = 2;
  crowd.cut(0, 1);
  crowd.seek(1);
  expect(crowd.route(1)).toBeUndefined();
  [crowd.held[2], crowd.held[3]] = [2, 2];
  crowd.now = 10_000;
  crowd.seek(1);
  expect(crowd.route(1)).toEqual([1, 2, 3, 0]);
});

describe('hostile', () => {
  /** One peer with links 1 to 30, none of them of the author. @returns what it says */
  function alone(isShared: (link: number) => boolean = () => true): {
    ways: ReceiptWays;
    said: { to: number; line: Way }[];
  } {
    const links = new Map(
      Array.from({ length: 30 }, (_, i) => [i + 1, { device: `device ${i + 1}` as DeviceId, takes: true }]),
    );
    const said: { to: number; line: Way }[] = [];
    const logs = new Map<DeviceId, number>([[author, 1]]);
    for (let i = 0; i < 10_000; i++) logs.set(`log ${i}` as DeviceId, 1);
    for (let i = 0; i < 3_100; i++) logs.set(`${Math.floor(i / 100)} ${i % 100}` as DeviceId, 1);
    const ways = new ReceiptWays({
      ...{ links, isShared, log: { durable: () => logs } },
      tree: { has: () => true, cameBy: () => undefined, branches: () => [...links.keys()] },
      send: (to, sent) => sent.type === 'way' && said.push({ to, line: sent }),
    });
    return { ways, said };
  }

  test('a way that nobody has asked for, or that comes too late, is none', () => {
    const { ways } = alone();
    expect(ways.hear(1, conversation, line('found'), 0)).toBe(false);
    ways.seek(conversation, author, 0);
    expect(ways.hear(1, conversation, line('found'), 60_000)).toBe(false);
    expect(ways.to(conversation, author)).toBeUndefined();
  });

  test('who asks without end is passed on a few times in a minute, and all of them together not much more', () => {
    const { ways, said } = alone();
    const asked = (): number => new Set(said.map((each) => each.line.author)).size;
    for (let i = 0; i < 10_000; i++) ways.hear(1, conversation, line('ask_all', `log ${i}` as DeviceId), 0);
    expect(asked()).toBe(32);
    for (let link = 2; link <= 30; link++)
      for (let i = 0; i < 100; i++) ways.hear(link, conversation, line('ask_all', `${link} ${i}` as DeviceId), 1_000);
    expect(asked()).toBe(128);
    ways.hear(2, conversation, line('ask_all'), 120_000);
    expect(asked()).toBe(129);
  });

  test('who has left the channel meanwhile is told nothing', () => {
    const left = new Set<number>();
    const { ways, said } = alone((link) => !left.has(link));
    for (const link of [1, 3]) ways.hear(link, conversation, line('ask_all'), 0);
    left.add(1);
    ways.hear(2, conversation, line('found'), 100);
    expect(said.filter((each) => each.line.step === 'found')).toEqual([{ to: 3, line: line('found') }]);
  });

  test('one that asks again and again for the same is passed on once while the answer may come', () => {
    const { ways, said } = alone();
    for (let i = 0; i < 1_000; i++) ways.hear(1, conversation, line('ask_all'), i);
    expect(said).toHaveLength(29);
    // Who asked all this while has one answer.
    ways.hear(2, conversation, line('found'), 1_500);
    expect(said.filter((each) => each.line.step === 'found')).toEqual([{ to: 1, line: line('found') }]);
  });
});
