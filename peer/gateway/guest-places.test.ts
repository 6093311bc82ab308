/** How many guests come: in all, from one address, and from one address in a day. */
import { expect, test } from '@jest/globals';
import { GuestPlaces } from './guest-places.js';

const DAY_MS = 24 * 3600_000;

function places(): { places: GuestPlaces; pass(ms: number): void } {
  let now = 1_000;
  const bounds = { atOnce: 4, fromAddress: 2, fromAddressADay: 3 };
  return { places: new GuestPlaces({ now: () => now }, bounds), pass: (ms) => void (now += ms) };
}

const unavailable = expect.objectContaining({ code: 'unavailable' });
const limited = expect.objectContaining({ code: 'rate_limited' });

test('a place is given back once, for the next one', () => {
  const { places: all } = places();
  const first = all.take('a');
  all.take('a');
  expect(() => all.take('a')).toThrow(unavailable);
  const others = [all.take('b'), all.take('c')];
  expect(() => all.take('d')).toThrow(unavailable);
  first();
  first();
  all.take('a');
  expect(() => all.take('d')).toThrow(unavailable);
  for (const giveBack of others) giveBack();
  all.take('d');
});

test('so many come from one address in a day, others all the same, and those who were refused do not count', () => {
  const { places: all, pass } = places();
  for (let n = 0; n < 5; n++) all.take('a')();
  for (let n = 0; n < 3; n++) {
    all.take('a')();
    all.came('a');
  }
  expect(() => all.take('a')).toThrow(limited);
  all.take('b')();
  pass(DAY_MS);
  all.take('a')();
});
