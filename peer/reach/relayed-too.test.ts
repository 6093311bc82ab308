import { describe, expect, test } from '@jest/globals';
import { TestTime } from '../link/test-support.js';
import type { Outcome } from './race.js';
import { RELAY_AFTER_MS, relayedToo } from './relayed-too.js';

function deferred<Value>() {
  let resolve: (value: Value) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<Value>((yes, no) => ([resolve, reject] = [yes, no]));
  return { promise, resolve, reject };
}

/** Both ways by hand. */
function ways() {
  const time = new TestTime();
  const controller = new AbortController();
  const signals: { dial?: AbortSignal; relay?: AbortSignal } = {};
  const dialled = deferred<Outcome<string>>();
  const relayed = deferred<string>();
  const begin = (withRelay = true) =>
    relayedToo<string>({
      dial: (signal) => {
        signals.dial = signal;
        return dialled.promise;
      },
      relay: withRelay
        ? (signal) => {
            signals.relay = signal;
            signal.addEventListener('abort', () => relayed.reject(new Error('ended')));
            return relayed.promise;
          }
        : undefined,
      signal: controller.signal,
      timers: time,
    });
  return { time, controller, signals, dialled, relayed, begin };
}
const none: Outcome<string> = { failures: [], untried: [] };
const turn = (): Promise<void> => new Promise(setImmediate);

describe('relayedToo', () => {
  test('a device that answers in time costs the relay nothing', async () => {
    const { time, signals, dialled, begin } = ways();
    const outcome = begin();
    time.advance(RELAY_AFTER_MS - 1);
    dialled.resolve({ won: 'direct' });
    expect([await outcome, signals.relay, time.timers]).toEqual([{ won: 'direct' }, undefined, 0]);
  });

  test('after a while the relay is asked, while dialling goes on; the first ends the other', async () => {
    const first = ways();
    const outcome = first.begin();
    first.time.advance(RELAY_AFTER_MS);
    await turn();
    expect([first.signals.dial?.aborted, first.signals.relay?.aborted]).toEqual([false, false]);
    first.relayed.resolve('relayed');
    expect([await outcome, first.signals.dial?.aborted]).toEqual([{ won: 'relayed' }, true]);

    const second = ways();
    const other = second.begin();
    second.time.advance(RELAY_AFTER_MS);
    await turn();
    second.dialled.resolve({ won: 'direct' });
    expect([await other, second.signals.relay?.aborted]).toEqual([{ won: 'direct' }, true]);
  });

  test('where dialling comes to nothing the relay is asked at once', async () => {
    const { time, signals, dialled, relayed, begin } = ways();
    const outcome = begin();
    dialled.resolve(none);
    await turn();
    expect([signals.relay?.aborted, time.timers]).toEqual([false, 0]);
    relayed.resolve('relayed');
    expect(await outcome).toEqual({ won: 'relayed' });
    // Signals that never abort are held, with all who listen.
    expect([signals.dial?.aborted, signals.relay?.aborted]).toEqual([true, true]);
  });

  test('where both come to nothing it is said why dialling did', async () => {
    const { dialled, relayed, begin } = ways();
    const outcome = begin();
    dialled.resolve(none);
    relayed.reject(new Error('the relay is off'));
    expect(await outcome).toBe(none);
  });

  test('without a relay it is dialling alone', async () => {
    const { time, dialled, begin } = ways();
    const outcome = begin(false);
    expect(time.timers).toBe(0);
    dialled.resolve(none);
    expect(await outcome).toBe(none);
  });

  test('what is ended from outside ends both, and leaves no timer', async () => {
    const { time, controller, signals, dialled, begin } = ways();
    const outcome = begin();
    controller.abort();
    dialled.resolve(none);
    expect([await outcome, signals.dial?.aborted, signals.relay, time.timers]).toEqual([none, true, undefined, 0]);
  });
});
