import { expect, test } from '@jest/globals';
import { ParleyError } from '../../protocol/errors.js';
import { RateLimit } from '../setup/rate-limit.js';
import { LoginAttempts } from './sessions.js';

const DAY_MS = 24 * 3600_000;
const codeOf = (error: unknown): unknown => (error instanceof ParleyError ? error.code : error);
const wrong = (): Promise<never> => Promise.reject(new ParleyError('invalid_credentials'));

function clock(): { now: () => number; pass: (ms: number) => void } {
  let time = 10 * DAY_MS;
  return { now: () => time, pass: (ms) => void (time += ms) };
}

test('so many wrong passwords a minute are heard, also where the clock was set back by a day', async () => {
  const time = clock();
  const attempts = new LoginAttempts(time, 2);
  const code = (): Promise<unknown> => attempts.run('::1', wrong).catch(codeOf);
  expect([await code(), await code(), await code()]).toEqual([
    'invalid_credentials',
    'invalid_credentials',
    'rate_limited',
  ]);
  time.pass(61_000);
  expect([await code(), await code(), await code()]).toEqual([
    'invalid_credentials',
    'invalid_credentials',
    'rate_limited',
  ]);
  time.pass(-DAY_MS);
  expect(await code()).toBe('invalid_credentials');
});

test('so does the limit of a set-up', async () => {
  const time = clock();
  const limit = new RateLimit(time, 1);
  const work = (): Promise<unknown> => limit.run(() => Promise.resolve('done')).catch(codeOf);
  expect([await work(), await work()]).toEqual(['done', 'rate_limited']);
  time.pass(30_000);
  expect(await work()).toBe('rate_limited');
  time.pass(-DAY_MS);
  expect([await work(), await work()]).toEqual(['done', 'rate_limited']);
});
