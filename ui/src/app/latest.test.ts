import { expect, test } from '@jest/globals';
import { Latest } from './latest.js';

test('asks one question at a time, and of those that wait only the last', async () => {
  const asked: string[] = [];
  const answers: (() => void)[] = [];
  const latest = new Latest<string>((question) => {
    asked.push(question);
    return new Promise((resolve) => answers.push(resolve));
  });
  const answer = async (): Promise<void> => {
    answers.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  for (const question of ['k', 'ke', 'ket', 'kett']) latest.want(question);
  expect(asked).toEqual(['k']);
  await answer();
  expect(asked).toEqual(['k', 'kett']);
  await answer();
  latest.want('kettle');
  latest.want('kettles');
  latest.forget();
  await answer();
  expect(asked).toEqual(['k', 'kett', 'kettle']);
});
