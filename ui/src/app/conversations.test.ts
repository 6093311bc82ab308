import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { createReadMarks } from './conversations.js';

let asked: string[];
/** What the daemon does when it is told. */
let answer: () => Promise<object>;
let read: (upTo: string) => Promise<void>;

beforeEach(() => {
  jest.useFakeTimers();
  asked = [];
  answer = () => Promise.resolve({});
  const run = (_: string, { upTo }: { upTo: string }): Promise<object> => {
    asked.push(upTo);
    return answer();
  };
  const marks = createReadMarks({ commands: { run } as never });
  read = async (upTo) => {
    marks('#general', upTo);
    await jest.advanceTimersByTimeAsync(0);
  };
});
afterEach(() => void jest.useRealTimers());

test('of many steps the first is told, and the last of each pause, each once', async () => {
  for (const step of ['a', 'b', 'c', 'c']) await read(step);
  expect(asked).toEqual(['a']);
  await jest.advanceTimersByTimeAsync(1_000);
  await read('c');
  expect(asked).toEqual(['a', 'c']);
});

test('what was lost with the connection is told again, also where one has not gone on since', async () => {
  answer = () => Promise.reject(new Error('the daemon is away'));
  await read('a');
  await jest.advanceTimersByTimeAsync(1_000);
  answer = () => Promise.resolve({});
  await read('a');
  expect(asked).toEqual(['a', 'a']);
});
