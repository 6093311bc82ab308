/** What is told and heard of the moment, `typing` and `status`: to whom, and how often. */
import { describe, expect, test } from '@jest/globals';
import type { ConversationId, DeviceId, Username } from '../../protocol/ids.js';
import { Statuses, type Status, type StatusLink } from './statuses.js';
import { Typing, type TypingLink } from './typing.js';

const general = '#general' as ConversationId;
const secret = '#secret' as ConversationId;
const user = (name: string): Username => name as Username;

function link(id: number, name: string): TypingLink & StatusLink & { sent: object[] } {
  const sent: object[] = [];
  const remote = { username: user(name), device: `device-${id}` as DeviceId };
  return { id, remote, sent, send: (message: object) => void sent.push(message) };
}

describe('typing', () => {
  const open = () => {
    const [bob, carol, phone, mallory] = [link(1, 'bob'), link(2, 'carol'), link(3, 'Alice'), link(4, 'Mallory')];
    const at = { now: 0, enabled: true };
    const heard: string[] = [];
    const typing = new Typing({
      self: user('alice'),
      enabled: () => at.enabled,
      blocked: (name) => name === 'mallory',
      links: () => [bob, carol, phone, mallory],
      shares: (conversation, { remote }) => conversation === general || remote.username === 'bob',
      heard: (conversation, username) => heard.push(`${conversation} ${username}`),
      clock: { now: () => at.now },
    });
    return { typing, at, heard, bob, carol, phone, mallory };
  };

  test('is told to members who are not blocked, every three seconds, and at once after a message', () => {
    const { typing, at, bob, carol, phone, mallory } = open();
    typing.typed(general);
    at.now = 2_999;
    typing.typed(general);
    typing.typed(secret);
    expect(bob.sent.map((message) => (message as { conversation: string }).conversation)).toEqual([general, secret]);
    expect([carol.sent.length, phone.sent.length, mallory.sent.length]).toEqual([1, 0, 0]);
    typing.posted(general);
    typing.typed(general);
    at.now = 5_999;
    typing.typed(general);
    expect(carol.sent).toHaveLength(3);
    at.enabled = false;
    at.now = 60_000;
    typing.typed(general);
    expect(carol.sent).toHaveLength(3);
  });

  test('is heard of members alone, of no blocked ones, and not without end', () => {
    const { typing, at, heard, bob, carol, phone, mallory } = open();
    const message = (conversation: ConversationId) => ({ type: 'typing' as const, conversation });
    for (const from of [phone, mallory]) typing.hears(from, message(general));
    typing.hears(carol, message(secret));
    expect(heard).toEqual([]);
    for (let i = 0; i < 1_000; i++) typing.hears(bob, message(secret));
    expect(heard).toHaveLength(8);
    typing.hears(carol, message(general));
    expect(heard).toHaveLength(9);
    at.now = 1_000;
    typing.hears(bob, message(general));
    expect(heard.at(-1)).toBe('#general bob');
  });
});

describe('a status', () => {
  const open = () => {
    const [bob, mallory] = [link(1, 'bob'), link(2, 'mallory')];
    const timers: (() => void)[] = [];
    const at = { own: 'online' as Status, blocked: 'mallory' };
    const heard: string[] = [];
    const statuses = new Statuses({
      own: () => at.own,
      blocked: (name) => name === at.blocked,
      links: () => [bob, mallory],
      heard: (device, status) => heard.push(`${device} ${status}`),
      timers: { setTimeout: (run) => timers.push(run), clearTimeout: () => undefined },
    });
    for (const one of [bob, mallory]) statuses.up(one);
    return { statuses, at, heard, timers, bob, mallory };
  };
  const told = ({ sent }: { sent: object[] }) => sent.map((message) => (message as { status: Status }).status);

  test('is told on each link, then when it changes, and to whom was blocked once they no longer are', () => {
    const { statuses, at, bob, mallory } = open();
    statuses.changed();
    at.own = 'busy';
    statuses.changed();
    expect(told(bob)).toEqual(['online', 'busy']);
    expect(told(mallory)).toEqual([]);
    at.blocked = '';
    statuses.changed();
    expect(told(mallory)).toEqual(['busy']);
  });

  test('that flickers is heard once a second, and its last word always', () => {
    const { statuses, heard, timers, bob } = open();
    const hear = (status: Status): void => statuses.hears(bob, { type: 'status', status });
    for (let i = 0; i < 500; i++) {
      hear('away');
      hear('busy');
    }
    expect(heard).toEqual(['device-1 away']);
    timers.shift()?.();
    expect(heard).toEqual(['device-1 away', 'device-1 busy']);
    timers.shift()?.();
    expect(heard).toHaveLength(2);
    hear('online');
    expect(heard.at(-1)).toBe('device-1 online');
  });
});
