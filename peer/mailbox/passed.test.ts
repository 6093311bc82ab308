/** What is remembered of letters that were passed over. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { ConversationId, DeviceId } from '../../protocol/ids.js';
import { PassedOver, type LogName } from './passed.js';

const [first, second] = ['a', 'b'].map((name) => ({
  conversation: '#general' as ConversationId,
  device: name.repeat(22) as DeviceId,
})) as [LogName, LogName];

let closed: Set<DeviceId>;
let passed: PassedOver;
beforeEach(() => {
  closed = new Set([first.device, second.device]);
  const log = { end: () => undefined, limit: (_: ConversationId, device: DeviceId) => (closed.has(device) ? 0 : 1) };
  passed = new PassedOver({ log, keys: { revoked: () => false } } as unknown as ConstructorParameters<
    typeof PassedOver
  >[0]);
});

const open = (): string[] => [...passed.open()].map(({ id }) => id);

describe('a letter that is passed over again', () => {
  test('waits for the logs that hold it now, and not for those that did: else it is fetched for ever', () => {
    passed.add({ id: 'x', after: undefined, logs: [first], blockedBytes: 0 });
    closed.delete(first.device);
    expect(open()).toEqual(['x']);
    passed.add({ id: 'x', after: undefined, logs: [second], blockedBytes: 0 });
    expect(open()).toEqual([]);
    expect(passed.isBehind(first, 'later')).toBe(false);
    expect(passed.isBehind(second, 'later')).toBe(true);
    closed.clear();
    expect(open()).toEqual(['x']);
  });

  test('keeps its place, and what is fetched to have it', () => {
    passed.add({ id: 'x', after: 'w', logs: [first], blockedBytes: 0 });
    passed.add({ id: 'y', after: 'x', logs: [second], blockedBytes: 0 });
    passed.add({ id: 'x', after: 'v', logs: [second], blockedBytes: 0 });
    expect(passed.isBehind(second, 'y')).toBe(true);
    expect(passed.isBehind(second, 'x')).toBe(false);
    closed.clear();
    expect([...passed.open()].map(({ id, after }) => [id, after])).toEqual([
      ['x', 'w'],
      ['y', 'x'],
    ]);
  });

  test('counts as of somebody who is blocked, or no more, as it is now', () => {
    passed.add({ id: 'x', after: undefined, logs: [first], blockedBytes: 100 });
    passed.add({ id: 'y', after: 'x', logs: [second], blockedBytes: 0 });
    passed.add({ id: 'x', after: undefined, logs: [first], blockedBytes: 0 });
    passed.add({ id: 'y', after: 'x', logs: [second], blockedBytes: 30 });
    expect([passed.size, passed.blockedBytes]).toEqual([2, 30]);
    passed.delete('y');
    expect([passed.size, passed.blockedBytes]).toEqual([1, 0]);
  });
});
