import { expect, test } from '@jest/globals';
import type { DeviceId, EntryId } from '../../protocol/ids.js';
import { Askers } from './askers.js';

const [bob, carol] = ['bob', 'carol'] as DeviceId[] as [DeviceId, DeviceId];
const id = (n: number): EntryId => `entry ${n}` as EntryId;
const owing = (askers: Askers): string[] =>
  [...askers.owing()].map(({ device, entry, refused }) => `${device} ${entry}${refused ? ' refused' : ''}`);

test('who has asked for a file hears of it when there is more of it, once, and as long as they are linked', () => {
  const askers = new Askers();
  askers.asked(bob, id(1), { sha256: 'a', refused: true });
  askers.asked(carol, id(1), { sha256: 'a', refused: false });
  askers.asked(carol, id(2), { refused: true });
  askers.asked(carol, id(3), { sha256: 'b', refused: true });
  expect(owing(askers)).toEqual([]);
  askers.grown(new Set(['a']));
  // Of an entry that was not here when it was asked for, it is not known what it shows.
  expect(owing(askers)).toEqual(['bob entry 1 refused', 'carol entry 1', 'carol entry 2 refused']);
  askers.settled(carol, id(1));
  askers.gone(bob);
  expect(owing(askers)).toEqual(['carol entry 2 refused']);
  askers.grown(new Set(['a']));
  expect(owing(askers)).toEqual(['carol entry 1', 'carol entry 2 refused']);
});

test('no more than so many files of one device are kept in mind: the last ones', () => {
  const askers = new Askers();
  for (let n = 0; n < 1_000; n++) askers.asked(bob, id(n), { sha256: 'a', refused: true });
  askers.grown(new Set(['a']));
  expect(owing(askers)).toHaveLength(64);
  expect(owing(askers).at(-1)).toBe('bob entry 999 refused');
});
