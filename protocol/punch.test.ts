import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseLinkMessage } from './link-messages.js';
import type { Punch, SeenAt } from './punch-messages.js';
import {
  APART_MS,
  ATTEMPTS,
  MESSAGES,
  NEW_PUNCH,
  OFFERS,
  PUNCH_AFTER_MS,
  RESTS_MS,
  type PunchContext,
  type PunchEffect,
  type PunchInput,
  type PunchState,
} from './punch-state.js';
import { stepPunch } from './punch.js';

const HOSTS = { leader: '203.0.113.1', follower: '203.0.113.2' };
const CONNECT_MS = 3_000;
const isPublic = ({ host, port }: SeenAt): boolean => host.startsWith('203.') && port >= 1024;

/** Two machines on a clock that is moved by hand, their messages late, lost and doubled as a test says; and between them NATs that let in whom they let out to. */
class Pair {
  now = 0;
  readonly sent: Punch[] = [];
  readonly connects: { side: Side; at: number; target: SeenAt; role: string }[] = [];
  linked = 0;
  /** Of a message: after so long, each time. None: it is lost. */
  ways: (message: Punch) => readonly number[] = () => [20];
  /** Whether holes come to be. */
  opens = true;
  reflects: (side: Side) => SeenAt | undefined;
  context: Partial<Record<Side, Partial<PunchContext>>> = {};
  readonly states: Record<Side, PunchState> = { leader: NEW_PUNCH, follower: NEW_PUNCH };
  private readonly ports: Record<Side, number> = { leader: 40_000, follower: 50_000 };
  private events: { at: number; run: () => void }[] = [];

  constructor() {
    this.reflects = (side) => ({ host: HOSTS[side], port: (this.ports[side] += 1) });
  }

  give(side: Side, input: PunchInput): readonly PunchEffect[] {
    const { state, effects } = stepPunch(this.states[side], input, {
      now: this.now,
      leads: side === 'leader',
      isBusy: false,
      permits: isPublic,
      random: () => 0.5,
      ...this.context[side],
    });
    this.states[side] = state;
    for (const effect of effects) this.perform(side, effect);
    return effects;
  }

  up(): void {
    for (const side of SIDES) this.give(side, { type: 'up' });
  }

  /** Until so much later all that happens has happened. */
  run(ms: number): void {
    const end = this.now + ms;
    for (;;) {
      const next = Math.min(
        ...this.events.map(({ at }) => at),
        ...SIDES.map((side) => this.states[side].due ?? Infinity),
      );
      if (next > end) break;
      this.now = Math.max(this.now, next);
      const due = this.events.filter(({ at }) => at <= this.now);
      this.events = this.events.filter(({ at }) => at > this.now);
      for (const { run } of due) run();
      for (const side of SIDES) if ((this.states[side].due ?? Infinity) <= this.now) this.give(side, { type: 'time' });
    }
    this.now = end;
  }

  private perform(side: Side, effect: PunchEffect): void {
    const other = side === 'leader' ? 'follower' : 'leader';
    switch (effect.type) {
      case 'send':
        // Only what the link would take.
        expect(parseLinkMessage(JSON.stringify(effect.message))).toEqual(effect.message);
        this.sent.push(effect.message);
        for (const late of this.ways(effect.message))
          this.later(late, () => this.give(other, { type: 'message', message: effect.message }));
        return;
      case 'reflect':
        this.later(40, () => this.give(side, { type: 'reflected', run: effect.run, seen: this.reflects(side) }));
        return;
      case 'connect':
        this.connect(side, effect);
        return;
      case 'release':
        return;
    }
  }

  private connect(side: Side, { run, target, role }: Extract<PunchEffect, { type: 'connect' }>): void {
    const mine = { side, at: this.now, target, role };
    this.connects.push(mine);
    const meets = ({ side: other, at }: (typeof this.connects)[number]): boolean =>
      other !== side && Math.abs(at - mine.at) < CONNECT_MS;
    this.later(CONNECT_MS, () => {
      const linked = this.opens && this.connects.some(meets);
      if (linked) this.linked += 1;
      // A direct link takes the place of the relayed one before anybody hears of it.
      if (linked) this.give(side, { type: 'down' });
      this.give(side, { type: 'ended', run, linked });
    });
  }

  private later(ms: number, run: () => void): void {
    this.events.push({ at: this.now + ms, run });
  }
}

type Side = 'leader' | 'follower';
const SIDES = ['leader', 'follower'] as const;
const steps = ({ sent }: Pair): string[] => sent.map(({ step }) => step);

