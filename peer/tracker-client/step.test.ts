import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { backoff, initialState, RETRY_MAX_MS, RETRY_MIN_MS, step, type Facts, type Input, type State } from './step.js';

const one: Facts = { urls: ['http://a/'], hasToken: true, hasPassword: false, hasKey: false, random: 0.5 };
const two: Facts = { ...one, urls: ['http://a/', 'http://b/'] };

/** Runs inputs in turn; what the last one caused, and the phases shown on the way. */
function run(inputs: readonly Input[], facts: Facts, from: State = initialState) {
  let state = from;
  let effects: ReturnType<typeof step>['effects'] = [];
  const phases: string[] = [];
  for (const input of inputs) {
    ({ state, effects } = step(state, input, facts));
    phases.push(state.phase);
  }
  return { state, effects, phases };
}

const failed: Input = { type: 'failed', reason: 'It does not answer. Wait.' };
const start: Input = { type: 'start' };
const retry: Input = { type: 'retry' };
const online: Input = { type: 'online' };

describe('the connection to the tracker', () => {
  test('connects with a stored token, without a password', () => {
    const { effects, phases } = run([start], one);
    expect(phases).toEqual(['connecting']);
    expect(effects).toEqual([{ do: 'connect', url: 0 }]);
    expect(run([start, online], one).phases).toEqual(['connecting', 'connected']);
  });

  test('without token and password it waits for a person, and does nothing', () => {
    const { state, effects } = run([start], { ...one, hasToken: false });
    expect(state.phase).toBe('signed_out');
    expect(state.reason).toContain('Sign in with your password');
    expect(effects).toEqual([]);
  });

  test('an account that an admin keeps out says so, and is asked again slowly, until it is let in', () => {
    const refused: Input = { type: 'account_refused', code: 'account_disabled' };
    const { state, effects } = run([start, online, refused], one);
    expect([state.phase, state.code]).toEqual(['refused', 'account_disabled']);
    expect(state.reason).toContain('disabled by an admin');
    expect(effects).toEqual([{ do: 'disconnect' }, { do: 'retry', afterMs: RETRY_MAX_MS * 0.75 }]);
    const key = { ...one, hasToken: false, hasKey: true };
    const again = run([retry], key, state);
    expect(again.effects).toEqual([{ do: 'sign_in_by_device', url: 0 }]);
    const back = run([{ type: 'signed_in', url: 0, byPerson: false }, online], one, again.state);
    expect([back.state.phase, back.state.code]).toEqual(['connected', undefined]);
  });

  test('a session that is known elsewhere is kept; with a password another one is made', () => {
    const elsewhere: Input = { type: 'elsewhere', reason: 'It is away. Wait.' };
    const { state, effects } = run([start, elsewhere], one);
    expect([state.phase, state.reason]).toEqual(['unreachable', 'It is away. Wait.']);
    expect(effects).toMatchObject([{ do: 'disconnect' }, { do: 'retry' }]);
    const knowing = { ...one, hasPassword: true };
    expect(run([start, elsewhere], knowing).effects).toEqual([{ do: 'disconnect' }, { do: 'sign_in', url: 0 }]);
    // Not again and again, when nobody takes the new session either.
    const twice: Input[] = [start, elsewhere, { type: 'signed_in', url: 0, byPerson: false }, elsewhere];
    expect(run(twice, knowing).effects).toMatchObject([{ do: 'disconnect' }, { do: 'retry' }]);
  });

  test('a cut is tried again at once without calling the tracker unreachable; after that it is', () => {
    const { phases } = run([start, online, failed, retry, failed, retry, failed], one);
    expect(phases).toEqual([
      'connecting',
      'connected',
      'connecting',
      'connecting',
      'unreachable',
      'unreachable',
      'unreachable',
    ]);
  });

  test('waits longer after each failure, never beyond the most, until a heart-beat was accepted', () => {
    const waits = (inputs: readonly Input[], random: number, from?: State): number => {
      const { effects } = run(inputs, { ...one, random }, from);
      const last = effects.find((effect) => effect.do === 'retry');
      return last?.do === 'retry' ? last.afterMs : Number.NaN;
    };
    const failures = (count: number): Input[] => [start, ...Array.from({ length: count }, () => failed)];
    expect([1, 2, 3, 7, 8, 30].map((count) => waits(failures(count), 0.999999))).toEqual(
      [500, 1000, 2000, 30_000, 30_000, 30_000].map((ms) => expect.closeTo(ms, 0)),
    );
    expect(waits(failures(9), 0)).toBe(0);
    const often = run(failures(9), one).state;
    expect(waits([online, failed], 0.5, often)).toBe(RETRY_MAX_MS / 2);
    expect(waits([online, { type: 'settled' }, failed], 0.5, often)).toBe(RETRY_MIN_MS / 2);
  });

  test('ten thousand peers come back spread over the whole back-off', () => {
    const after = Array.from({ length: 10_000 }, (_, n) => backoff(6, n / 10_000));
    const perSecond = new Array<number>(30).fill(0);
    for (const ms of after) perSecond[Math.floor(ms / 1000)] = (perSecond[Math.floor(ms / 1000)] ?? 0) + 1;
    expect(Math.max(...perSecond)).toBeLessThan(400);
  });

  test('waits as long as the tracker asks, within reason', () => {
    const asked = (retryAfterMs: number) => run([start, { ...failed, retryAfterMs }], { ...one, random: 0 }).effects;
    expect(asked(7000)).toContainEqual({ do: 'retry', afterMs: 7000 });
    expect(asked(1e12)).toContainEqual({ do: 'retry', afterMs: 300_000 });
  });

  test('a refused session is replaced once with the password in memory; a second refusal waits', () => {
    const facts = { ...one, hasPassword: true };
    const first = run([start, online, { type: 'refused' }], facts);
    expect(first.effects).toEqual([{ do: 'disconnect' }, { do: 'sign_in', url: 0 }]);
    const again = run([{ type: 'signed_in', url: 0, byPerson: false }, { type: 'refused' }], facts, first.state);
    expect(again.effects.map((effect) => effect.do)).toEqual(['disconnect', 'retry']);
    expect(again.state.phase).toBe('unreachable');
  });

  test('a refused session without a password: signed out, the token forgotten, nothing tried any more', () => {
    const { state, effects } = run([start, { type: 'refused' }], one);
    expect(state.phase).toBe('signed_out');
    expect(effects).toEqual([{ do: 'disconnect' }, { do: 'forget_token' }]);
  });

  describe('with a device key', () => {
    const keyed: Facts = { ...one, hasKey: true };
    const refusedThere: Input = { type: 'refused' };
    const byDevice = (url: number) => ({ do: 'sign_in_by_device', url }) as const;

    test('signs in by it when the session is refused, or there is none, before asking a person', () => {
      expect(run([start, refusedThere], keyed).effects).toEqual([{ do: 'disconnect' }, byDevice(0)]);
      expect(run([start], { ...keyed, hasToken: false }).effects).toEqual([byDevice(0)]);
      expect(run([start, refusedThere], { ...keyed, hasPassword: true }).effects).toContainEqual(byDevice(0));
      const again: Input[] = [start, refusedThere, { type: 'signed_in', url: 0, byPerson: false }, refusedThere];
      expect(run(again, keyed).effects).toMatchObject([{ do: 'disconnect' }, { do: 'retry' }]);
    });

    test('of which a tracker says that it is ended, nothing is tried any more, nor with the password in memory', () => {
      const ended: Input = { type: 'key_ended', reason: 'It was signed out. Sign in.' };
      for (const facts of [keyed, { ...two, hasKey: true, hasPassword: true }]) {
        const { state, effects } = run([start, refusedThere, ended], facts);
        expect([state.phase, state.reason]).toEqual(['signed_out', 'It was signed out. Sign in.']);
        expect(effects).toEqual([{ do: 'disconnect' }, { do: 'forget_token', forGood: true }]);
      }
    });

    test('that a tracker does not know, the password is next, then the other trackers, then a person', () => {
      const unknown: Input = { type: 'key_unknown' };
      const password = { ...keyed, hasPassword: true };
      const tried = run([start, refusedThere, unknown], password);
      expect(tried.effects).toEqual([{ do: 'sign_in', url: 0 }]);
      expect(run([refusedThere], keyed, tried.state).effects).toContainEqual({ do: 'forget_token' });
      const both = { ...two, hasKey: true };
      const first = run([start, { type: 'answered', url: 0 }, refusedThere, unknown], both);
      expect(first.effects).toMatchObject([{ do: 'disconnect' }, { do: 'retry' }]);
      const next = run([retry, { type: 'answered', url: 1 }], both, first.state);
      expect(next.effects).toEqual([{ do: 'connect', url: 1 }]);
      expect(run([refusedThere], both, next.state).effects).toContainEqual(byDevice(1));
      expect(run([refusedThere, unknown], both, next.state).state.phase).toBe('signed_out');
    });
  });

  test('a stop while something was under way stays a stop', () => {
    const late: Input[] = [failed, retry, online, { type: 'refused' }, { type: 'mistrusted' }, { type: 'settled' }];
    const { phases, effects } = run([start, { type: 'stop' }, ...late], one);
    expect(new Set(phases.slice(1))).toEqual(new Set(['stopped']));
    expect(effects).toEqual([]);
  });

  test('a mistrusted tracker is asked again, slowly', () => {
    const { state, effects } = run([start, { type: 'mistrusted' }], one);
    expect(state).toMatchObject({ phase: 'mistrusted', reason: expect.stringContaining('Check the address') });
    expect(effects).toEqual([{ do: 'disconnect' }, { do: 'retry', afterMs: 22_500 }]);
    expect(run([retry, online], one, state).phases).toEqual(['mistrusted', 'connected']);
  });

  describe('with several trackers', () => {
    const mistrusted: Input = { type: 'mistrusted' };
    const answered = (url: number): Input => ({ type: 'answered', url });
    const probe = (urls: readonly number[]) => ({ do: 'probe', urls }) as const;
    const three: Facts = { ...two, urls: [...two.urls, 'http://c/'] };

    test('begins with the first in its order that is there', () => {
      expect(run([start], three).effects).toEqual([probe([0, 1, 2])]);
      expect(run([start, answered(1)], three).effects).toEqual([{ do: 'connect', url: 1 }]);
      expect(run([start], { ...three, hasToken: false }).state.phase).toBe('signed_out');
    });

    test('after a cut asks who is there; stays where it is then, whoever comes back', () => {
      const cut: Input[] = [start, answered(0), online, failed, retry];
      expect(run(cut.slice(0, -1), three).effects).toContainEqual({ do: 'retry', afterMs: 125 });
      expect(run(cut, three).effects).toEqual([probe([0, 1, 2])]);
      expect(run([...cut, answered(2), online], three).state).toMatchObject({ phase: 'connected', url: 2 });
    });

    test('does not choose one that has just failed, until all have', () => {
      const first = run([start, answered(0), failed, retry], three);
      expect(first.effects).toEqual([probe([1, 2])]);
      const second = run([answered(2), mistrusted, retry], three, first.state);
      expect(second.effects).toEqual([probe([1])]);
      expect(run([answered(1), failed, retry], three, second.state).effects).toEqual([probe([0, 1, 2])]);
    });

    test('when none is there, says so of the first, and asks all again later', () => {
      const silent: Input = { type: 'silent', url: 1, reason: 'It is away. Wait.' };
      const { state, effects } = run([start, answered(0), failed, retry, silent], three);
      expect(state).toMatchObject({ phase: 'unreachable', shown: 1, reason: 'It is away. Wait.' });
      expect(effects).toMatchObject([{ do: 'disconnect' }, { do: 'retry' }]);
      expect(run([retry], three, state).effects).toEqual([probe([0, 1, 2])]);
    });

    test('while ours is silent, looks for another one, and goes there at once when ours is given up', () => {
      const missing = run([start, answered(0), online, { type: 'missing' }], three);
      expect(missing.effects).toEqual([probe([1, 2])]);
      expect(missing.state.phase).toBe('connected');
      const found = run([answered(2)], three, missing.state);
      expect([found.state.phase, found.effects]).toEqual(['connected', []]);
      expect(run([failed], three, found.state).effects).toEqual([{ do: 'disconnect' }, { do: 'connect', url: 2 }]);
      // It was there after all: what was found meanwhile may be away when it is needed.
      const again = run([{ type: 'settled' }, failed], three, found.state);
      expect(again.effects.map((effect) => effect.do)).toEqual(['disconnect', 'retry']);
      expect(run([{ type: 'silent', url: 1, reason: 'Away. Wait.' }], three, missing.state).state.phase).toBe(
        'connected',
      );
      expect(run([start, online, { type: 'missing' }], one).effects).toEqual([]);
    });

    test('beside a mistrusted one the others are asked as soon as after any failure', () => {
      const first = run([start, answered(0), failed, retry, answered(1), mistrusted], two);
      expect(first.effects).toContainEqual({ do: 'retry', afterMs: RETRY_MIN_MS / 2 });
      const many = Array.from({ length: 20 }, () => mistrusted);
      expect(run(many, two, first.state).effects).toContainEqual({ do: 'retry', afterMs: RETRY_MAX_MS / 2 });
    });

    test('is signed out only when all refuse: one that is just away may still know the session', () => {
      const refused: Input = { type: 'refused' };
      const { state } = run([start, answered(1), refused], two);
      expect(state.phase).toBe('unreachable');
      expect(run([retry], two, state).effects).toEqual([probe([0])]);
      expect(run([retry, answered(0), failed, retry], two, state).effects).toEqual([probe([0])]);
      expect(run([retry, answered(0), refused], two, state).state.phase).toBe('signed_out');
    });
  });

  test('whatever happens, every shown state but `connected` has a reason, and something is always due or awaited', () => {
    const input = fc.oneof(
      fc.constantFrom<Input>(
        start,
        retry,
        online,
        failed,
        { type: 'settled' },
        { type: 'answered', url: 0 },
        { type: 'answered', url: 1 },
        { type: 'silent', url: 0, reason: 'It is away. Wait.' },
        { type: 'missing' },
        { type: 'refused' },
        { type: 'key_unknown' },
        { type: 'key_ended', reason: 'Signed out. Sign in.' },
        { type: 'mistrusted' },
        { type: 'stop' },
      ),
      fc.record({ type: fc.constant('signed_in' as const), url: fc.constantFrom(0, 1), byPerson: fc.boolean() }),
    );
    const facts = fc.record({
      urls: fc.constantFrom(one.urls, two.urls),
      hasToken: fc.boolean(),
      hasPassword: fc.boolean(),
      hasKey: fc.boolean(),
      random: fc.double({ min: 0, max: 0.999, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(input, { maxLength: 30 }), facts, (inputs, given) => {
        let state = initialState;
        for (const next of inputs) {
          const result = step(state, next, given);
          state = result.state;
          expect(state.phase === 'connected' || state.phase === 'stopped' || (state.reason ?? '').endsWith('.')).toBe(
            true,
          );
          expect(state.url).toBeLessThan(2);
          for (const effect of result.effects) {
            if (effect.do === 'retry') expect(effect.afterMs).toBeGreaterThanOrEqual(0);
            if (effect.do === 'sign_in') expect(given.hasPassword).toBe(true);
            if (effect.do === 'sign_in_by_device') expect(given.hasKey).toBe(true);
          }
          if (next.type === 'failed' && state.phase !== 'stopped' && state.phase !== 'signed_out') {
            const due = result.effects.some((effect) => !['disconnect', 'forget_token'].includes(effect.do));
            expect(due).toBe(true);
          }
        }
      }),
    );
  });
});
