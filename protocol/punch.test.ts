import { describe, expect, test } from '@jest/globals';
import { APART_MS, ATTEMPTS, PUNCH_AFTER_MS, RESTS_MS } from './punch-state.js';
import { HOSTS, Pair, SIDES, steps } from './test-punch.js';

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
    expect(rests.slice(0, 6)).toEqual([1, 10, 20, 40, 60, 60]);
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
