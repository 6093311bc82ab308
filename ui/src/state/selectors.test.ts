import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { EntryView } from '../../../protocol/local-api.js';
import { deliveryOf, unreached } from './delivery.js';
import { fromSnapshot } from './daemon.js';
import type { OutboxItem } from './model.js';
import { buildRows, dayAbove, keyOfEntry } from './rows.js';
import type { RowsInput } from './rows.js';
import { ME, entry, person, snapshot } from './test-samples.js';
import { allChannels, directItems, joinedChannels, otherPeople, personOf, sortedPeople } from './sidebar.js';
import { firstUnread, totalUnread } from './unread.js';

describe('rows', () => {
  const DAY = 24 * 3600_000;
  const dayOf = (at: number) => ({ start: Math.floor(at / DAY) * DAY, end: Math.floor(at / DAY) * DAY + DAY });
  const rows = (entries: EntryView[], changes: Partial<RowsInput> = {}): string[] =>
    buildRows({ entries, pending: [], self: 'alice', dayOf, ...changes }).map((row) => {
      if (row.kind === 'message') return `${row.first ? 'first ' : ''}${row.entry.seq}`;
      if (row.kind === 'pending') return `${row.first ? 'first ' : ''}${row.item.message}`;
      return row.kind;
    });
  const at = (seq: number, time: string, changes: Partial<EntryView> = {}): EntryView =>
    entry(seq, { time, ...changes });
  const pending = (message: string): OutboxItem => ({
    client: message,
    conversation: '#general',
    message,
    createdAt: Date.parse('2026-11-20T06:03:00.000Z'),
    phase: 'queued',
  });

  test('are grouped by author while there is no pause of five minutes', () => {
    const entries = [
      at(1, '2026-11-20T06:00:00.000Z'),
      at(2, '2026-11-20T06:04:59.000Z', { from: 'Bob', device: 'device-of-bob' }),
      at(3, '2026-11-20T06:09:59.000Z'),
      at(1, '2026-11-20T06:10:00.000Z', { from: 'carol' }),
    ];
    expect(rows(entries)).toEqual(['day', 'first 1', '2', 'first 3', 'first 1']);
  });

  test('have a line for each day, which begins a new group', () => {
    expect(rows([at(1, '2026-11-20T23:59:59.000Z'), at(2, '2026-11-21T00:00:00.000Z')])).toEqual([
      'day',
      'first 1',
      'day',
      'first 2',
    ]);
  });

  test('show joins and leaves as notices, and nothing of unknown kinds', () => {
    const entries = [
      at(1, '2026-11-20T06:00:00.000Z'),
      at(2, '2026-11-20T06:00:01.000Z', { kind: 'join' }),
      at(3, '2026-11-20T06:00:02.000Z', { kind: 'hologram' }),
      at(4, '2026-11-20T06:00:03.000Z'),
    ];
    expect(rows(entries)).toEqual(['day', 'first 1', 'notice', 'first 4']);
    expect(rows([at(1, '2026-11-20T06:00:00.000Z', { kind: 'toString' })])).toEqual([]);
  });

  test('show many joins and leaves in a row as one, within a day', () => {
    const coming = (seq: number, time: string): EntryView => at(seq, time, { kind: seq % 2 ? 'join' : 'leave' });
    const few = [1, 2, 3].map((seq) => coming(seq, `2026-11-20T06:00:0${seq}.000Z`));
    expect(rows(few)).toEqual(['day', 'notice', 'notice', 'notice']);
    const many = [...few, coming(4, '2026-11-20T06:00:04.000Z')];
    const topic = at(5, '2026-11-20T06:00:05.000Z', { kind: 'topic' });
    expect(rows([...many, topic, ...few])).toEqual(['day', 'notices', 'notice', 'notice', 'notice', 'notice']);
    expect(rows([...many, at(6, '2026-11-20T06:00:06.000Z')])).toEqual(['day', 'notices', 'first 6']);
    const tomorrow = many.map((e) => ({ ...e, id: `${e.id}!`, time: e.time.replace('20T', '21T') }));
    expect(rows([...many, ...tomorrow])).toEqual(['day', 'notices', 'day', 'notices']);
  });

  test('are found by their entries, also in a row of many', () => {
    const joins = [1, 2, 3, 4].map((seq) => at(seq, `2026-11-20T06:00:0${seq}.000Z`, { kind: 'join' }));
    const all = buildRows({
      entries: [...joins, at(9, '2026-11-20T06:01:00.000Z')],
      pending: [],
      self: 'alice',
      dayOf,
    });
    expect(keyOfEntry(all, joins[2]?.id ?? '')).toBe(all[1]?.key);
    expect(keyOfEntry(all, '#general device-of-bob 9')).toBe('#general device-of-bob 9');
    expect(keyOfEntry(all, 'nowhere')).toBeUndefined();
    expect(dayAbove(all, 2)).toBe(joins[0]?.time);
  });

  test('have the unread line before the first unread message', () => {
    const entries = [at(1, '2026-11-20T06:00:00.000Z'), at(2, '2026-11-20T06:00:01.000Z')];
    expect(rows(entries, { firstUnread: entries[1]?.id })).toEqual(['day', 'first 1', 'unread', 'first 2']);
  });

  test('end with the messages that are on their way', () => {
    const own = at(7, '2026-11-20T06:00:00.000Z', { from: 'alice' });
    expect(rows([own], { pending: [pending('a'), pending('b')] })).toEqual(['day', 'first 7', 'a', 'b']);
    expect(rows([], { pending: [pending('a')] })).toEqual(['day', 'first a']);
  });

  test('have a line for the day of what was written after midnight and is on its way', () => {
    const before = at(7, '2026-11-19T23:59:59.000Z', { from: 'alice' });
    expect(rows([before], { pending: [pending('a'), pending('b')] })).toEqual([
      'day',
      'first 7',
      'day',
      'first a',
      'b',
    ]);
    const after = at(7, '2026-11-21T00:00:00.000Z');
    expect(rows([after], { pending: [pending('a')] })).toEqual(['day', 'first 7', 'first a']);
  });

  test('have keys of their own', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(400), { maxLength: 60 }), (hours) => {
        const entries = [...hours]
          .sort((a, b) => a - b)
          .map((hour, i) => at(i, new Date(hour * 3600_000).toISOString()));
        const keys = buildRows({
          entries,
          pending: [pending('x')],
          self: 'alice',
          dayOf,
          firstUnread: entries[3]?.id,
        }).map(({ key }) => key);
        expect(new Set(keys).size).toBe(keys.length);
      }),
    );
  });
});

