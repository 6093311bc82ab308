import { describe, expect, test } from '@jest/globals';
import { PROOF_MS, reachOf, stepReach, UNKNOWN, type ReachInput } from './own-reach.js';

const after = (...inputs: readonly ReachInput[]) =>
  inputs.reduce((state, input) => stepReach(state, input, 0), UNKNOWN);
const reach = (...inputs: readonly ReachInput[]) => reachOf(after(...inputs), 1);
const seen = { type: 'reflected', host: '203.0.113.5', isSteady: true } as const;
const shut = { type: 'checked', host: '203.0.113.5', code: 'silent' } as const;
const open = { type: 'checked', host: '203.0.113.5' } as const;
const came = (from: string, isNear = false): ReachInput => ({ type: 'came', from, isNear });

describe('own reach', () => {
  test('nothing is said before anything is known', () => {
    expect([reach(), reach(seen)]).toEqual([undefined, undefined]);
  });

  test('whom the world could dial is open, for half an hour', () => {
    expect(reach(seen, open)).toBe('open');
    expect(reachOf(after(seen, open), PROOF_MS)).toBeUndefined();
    expect(reachOf(stepReach(after(seen, open), shut, PROOF_MS), PROOF_MS)).toBe('behind');
    expect(reach(came('::ffff:203.0.113.77'))).toBe('open');
    expect(reach(came('2001:db8::1'))).toBe('open');
  });

  test('a tracker, or a friend, in the same house proves nothing to the world', () => {
    for (const from of ['192.168.1.9', '10.0.0.1', '100.64.3.4', 'fd00::5', '::ffff:172.16.0.1'])
      expect([from, reach(seen, shut, came(from))]).toEqual([from, 'lan']);
    expect(reach({ type: 'reflected', host: '10.0.0.7', isSteady: true }, { type: 'checked', host: '10.0.0.7' })).toBe(
      'lan',
    );
  });

  test('who is in a network of ours proves nothing to the world, by whatever address', () => {
    for (const from of ['2001:db8::1', '203.0.113.77', '192.168.1.9']) {
      expect([from, reach(seen, shut, came(from, true))]).toEqual([from, 'lan']);
    }
    for (const from of ['127.0.0.1', '::1'])
      expect([from, reach(seen, shut, came(from, true))]).toEqual([from, 'behind']);
  });

  test('who comes from this machine, or from nowhere, proves nothing', () => {
    for (const from of ['127.0.0.1', '::1', '0.0.0.0', 'fe80::1%eth0', 'nonsense'])
      expect([from, reach(seen, shut, came(from))]).toEqual([from, 'behind']);
  });

  test('a router that lets nobody in, and one in which no hole can be made', () => {
    expect(reach(seen, shut)).toBe('behind');
    expect(reach({ ...seen, isSteady: false }, shut)).toBe('hard');
    // A tracker with one port says nothing of it, and takes nothing back.
    expect(reach({ ...seen, isSteady: false }, { ...seen, isSteady: undefined }, shut)).toBe('hard');
    expect(reach({ ...seen, isSteady: false }, open)).toBe('open');
  });

  test('a check that fails takes back what checks have shown, and not what links have', () => {
    expect(reach(seen, open, shut)).toBe('behind');
    const lan = { type: 'checked', host: '192.168.1.7' } as const;
    expect(reach(seen, lan, { ...lan, code: 'refused' })).toBe('behind');
    expect(reach(seen, came('203.0.113.77'), open, shut)).toBe('open');
    expect(reach(seen, open, shut, open)).toBe('open');
  });

  test('in another network all of it is over', () => {
    expect(reach(seen, open, { type: 'network' })).toBeUndefined();
  });
});
