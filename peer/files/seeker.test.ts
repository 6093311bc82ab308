import { expect, test } from '@jest/globals';
import type { ConversationId, DeviceId, Username } from '../../protocol/ids.js';
import { Seeker } from './seeker.js';

const device = (n: number): DeviceId => `d${n}` as DeviceId;
const candidate = (n: number, username: string, ...channels: string[]): Parameters<Seeker['seek']>[1][number] => ({
  ...{ device: device(n), username: username as Username, channels },
});
const SOUGHT = { conversation: '#c1' as ConversationId, from: 'Alice' as Username };
const MINUTE = 60_000;

test('the author is sought first, then others of the conversation, until each was; nobody else, and few at once', () => {
  let now = 0;
  const seeker = new Seeker(
    () => now,
    () => 0.3,
  );
  const others = Array.from({ length: 9 }, (_, i) => candidate(i, `u${i}`, 'c1'));
  const all = [...others, candidate(20, 'eve', 'c2'), candidate(21, 'alice')];
  const linked = new Set<DeviceId>();
  seeker.seek(SOUGHT, all, (one) => linked.has(one));
  expect([...seeker.devices()]).toEqual([device(21)]);
  for (let i = 0; i < 20; i++) {
    for (let j = 0; j < 10; j++) seeker.seek(SOUGHT, all, (one) => linked.has(one));
    const sought = seeker.devices();
    expect(sought.size).toBeLessThanOrEqual(4);
    for (const one of sought) linked.add(one);
    now += MINUTE;
  }
  expect(seeker.devices().size).toBe(0);
  expect([...linked].sort()).toEqual([...others.map((one) => one.device), device(21)].sort());
});

test('a device that cannot be linked to is given up for others, and tried again later', () => {
  let now = 0;
  const seeker = new Seeker(
    () => now,
    () => 0,
  );
  const all = [candidate(1, 'bob'), candidate(2, 'alice')];
  const direct = { conversation: '@alice+bob' as ConversationId, from: 'alice' as Username };
  for (let i = 0; i < 3; i++) seeker.seek(direct, all, () => false);
  expect(seeker.devices().has(device(2))).toBe(true);
  now += MINUTE;
  expect(seeker.devices().size).toBe(0);
  seeker.seek(direct, all, () => false);
  expect([...seeker.devices()]).toEqual([device(2)]);
});