describe('the first unread message', () => {
  const entries = [entry(1), entry(2, { from: 'alice' }), entry(3), entry(4, { kind: 'join' }), entry(5)];
  const id = (seq: number): string | undefined => entries.find((e) => e.seq === seq)?.id;

  test('is the first text of somebody else behind the one read last', () => {
    expect(firstUnread(entries, { readUpTo: id(1) ?? '', count: 9 }, 'alice')).toBe(id(3));
    expect(firstUnread(entries, { readUpTo: id(3) ?? '', count: 9 }, 'alice')).toBe(id(5));
  });

  test('is counted back where the one read last is not loaded', () => {
    expect(firstUnread(entries, { readUpTo: 'older', count: 2 }, 'ALICE')).toBe(id(3));
    expect(firstUnread(entries, { count: 1, until: id(3) ?? '' }, 'alice')).toBe(id(3));
  });

  test('is nowhere while not enough is loaded, and without a mark', () => {
    expect(firstUnread(entries, { count: 9 }, 'alice')).toBeUndefined();
    const beginning = { newer: true, more: false };
    expect(firstUnread(entries, { count: 9, until: 'newer' }, 'alice', beginning)).toBe(id(1));
    expect(firstUnread(entries, { count: 9, until: 'newer', readUpTo: 'x' }, 'alice', beginning)).toBeUndefined();
    expect(firstUnread(entries, undefined, 'alice')).toBeUndefined();
  });

  test('all unread messages are added up', () => {
    expect(totalUnread({ a: { unread: 2 }, b: { unread: 3 } })).toBe(5);
  });
});

