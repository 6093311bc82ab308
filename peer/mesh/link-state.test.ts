import { expect, test } from '@jest/globals';
import type { ConversationId, DeviceId, Username } from '../../protocol/ids.js';
import { forget, hear, LOGS_MAX, newLink } from './link-state.js';

const link = { link: 1, device: 'd'.repeat(22) as DeviceId, username: 'bob' as Username, channels: [], tree: true };
const tea = '#tea' as ConversationId;
const news = '#news' as ConversationId;
const logs = (count: number, seq: number, from = 0): Map<DeviceId, number> =>
  new Map(Array.from({ length: count }, (_, n) => [`${from + n}`.padStart(22, '0') as DeviceId, seq]));

test('a link tells of so many logs and no more; what it tells of them later is heard, however many they are', () => {
  const state = newLink(link);
  const most = LOGS_MAX - 10;
  expect(hear(state, tea, logs(most, 1))).toHaveLength(most);
  expect(hear(state, tea, logs(most, 2))).toHaveLength(most);
  expect(hear(state, news, logs(11, 1))).toEqual([]);
  expect(hear(state, news, logs(10, 1))).toHaveLength(10);
  expect(hear(state, tea, logs(1, 1, most))).toEqual([]);
  expect(state.logs).toBe(LOGS_MAX);
  forget(state, tea);
  expect([state.logs, hear(state, tea, logs(1, 1)).length]).toEqual([10, 1]);
});
