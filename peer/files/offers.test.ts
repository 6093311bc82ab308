import { describe, expect, test } from '@jest/globals';
import type { Entry } from '../../protocol/entry.js';
import type { ConversationId, EntryId, Username } from '../../protocol/ids.js';
import type { Link } from '../link/types.js';
import { offersOf, type Offers } from './offers.js';
import type { WantedFile } from './ports.js';

const facts = { sha256: 'a'.repeat(64), size: 3, chunks: 'b'.repeat(64) };
const chat = { remote: { device: 'd', username: 'bob' } } as unknown as Link;

function entry(id: string, conversation: string, about: object = facts): Entry {
  return { id, kind: 'file', conversation, data: { name: 'a', mime: 'text/plain', ...about } } as unknown as Entry;
}

/** The entries by which a device is asked that shares all but `#theirs`. @param entries the latest first */
function asked(entries: readonly Entry[], wanted: string): readonly EntryId[] {
  return offers(entries, { entry: wanted as EntryId }, [chat]).now[0]?.entries ?? [];
}

function offers(entries: readonly Entry[], wanted: Partial<WantedFile>, chats: readonly Link[]): Offers {
  const file = { entry: 'a' as EntryId, conversation: '#a' as ConversationId, from: 'bob' as Username, facts };
  return offersOf({ ...file, ...wanted }, chats, {
    entriesOf: () => [...entries],
    shares: (_, { conversation }) => conversation !== '#theirs',
  });
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

describe('a device that is linked over a relay', () => {
  const MIB = 1024 * 1024;
  const relayed = { ...chat, relayed: true, remote: { device: 'r', username: 'carol' } } as unknown as Link;
  const of = (size: number, conversation = '#a', wanted: Partial<WantedFile> = {}): unknown => {
    const about = { ...facts, size };
    const { now, heldBack } = offers([entry('a', conversation, about)], { facts: about, ...wanted }, [chat, relayed]);
    return [now.map(({ device }) => device), heldBack];
  };

  test('is asked for a small file, and for a large one once the user has said so', () => {
    expect(of(25 * MIB)).toEqual([['d', 'r'], false]);
    expect(of(25 * MIB + 1)).toEqual([['d'], true]);
    expect(of(25 * MIB + 1, '#a', { relayed: true })).toEqual([['d', 'r'], false]);
  });

  test('is no reason to ask the user where it may not know of the file', () => {
    expect(of(25 * MIB + 1, '#theirs')).toEqual([['d'], false]);
  });
});
