import { expect, test } from '@jest/globals';
import type { PreferencesView } from '../../protocol/local-api.js';
import { AWAY_AFTER_MS, OwnPresence } from './own-presence.js';

/** A clock that is moved by hand, with the one timer that stands. */
function open(chosen: PreferencesView['presence'] = 'auto') {
  const told: string[] = [];
  const at = { now: 1_000_000, chosen, timer: undefined as { run: () => void; due: number } | undefined };
  const presence = new OwnPresence({
    chosen: () => at.chosen,
    clock: { now: () => at.now },
    timers: {
      setTimeout: (run, ms) => (at.timer = { run, due: at.now + ms }),
      clearTimeout: () => (at.timer = undefined),
    },
    changed: (status) => told.push(status),
  });
  const pass = (ms: number): void => {
    at.now += ms;
    const { timer } = at;
    if (!timer || timer.due > at.now) return;
    at.timer = undefined;
    timer.run();
  };
  return { presence, told, at, pass };
}

test('a daemon whose windows nobody ever used stays online', () => {
  const { presence, told, pass } = open();
  pass(24 * 3600_000);
  expect(presence.status).toBe('online');
  expect(told).toEqual([]);
});

test('ten minutes after the last use of any window the user is away, until the next', () => {
  const { presence, told, pass } = open();
  presence.active(true);
  pass(AWAY_AFTER_MS - 1_000);
  presence.active(true);
  pass(AWAY_AFTER_MS - 1);
  expect(presence.status).toBe('online');
  pass(1);
  expect(presence.status).toBe('away');
  presence.active(false);
  expect(presence.status).toBe('away');
  presence.active(true);
  expect(told).toEqual(['away', 'online']);
});

test('a window that says only that it was not used begins the wait', () => {
  const { presence, pass } = open();
  presence.active(false);
  pass(AWAY_AFTER_MS / 2);
  presence.active(false);
  pass(AWAY_AFTER_MS / 2);
  expect(presence.status).toBe('away');
});

test('what the user chose counts, and choosing auto again looks at the use there was', () => {
  const { presence, told, at, pass } = open('busy');
  expect(presence.status).toBe('busy');
  presence.active(true);
  pass(AWAY_AFTER_MS);
  expect(presence.status).toBe('busy');
  at.chosen = 'auto';
  presence.look();
  expect(told).toEqual(['away']);
});
