/** What is logged of work that nobody waits for. */
import { expect, test } from '@jest/globals';
import { ParleyError } from '../protocol/errors.js';
import { logFailure, RepeatedWork, repeat } from './background.js';
import { silent } from './testing/test-tracker.js';

function listening() {
  const said: string[] = [];
  const at = (level: string) => (_facts: object, text: string) => void said.push(`${level} ${text}`);
  return { said, log: { ...silent, info: at('info'), warn: at('warn'), error: at('error') } };
}

test('that a cluster cannot write is said once, and once more when it can; then it is news again', async () => {
  const { said, log } = listening();
  const repeated = new RepeatedWork(log, 'times');
  const unavailable = () => Promise.reject(new ParleyError('unavailable'));
  for (let round = 0; round < 2; round += 1) {
    for (let tries = 0; tries < 5; tries += 1) await repeated.run(unavailable);
    for (let tries = 0; tries < 5; tries += 1) await repeated.run(async () => 'written');
  }
  const once = ['warn times: waits until the cluster can write again', 'info times: done again'];
  expect(said).toEqual([...once, ...once]);
});

test('all else is an error each time, also in between', async () => {
  const { said, log } = listening();
  const repeated = new RepeatedWork(log, 'times');
  const failures = [
    new ParleyError('storage_full'),
    new TypeError('a bug'),
    new ParleyError('unavailable'),
    new TypeError('a bug'),
  ];
  for (const error of failures) await repeated.run(() => Promise.reject(error));
  expect(said.map((line) => line.split(' ')[0])).toEqual(['error', 'error', 'warn', 'error']);
  logFailure(log, new ParleyError('unavailable'), 'once');
  logFailure(log, new TypeError('a bug'), 'once');
  expect(said.slice(-2)).toEqual(['warn once', 'error once']);
});

test('it is done again until it is ended', async () => {
  const { said, log } = listening();
  let runs = 0;
  await new Promise<void>((resolve) => {
    const stop = repeat(1, 'times', async () => {
      if ((runs += 1) < 3) return;
      stop();
      resolve();
    }, log); // prettier-ignore
  });
  expect([runs, said]).toEqual([3, []]);
});
