import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { createStore } from '../state/store.js';
import { initialState } from '../state/reduce.js';
import { createReader, createReadMarks } from './conversations.js';

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

test('what is read as it comes is read here at once, and told four times a second', async () => {
  const store = createStore({
    ...initialState({ view: 'home' }),
    daemon: { me: { username: 'alice' }, conversations: {} } as never,
  });
  const run = (_: string, { upTo }: { upTo: string }): Promise<object> => {
    asked.push(upTo);
    return answer();
  };
  const reader = createReader({ store, commands: { run } as never }, '#general');
  const come = async (id: string): Promise<void> => {
    const conversation = { id: '#general', unread: 1, receipts: {}, latest: { id } } as never;
    store.dispatch({ type: 'event', event: { type: 'conversation', conversation } });
    reader.read();
    await jest.advanceTimersByTimeAsync(0);
    expect(store.get().daemon?.conversations['#general']?.unread).toBe(0);
  };
  reader.read();
  expect(asked).toEqual([]);
  for (const id of ['a', 'b', 'c']) await come(id);
  expect(asked).toEqual(['a']);
  await jest.advanceTimersByTimeAsync(250);
  expect(asked).toEqual(['a', 'c']);
  // The same one, when it was marked as unread and is read again.
  await jest.advanceTimersByTimeAsync(250);
  await come('c');
  expect(asked).toEqual(['a', 'c', 'c']);
  // A page that is left has no time to wait.
  await come('d');
  reader.leave();
  expect(asked).toEqual(['a', 'c', 'c', 'd']);
  await jest.advanceTimersByTimeAsync(1_000);
  expect(asked).toHaveLength(4);
});
