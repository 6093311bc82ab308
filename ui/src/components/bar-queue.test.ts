import { expect, test } from '@jest/globals';
import { BarQueue } from './bar-queue.js';

test('the most urgent bar shows, of equal ones the first; one can look through those that wait', () => {
  const queue = new BarQueue();
  const shown = () => queue.turn.get();
  expect(shown()).toEqual({ shown: undefined, more: 0 });
  queue.enter('hint', 'notify');
  const first = queue.enter('first', 'warning');
  queue.enter('second', 'warning');
  expect(shown()).toEqual({ shown: 'first', more: 2 });
  queue.next();
  expect(shown()).toEqual({ shown: 'second', more: 2 });
  const shout = queue.enter('shout', 'broadcast');
  expect(shown().shown).toBe('shout');
  shout();
  expect(shown().shown).toBe('second');
  first();
  first();
  expect(shown()).toEqual({ shown: 'second', more: 1 });
});