describe('two that can', () => {
  test('connect at the same moment, each to where the other is seen, one as dialler and one as listener', () => {
    const pair = new Pair();
    pair.up();
    pair.run(PUNCH_AFTER_MS - 1);
    expect(pair.sent).toEqual([]);
    pair.run(1_000);
    expect(steps(pair)).toEqual(['offer', 'answer', 'go']);
    const [one, other] = pair.connects;
    expect(pair.connects.map(({ side, role, target }) => ({ side, role, host: target.host }))).toEqual(
      expect.arrayContaining([
        { side: 'leader', role: 'dialler', host: HOSTS.follower },
        { side: 'follower', role: 'listener', host: HOSTS.leader },
      ]),
    );
    expect(Math.abs((one?.at ?? 0) - (other?.at ?? Infinity))).toBeLessThanOrEqual(1);
    pair.run(10 * 60_000);
    expect([pair.linked, steps(pair).length]).toEqual([2, 3]);
  });

  test.each([[0], [20], [300], [900]])('whose messages take %i ms meet within a millisecond', (late) => {
    const pair = new Pair();
    pair.ways = () => [late];
    pair.up();
    pair.run(PUNCH_AFTER_MS + 10_000);
    const [one, other] = pair.connects;
    expect(Math.abs((one?.at ?? 0) - (other?.at ?? Infinity))).toBeLessThanOrEqual(1);
  });

  test('do so although a message is doubled, and comes again later', () => {
    const pair = new Pair();
    pair.ways = () => [20, 20, 500, 5_000];
    pair.up();
    pair.run(60_000);
    expect([pair.linked, pair.connects.length]).toEqual([2, 2]);
  });

  test.each(['offer', 'answer', 'go'])('do so in the next attempt when the first %s is lost', (step) => {
    const pair = new Pair();
    let lost = 0;
    pair.ways = (message) => (message.step === step && (lost += 1) === 1 ? [] : [20]);
    pair.up();
    pair.run(60_000);
    expect(pair.linked).toBe(2);
    expect(steps(pair).filter((each) => each === 'offer')).toHaveLength(2);
  });
});

describe('two that cannot', () => {
  test('try three times, from a new port each time, and rest longer and longer', () => {
    const pair = new Pair();
    pair.opens = false;
    pair.up();
    pair.run([...RESTS_MS, ...RESTS_MS].reduce((a, b) => a + b));
    const led = pair.connects.filter(({ side }) => side === 'leader');
    expect(new Set(led.map(({ target }) => target.port)).size).toBe(led.length);
    const begins = led.filter((_, at) => at % ATTEMPTS === 0).map(({ at }) => at);
    const rests = begins.slice(1).map((at, index) => Math.floor((at - (begins[index] ?? 0)) / 60_000));
    expect(rests.slice(0, 5)).toEqual([10, 20, 40, 60, 60]);
  });

  test('begin anew when the network of either is another one', () => {
    for (const side of SIDES) {
      const pair = new Pair();
      pair.opens = false;
      pair.up();
      pair.run(60_000);
      expect(pair.connects).toHaveLength(2 * ATTEMPTS);
      pair.opens = true;
      pair.give(side, { type: 'anew' });
      pair.run(60_000);
      expect(pair.linked).toBe(2);
    }
  });

  test.each([
    ['a router that is hard', { isHard: true }],
    ['no reflector', undefined],
  ])('are not held up by %s', (_, context) => {
    for (const side of SIDES) {
      const pair = new Pair();
      if (context) pair.context[side] = context;
      else {
        const { reflects } = pair;
        pair.reflects = (of) => (of === side ? undefined : reflects(of));
      }
      pair.up();
      pair.run(5 * 60_000);
      expect(pair.connects).toEqual([]);
      expect(steps(pair).filter((step) => step === 'offer').length).toBeLessThanOrEqual(9);
      expect([pair.states.leader.phase.name, pair.states.follower.phase.name]).toEqual(['idle', 'idle']);
    }
  });
});

test('whoever is busy is asked again soon, but not for ever', () => {
  const pair = new Pair();
  pair.context.follower = { isBusy: true };
  pair.up();
  pair.run(10_000);
  expect(pair.connects).toEqual([]);
  pair.context.follower = {};
  pair.run(10_000);
  expect(pair.linked).toBe(2);
  const never = new Pair();
  never.context.follower = { isBusy: true };
  never.up();
  never.run(5 * 60_000);
  expect(never.sent.length).toBeLessThan(25);
});

test('the relayed link goes: nothing is left under way, but a connection on its way goes on', () => {
  for (const at of [1_010, 1_050, 1_090, 1_130, 1_150]) {
    const pair = new Pair();
    pair.up();
    pair.run(at);
    for (const side of SIDES) pair.give(side, { type: 'down' });
    const { length } = pair.connects;
    pair.run(60_000);
    expect(pair.connects).toHaveLength(length);
    expect([pair.states.leader.phase.name, pair.states.follower.phase.name]).toEqual(['idle', 'idle']);
    expect(pair.linked).toBe(length === 2 ? 2 : 0);
    pair.up();
    pair.run(APART_MS + RESTS_MS.reduce((a, b) => a + b));
    expect(pair.linked).toBeGreaterThanOrEqual(2);
  }
});