describe('delivery', () => {
  const own = entry(5, { from: 'alice', device: ME.device, state: 'sent' });

  test('is told by what the others hold', () => {
    expect(deliveryOf(own, {}, ME)).toEqual({ state: 'sent' });
    expect(deliveryOf(own, { receipts: { bob: 4 } }, ME)).toEqual({ state: 'sent' });
    expect(deliveryOf(own, { receipts: { bob: 5, carol: 9, dave: 2 } }, ME)).toEqual({
      state: 'delivered',
      to: ['bob', 'carol'],
      readBy: [],
    });
  });

  test('is read once somebody else has read as far, who then counts as having it', () => {
    const reach = { receipts: { bob: 9 }, reads: { bob: 4, carol: 5, alice: 9 } };
    expect(deliveryOf(own, reach, ME)).toEqual({ state: 'read', to: ['bob', 'carol'], readBy: ['carol'] });
    expect(deliveryOf(own, { receipts: { bob: 9 }, reads: { bob: 4 } }, ME)?.state).toBe('delivered');
  });

  test('does not count the user, and believes the daemon where it tells no names', () => {
    expect(deliveryOf(own, { receipts: { alice: 9 } }, ME)).toEqual({ state: 'sent' });
    expect(deliveryOf({ ...own, state: 'read' }, {}, ME)).toEqual({ state: 'read', to: [], readBy: [] });
  });

  test('claims nothing of what another own device wrote: its log is not counted here', () => {
    const other = { ...own, device: 'my-laptop', state: 'delivered' as const };
    expect(deliveryOf(other, { receipts: { bob: 9 }, reads: { bob: 9 } }, ME)).toEqual({ state: 'elsewhere' });
  });

  test('is nothing for messages of others', () => {
    expect(deliveryOf(entry(1), { receipts: { bob: 9 } }, ME)).toBeUndefined();
  });

  test('the newest own message is unreached until somebody else holds it', () => {
    const later = entry(9, { from: 'alice', device: ME.device, state: 'sent', kind: 'leave' });
    expect(unreached([own, entry(9), later], {}, ME)).toBe(own);
    expect(unreached([own, entry(9)], { receipts: { bob: 5 } }, ME)).toBeUndefined();
    expect(unreached([own, { ...own, seq: 6, device: 'my-laptop' }], {}, ME)).toBeUndefined();
    expect(unreached([entry(9)], {}, ME)).toBeUndefined();
  });
});

describe('the sidebar', () => {
  const daemon = fromSnapshot(
    snapshot({
      people: [
        person('alice', { link: 'self' }),
        person('Zoe'),
        person('bob', { presence: 'offline', link: 'none' }),
        person('carol'),
      ],
      channels: [
        { name: 'a', topic: '', members: 1, joined: false },
        { name: 'b', topic: '', members: 7, joined: false },
      ],
      conversations: [
        { id: '#zebra', unread: 0, receipts: {} },
        { id: '#broadcast', unread: 1, receipts: {} },
        { id: '#apes', unread: 0, receipts: {} },
        { id: '#general', unread: 0, receipts: {} },
        { id: '@alice+zoe', unread: 2, receipts: {}, latest: entry(1) },
        { id: '@alice+alice', unread: 0, receipts: {}, latest: entry(9) },
      ],
    }),
  );

  test('lists the channels of everyone first, then by name', () => {
    expect(joinedChannels(daemon).map(({ name }) => name)).toEqual(['general', 'broadcast', 'apes', 'zebra']);
  });

  test('lists direct conversations by their newest message, with names as registered', () => {
    expect(directItems(daemon).map(({ person: { username } }) => username)).toEqual(['alice', 'Zoe']);
  });

  test('lists other people once, those who are there first', () => {
    expect(sortedPeople(daemon).map(({ username }) => username)).toEqual(['carol', 'Zoe', 'bob']);
    expect(otherPeople(daemon).map(({ person: { username } }) => username)).toEqual(['carol', 'bob']);
  });

  test('knows people by any case, and takes a stranger for offline', () => {
    expect(personOf(daemon, 'zOE').username).toBe('Zoe');
    expect(personOf(daemon, 'nobody')).toMatchObject({ presence: 'offline', link: 'none' });
    expect(personOf(daemon, 'constructor')).toMatchObject({ username: 'constructor', presence: 'offline' });
  });

  test('lists big channels first', () => {
    expect(allChannels(daemon).map(({ name }) => name)).toEqual(['b', 'a']);
  });
});
