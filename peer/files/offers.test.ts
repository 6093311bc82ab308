import { expect, test } from '@jest/globals';
import type { Entry } from '../../protocol/entry.js';
import type { ConversationId, EntryId, Username } from '../../protocol/ids.js';
import type { Link } from '../link/types.js';
import { offersOf } from './offers.js';

const facts = { sha256: 'a'.repeat(64), size: 3, chunks: 'b'.repeat(64) };
const chat = { remote: { device: 'd', username: 'bob' } } as unknown as Link;

function entry(id: string, conversation: string, about: object = facts): Entry {
  return { id, kind: 'file', conversation, data: { name: 'a', mime: 'text/plain', ...about } } as unknown as Entry;
}

/** The entries by which a device is asked that shares all but `#theirs`. @param entries the latest first */
function asked(entries: readonly Entry[], wanted: string): readonly EntryId[] {
  const [offer] = offersOf(
    { entry: wanted as EntryId, conversation: '#a' as ConversationId, from: 'bob' as Username, facts },
    [chat],
    { entriesOf: () => [...entries], shares: (_, { conversation }) => conversation !== '#theirs' },
  );
  return offer?.entries ?? [];
}

test('a device is asked by the entry that is wanted, then by one of each conversation, then by the others, the oldest first', () => {
  const entries = [entry('a3', '#a'), entry('b2', '#b'), entry('a2', '#a'), entry('b1', '#b'), entry('a1', '#a')];
  expect(asked(entries, 'a2')).toEqual(['a2', 'b2', 'a1', 'b1', 'a3']);
});

test('it is asked by none that it does not share, or that says something else of the bytes, and by few of many', () => {
  const other = entry('o', '#a', { ...facts, size: 4 });
  expect(asked([entry('t', '#theirs'), other, entry('a', '#a')], 'a')).toEqual(['a']);
  const many = Array.from({ length: 100 }, (_, n) => entry(`a${n}`, '#a'));
  expect(asked(many, 'a0')).toHaveLength(8);
});
