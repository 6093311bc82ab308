import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fromSnapshot } from '../../state/daemon.js';
import { person, snapshot } from '../../state/test-samples.js';
import { browsed } from './browse.js';
import { channelNameProblem, tidyChannelName } from './channel-name.js';
import { countOnline, filteredMembers, sortedMembers } from './members-tab.js';

describe("a channel's name", () => {
  test.each([
    ['#Dev Ops', 'dev-ops'],
    [' general', 'general'],
    ['a  b', 'a-b'],
    ['', ''],
  ])('%j is tidied to %j', (text, expected) => expect(tidyChannelName(text)).toBe(expected));

  test.each([
    ['', undefined],
    ['dev-ops_2', undefined],
    ['đà-nẵng', 'channels.name_letters'],
    ['a.b', 'channels.name_letters'],
    ['x'.repeat(32), undefined],
    ['x'.repeat(33), 'channels.name_too_long'],
  ])('%j breaks the rule %j', (name, expected) => expect(channelNameProblem(name)).toBe(expected));

  test('is tidied once and for all', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const once = tidyChannelName(text);
        if (channelNameProblem(once) === undefined) expect(tidyChannelName(once)).toBe(once);
      }),
    );
  });
});

describe('browsing', () => {
  const channel = (name: string, joined: boolean, topic = '') => ({ name, topic, members: 1, joined });
  const daemon = fromSnapshot(
    snapshot({
      channels: [
        channel('general', true, 'The **tea** room is #2'),
        channel('tea-room', true),
        channel('steam', false),
        channel('coffee', false, 'Not for tea'),
      ],
    }),
  );
  const found = (filter: string): string[][] => {
    const { joined, others } = browsed(daemon, filter);
    return [joined, others].map((list) => list.map(({ name }) => name));
  };

  test('names that begin so stand before those that hold the letters, and topics last', () => {
    expect(found('tea')).toEqual([
      ['tea-room', 'general'],
      ['steam', 'coffee'],
    ]);
    expect(found('#TEA-ROOM')[0]?.at(0)).toBe('tea-room');
  });

  test('a topic is found by its words, whatever marks stand between', () => {
    expect(found('the tea room')).toEqual([['general'], []]);
  });
});

describe('members', () => {
  const daemon = fromSnapshot(
    snapshot({
      people: [
        person('alice', { link: 'self' }),
        person('zed', { presence: 'offline' }),
        person('bob', { name: 'Đức Anh' }),
        person('carol', { presence: 'away' }),
      ],
    }),
  );
  const members = sortedMembers(daemon, ['alice', 'bob', 'carol', 'stranger', 'zed']);

  test('who are there come first, then by name; of a stranger nothing is claimed', () => {
    expect(members.map(({ username }) => username)).toEqual(['alice', 'bob', 'carol', 'stranger', 'zed']);
    expect(members.map(({ presence }) => presence)).toEqual(['online', 'online', 'away', 'offline', 'offline']);
    expect(countOnline(members)).toBe(3);
  });

  test('are found by either name, whatever its accents', () => {
    const found = (filter: string): string[] => filteredMembers(members, filter).map(({ username }) => username);
    expect(found('duc')).toEqual(['bob']);
    expect(found('@CAR')).toEqual(['carol']);
    expect(found(' ')).toHaveLength(5);
  });
});
