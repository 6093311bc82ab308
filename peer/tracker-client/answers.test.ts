import { describe, expect, test } from '@jest/globals';
import { parseEvent } from './answers.js';
import { clockSkew } from './http.js';
import { Roster } from './roster.js';

describe('clocks', () => {
  const now = Date.parse('2026-11-20T12:00:00.000Z');

  test('are compared by the middle of the request', () => {
    expect(clockSkew('Fri, 20 Nov 2026 12:00:00 GMT', now, now + 1000)).toBe(0);
    expect(clockSkew('Fri, 20 Nov 2026 12:12:00 GMT', now, now + 1000)).toBe(-720_000);
    expect(clockSkew(undefined, now, now)).toBeUndefined();
    expect(clockSkew('yesterday', now, now)).toBeUndefined();
  });
});

describe('events', () => {
  const peer = {
    username: 'Bob',
    ip: '1.2.3.4',
    port: 9101,
    device: 'b'.repeat(22),
    addresses: [],
    status: 'online',
    channels: ['general'],
  };
  const channel = { name: 'tech', topic: '', members: 1, joined: false };

  test('of known types are checked, of others ignored', () => {
    const kind = (value: unknown) => parseEvent(typeof value === 'string' ? value : JSON.stringify(value)).kind;
    expect(kind({ type: 'snapshot', peers: [peer], channels: [channel], more: 1 })).toBe('event');
    expect(kind({ type: 'peer_joined', peer })).toBe('event');
    expect(kind({ type: 'mailbox', count: 3 })).toBe('event');
    expect(kind({ type: 'view', whole: false, peers: [peer], unseen: [{ username: 'curl' }] })).toBe('event');
    expect(kind({ type: 'weather', count: 3 })).toBe('unknown');
    const bad = [
      '',
      '[]',
      'null',
      '{"type":7}',
      { type: 'x'.repeat(65) },
      { type: 'snapshot', peers: {}, channels: [] },
      { type: 'snapshot', peers: Array.from({ length: 20_001 }, () => peer), channels: [] },
      { type: 'peer_joined', peer: { ...peer, username: 'a b' } },
      { type: 'peer_joined', peer: { ...peer, port: 0 } },
      { type: 'peer_joined', peer: { ...peer, addresses: Array.from({ length: 17 }, () => ({ host: 'h', port: 1 })) } },
      { type: 'peer_joined', peer: { ...peer, device: 'short' } },
      { type: 'channel_updated', channel: { ...channel, topic: 't'.repeat(257) } },
      { type: 'view', whole: 'no', peers: [], unseen: [] },
      { type: 'view', whole: false, peers: Array.from({ length: 20_001 }, () => peer), unseen: [] },
      { type: 'view', whole: false, peers: [{ ...peer, port: 0 }], unseen: [] },
      { type: 'view', whole: false, peers: [], unseen: [{ device: peer.device }] },
      { type: 'snapshot', peers: [], channels: [], view: { whole: false, follow: -1 } },
    ];
    expect(bad.map(kind)).toEqual(bad.map(() => 'bad'));
  });

  test('keep the lists: deltas after a snapshot give what the next snapshot would', () => {
    const roster = new Roster('Alice');
    const apply = (value: object): boolean => {
      const parsed = parseEvent(JSON.stringify(value));
      return parsed.kind === 'event' && roster.apply(parsed.event);
    };
    apply({ type: 'snapshot', peers: [peer], channels: [channel] });
    apply({ type: 'peer_joined', peer: { ...peer, device: undefined, username: 'curl' } });
    apply({ type: 'peer_updated', peer: { ...peer, status: 'away' } });
    const ann = { ...peer, username: 'ann', device: 'a'.repeat(22) };
    apply({ type: 'view', whole: false, peers: [ann], unseen: [] });
    apply({ type: 'view', whole: false, peers: [], unseen: [{ username: 'ann', device: ann.device }] });
    expect(roster.peers().map(({ username, status }) => [username, status])).toEqual([
      ['Bob', 'away'],
      ['curl', 'online'],
    ]);
    apply({ type: 'channel_joined', channel: 'tech', username: 'bob' });
    expect(roster.channels()).toEqual([channel]);
    apply({ type: 'channel_joined', channel: 'tech', username: 'alice' });
    expect(roster.channels()).toEqual([{ ...channel, joined: true }]);
    apply({ type: 'peer_updated', peer: { ...peer, channels: ['general', 'tech'] } });
    const word = {
      channel: 'tech',
      title: 'tech',
      state: 'deleted',
      time: '2026-11-20T12:00:00.000Z',
      sig: 'A'.repeat(86),
    };
    apply({ type: 'channel_deleted', channel: 'tech', word });
    expect([roster.channels(), roster.peers()[0]?.channels]).toEqual([[], ['general']]);
    apply({ type: 'peer_left', username: 'Bob', device: peer.device });
    apply({ type: 'peer_left', username: 'CURL' });
    expect(roster.peers()).toEqual([]);
  });

  test('cannot fill the memory', () => {
    const roster = new Roster('alice');
    const dropped = Array.from({ length: 20_010 }, (_, n) =>
      roster.apply({ type: 'channel_updated', channel: { ...channel, name: `c${n}` } }),
    ).filter((kept) => !kept);
    expect(dropped).toHaveLength(10);
    expect(roster.apply({ type: 'channel_updated', channel: { ...channel, name: 'c5', topic: 'new' } })).toBe(true);
  });
});