describe('a liar', () => {
  const liar = (port: number, host = HOSTS.leader): SeenAt => ({ host, port });

  test.each([
    ['127.0.0.1', 5_432],
    ['10.0.0.1', 9_101],
    [HOSTS.leader, 25],
    ['::1', 9_101],
  ])('at %s:%i is not connected to, on either side', (host, port) => {
    for (const side of SIDES) {
      const pair = new Pair();
      pair.reflects = (of) => (of === side ? liar(port, host) : { host: HOSTS[of], port: 40_000 });
      pair.up();
      pair.run(60_000);
      expect(pair.connects.filter((connect) => connect.side !== side)).toEqual([]);
    }
  });

  test('who offers without end is answered a few times, and connected to less', () => {
    const pair = new Pair();
    pair.give('follower', { type: 'up' });
    for (let attempt = 1; attempt < 10_000; attempt += 1) {
      pair.give('follower', {
        type: 'message',
        message: { type: 'punch', step: 'offer', attempt, seen: liar(40_000) },
      });
      pair.run(50);
      pair.give('follower', { type: 'message', message: { type: 'punch', step: 'go', attempt } });
    }
    // 500 s, and messages are read so often.
    expect(pair.connects.length).toBeLessThanOrEqual(OFFERS.max);
    expect(pair.sent.length).toBeLessThanOrEqual((500_000 / MESSAGES.inMs + 1) * MESSAGES.max);
    expect(pair.states.follower.heard.length).toBeLessThanOrEqual(MESSAGES.max);
  });

  test('who calls without end has a round begun no sooner than is apart', () => {
    const pair = new Pair();
    pair.opens = false;
    pair.up();
    for (let n = 0; n < 600; n += 1) {
      pair.give('leader', { type: 'message', message: { type: 'punch', step: 'call' } });
      pair.run(500);
    }
    const offers = steps(pair).filter((step) => step === 'offer').length;
    expect(offers).toBeLessThanOrEqual((300_000 / APART_MS + 1) * ATTEMPTS);
  });

  test('whatever it says and whenever, only allowed addresses are connected to, and all comes to an end', () => {
    const port = fc.integer({ min: 1, max: 65_535 });
    const host = fc.constantFrom(HOSTS.leader, HOSTS.follower, '127.0.0.1', '10.1.2.3', '::1', '0.0.0.0');
    const attempt = fc.integer({ min: 1, max: 6 });
    const seen = fc.record({ host, port });
    const type = fc.constant('punch' as const);
    const said: fc.Arbitrary<Punch> = fc.oneof(
      fc.record({ type, step: fc.constant('call' as const) }),
      fc.record({ type, step: fc.constant('offer' as const), attempt, seen }),
      fc.record({ type, step: fc.constant('answer' as const), attempt, seen, ms: fc.integer({ min: 0, max: 60_000 }) }),
      fc.record({ type, step: fc.constant('go' as const), attempt }),
      fc.record({ type, step: fc.constant('refuse' as const), attempt, code: fc.constantFrom('busy', 'hard', 'new') }),
    );
    const input: fc.Arbitrary<PunchInput> = fc.oneof(
      { weight: 6, arbitrary: said.map((message) => ({ type: 'message' as const, message })) },
      { weight: 1, arbitrary: fc.constantFrom('up', 'down', 'anew').map((name) => ({ type: name as 'up' })) },
      { weight: 1, arbitrary: fc.record({ type: fc.constant('reflected' as const), run: attempt, seen }) },
      { weight: 1, arbitrary: fc.record({ type: fc.constant('ended' as const), run: attempt, linked: fc.boolean() }) },
    );
    const scene = fc.array(
      fc.record({ side: fc.constantFrom(...SIDES), input, then: fc.integer({ min: 0, max: 4_000 }) }),
    );
    fc.assert(
      fc.property(scene, (acts) => {
        const pair = new Pair();
        pair.up();
        for (const { side, input: given, then } of acts) {
          pair.give(side, given);
          pair.run(then);
        }
        for (const side of SIDES) pair.give(side, { type: 'down' });
        pair.run(60_000);
        expect(pair.connects.every(({ target }) => isPublic(target))).toBe(true);
        expect([pair.states.leader.phase.name, pair.states.follower.phase.name]).toEqual(['idle', 'idle']);
      }),
    );
  });
});

test.each([
  '{"type":"punch"}',
  '{"type":"punch","step":"offer","attempt":0,"seen":{"host":"203.0.113.1","port":4000}}',
  '{"type":"punch","step":"offer","attempt":1,"seen":{"host":"evil.example","port":4000}}',
  '{"type":"punch","step":"offer","attempt":1,"seen":{"host":"203.0.113.1","port":65536}}',
  '{"type":"punch","step":"answer","attempt":1,"seen":{"host":"203.0.113.1","port":4000},"ms":-1}',
  `{"type":"punch","step":"refuse","attempt":1,"code":"${'x'.repeat(33)}"}`,
])('%s is no message', (line) => {
  expect(() => parseLinkMessage(line)).toThrow();
});
