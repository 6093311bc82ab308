/** Whoever lies, asks without end, or says what makes no sense. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseLinkMessage } from './link-messages.js';
import type { Punch, SeenAt } from './punch-messages.js';
import { APART_MS, ATTEMPTS, MESSAGES, OFFERS, type PunchInput } from './punch-state.js';
import { HOSTS, isPublic, Pair, SIDES, steps } from './test-punch.js';

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
