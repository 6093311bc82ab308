import { describe, expect, test } from '@jest/globals';
import type { CircuitEvent } from '../../protocol/circuit.js';
import { TestTime } from '../link/test-support.js';
import { Circuits, mayOpen } from './circuits.js';

const log = { debug: () => undefined, info: () => undefined, warn: () => undefined };
const none = (): never => {
  throw new Error('bug: nobody asks for that here');
};

/** Circuits to which nobody else comes. */
function silent(revoked?: string) {
  const time = new TestTime();
  const opened: string[] = [];
  const ended: string[] = [];
  const calledBack: string[] = [];
  const circuits = new Circuits({
    api: {
      invite: none,
      open: (place, signal) => {
        const { from } = place as CircuitEvent;
        opened.push(from.device);
        return new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => {
            ended.push(from.device);
            reject(new Error('ended'));
          }),
        );
      },
    },
    links: { get: () => undefined, accept: none, attachRelayed: none, attachFiles: none },
    isBarred: (device) => device === revoked,
    callBack: (device) => void calledBack.push(device),
    timers: time,
    log,
  });
  const call = (username: string, device = username): void =>
    circuits.called({
      type: 'circuit',
      ...{ circuit: 'c'.repeat(22), relay: '/circuit', ticket: 't', expires: '2026-01-01T00:00:00.000Z' },
      from: { username, device },
    });
  return { circuits, time, opened, ended, calledBack, call };
}

describe('circuits that this peer is asked to', () => {
  test('the asker is dialled at once, and met at the relay a little later', () => {
    const { time, opened, calledBack, call } = silent();
    call('alice');
    expect([calledBack, opened]).toEqual([['alice'], []]);
    time.advance(300);
    expect(opened).toEqual(['alice']);
  });

  test('whoever asks for many, and comes to none, keeps nobody else out', () => {
    const { time, opened, call } = silent();
    for (let count = 0; count < 60; count += 1) call('mallory', `m${count}`);
    for (const other of ['x', 'y', 'z', 'w', 'v'])
      for (let count = 0; count < 10; count += 1) call(other, `${other}${count}`);
    call('friend');
    time.advance(300);
    expect(opened).toContain('friend');
    expect(opened.length).toBeLessThanOrEqual(16);
    expect(opened.filter((device) => device.startsWith('m')).length).toBeLessThanOrEqual(4);
  });

  test('a revoked device is not met', () => {
    const { time, opened, calledBack, call } = silent('mallory');
    call('mallory');
    time.advance(1_000);
    expect([opened, calledBack]).toEqual([[], []]);
  });

  test('a stop ends all, and leaves no timer', () => {
    const { circuits, time, opened, ended, call } = silent();
    call('alice');
    time.advance(300);
    call('bob');
    circuits.close();
    call('carol');
    time.advance(1_000);
    expect([opened, ended, time.timers]).toEqual([['alice'], ['alice'], 0]);
  });
});

test.each([
  ['wss://relay.example/circuit', 'http://tracker.example/', true],
  ['ws://127.0.0.1:9/circuit', 'http://127.0.0.1:8001/', true],
  ['ws://127.0.0.1:9/circuit', 'http://tracker.example/', false],
  ['ws://[::1]:9/circuit', 'http://tracker.example/', false],
  ['ws://[::ffff:127.0.0.1]:9/circuit', 'http://tracker.example/', false],
  ['ws://0.0.0.0:9/circuit', 'http://10.0.0.1/', false],
  ['ws://x.localhost:9/circuit', 'http://10.0.0.1/', false],
])('a relay at %s of a tracker at %s: %s', (relay, tracker, may) => {
  expect(mayOpen(new URL(relay), new URL(tracker))).toBe(may);
});
