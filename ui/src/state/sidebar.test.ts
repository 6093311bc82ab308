import { expect, test } from '@jest/globals';
import type { ChannelView } from '../../../protocol/local-api.js';
import { namedChannel } from './sidebar.js';

function channels(...views: readonly [name: string, title?: string][]): { channels: Record<string, ChannelView> } {
  return {
    channels: Object.fromEntries(
      views.map(([name, title]) => [
        name,
        { name, topic: '', members: 1, joined: true, ...(title !== undefined && { title }) },
      ]),
    ),
  };
}

test('a channel is found by the title that it has now, and its name is nobody else’s title', () => {
  const before = channels(['tech', 'engineering'], ['random']);
  expect(['engineering', 'tech', 'random', 'constructor'].map((one) => namedChannel(before, one))).toEqual([
    'tech',
    undefined,
    undefined,
    undefined,
  ]);
  const renamed = channels(['tech', 'machines'], ['random']);
  expect(['engineering', 'machines'].map((one) => namedChannel(renamed, one))).toEqual([undefined, 'tech']);
});
