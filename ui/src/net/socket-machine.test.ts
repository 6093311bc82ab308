import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DIAL_TIMEOUT_MS, backOff, stepSocket } from './socket-machine.js';
import type { SocketEffect, SocketInput, SocketState } from './socket-machine.js';

function run(
  inputs: readonly SocketInput[],
  random = 0.5,
): { state: SocketState; effects: SocketEffect[]; last: string[] } {
  let state: SocketState = { phase: 'stopped' };
  const effects: SocketEffect[] = [];
  let last: string[] = [];
  for (const input of inputs) {
    const step = stepSocket(state, input, random);
    state = step.state;
    effects.push(...step.effects);
    last = step.effects.map(({ type }) => type);
  }
  return { state, effects, last };
}

const start: SocketInput = { type: 'start' };
const signedIn: SocketInput = { type: 'session', signedIn: true };
const up: SocketInput[] = [start, signedIn, { type: 'snapshot' }];

describe('the connection to the daemon', () => {
  test('asks for the session, dials, and stands with the first snapshot', () => {
    expect(run([start]).last).toEqual(['close', 'connecting', 'check']);
    expect(run([start, signedIn]).effects.slice(3)).toEqual([{ type: 'dial' }, { type: 'timer', ms: DIAL_TIMEOUT_MS }]);
    expect(run(up).state).toEqual({ phase: 'live', failures: 0 });
  });

  test('leads to the sign-in page when the session is not accepted, and stays there', () => {
    for (const inputs of [
      [start, { type: 'session', signedIn: false }],
      [...up, { type: 'signed_out' }],
    ] as SocketInput[][]) {
      const { state, last } = run(inputs);
      expect(last).toContain('show_sign_in');
      expect(state).toEqual({ phase: 'stopped' });
      expect(run([...inputs, { type: 'closed' }, { type: 'nudge' }, { type: 'timeout' }]).state).toEqual({
        phase: 'stopped',
      });
    }
  });

  test.each<[string, SocketInput[]]>([
    ['a daemon that is away', [start, { type: 'session_failed' }]],
    ['a refused dial', [start, signedIn, { type: 'closed' }]],
    ['a dial without a snapshot', [start, signedIn, { type: 'timeout' }]],
    ['a cut', [...up, { type: 'closed' }]],
  ])('after %s waits, then asks for the session again', (_, inputs) => {
    const waiting = run(inputs);
    expect(waiting.last).toEqual(['close', 'timer', 'waiting']);
    expect(run([...inputs, { type: 'timeout' }]).last).toEqual(['connecting', 'check']);
    expect(run([...inputs, { type: 'nudge' }]).last).toEqual(['no_timer', 'connecting', 'check']);
  });

  test('waits longer with each failure, up to a bound, never at the same moment as others; a success forgets them', () => {
    const round: SocketInput[] = [{ type: 'session_failed' }, { type: 'timeout' }];
    const waits = run([start, ...Array.from({ length: 30 }, () => round).flat()]).effects.flatMap((e) =>
      e.type === 'waiting' ? [e.ms] : [],
    );
    expect(waits.slice(0, 4)).toEqual([375, 750, 1500, 3000]);
    expect(Math.max(...waits)).toBeLessThanOrEqual(15_000);
    expect(backOff(3, 0)).toBeLessThan(backOff(3, 0.9));
    expect(run([start, ...round, ...round, signedIn, { type: 'snapshot' }]).state).toEqual({
      phase: 'live',
      failures: 0,
    });
  });

  test('whatever happens in whichever order, something is always under way that leads on', () => {
    const choice = fc.constantFrom<SocketInput>(
      start,
      { type: 'stop' },
      signedIn,
      { type: 'session', signedIn: false },
      { type: 'session_failed' },
      { type: 'snapshot' },
      { type: 'signed_out' },
      { type: 'closed' },
      { type: 'timeout' },
      { type: 'nudge' },
    );
    fc.assert(
      fc.property(fc.array(choice, { maxLength: 60 }), (inputs) => {
        // The world outside: a timer that runs, a socket that is open, sessions that were asked for.
        const world = { timer: false, socket: false, asked: 0 };
        let state: SocketState = { phase: 'stopped' };
        for (const input of inputs) {
          if (!happens(world, input)) continue;
          if (input.type === 'timeout') world.timer = false;
          if (input.type === 'closed') world.socket = false;
          if (input.type === 'session' || input.type === 'session_failed') world.asked--;
          const step = stepSocket(state, input, 0.5);
          state = step.state;
          for (const { type } of step.effects) {
            if (type === 'timer' || type === 'no_timer') world.timer = type === 'timer';
            if (type === 'dial' || type === 'close') world.socket = type === 'dial';
            if (type === 'check') world.asked++;
          }
          if (state.phase === 'checking') expect(world.asked).toBeGreaterThan(0);
          if (state.phase === 'dialling') expect(world).toMatchObject({ timer: true, socket: true });
          if (state.phase === 'live') expect(world).toMatchObject({ timer: false, socket: true });
          if (state.phase === 'waiting') expect(world).toMatchObject({ timer: true, socket: false });
          if (state.phase === 'stopped') expect(world).toMatchObject({ timer: false, socket: false });
        }
      }),
      { numRuns: 500 },
    );
  });
});

function happens(world: { timer: boolean; socket: boolean; asked: number }, { type }: SocketInput): boolean {
  if (type === 'timeout') return world.timer;
  if (type === 'closed' || type === 'snapshot' || type === 'signed_out') return world.socket;
  return type === 'session' || type === 'session_failed' ? world.asked > 0 : true;
}
