import { expect, test } from '@jest/globals';
import type { ChannelView } from '../../../protocol/local-api.js';
import { namedChannel, whyAlone } from './sidebar.js';
import { person, signedIn } from './test-samples.js';

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

test('why nobody can be written to is told by what became of the others, and not where one of them is left', () => {
  const why = (others: readonly ReturnType<typeof person>[], blocked: readonly string[] = []) => {
    const { daemon } = signedIn('#/', {
      people: [person('alice', { link: 'self' }), ...others],
      blocked: [...blocked],
    });
    return daemon && whyAlone(daemon);
  };
  const gone = person('carol', { disabled: true, presence: 'offline' });
  expect([why([]), why([gone]), why([], ['dave']), why([gone], ['dave'])]).toEqual([
    ...['nobody', 'disabled', 'blocked', 'both'],
  ]);
  expect(why([gone, person('bob', { presence: 'offline' })], ['dave'])).toBeUndefined();
});
