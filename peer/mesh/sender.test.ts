/** What one link is sent: pieces that end in a signed entry, no more at once than its queue holds. */
import { describe, expect, test } from '@jest/globals';
import type { Entry } from '../../protocol/entry.js';
import type { ConversationId, DeviceId } from '../../protocol/ids.js';
import { MESSAGE_MAX, UNSIGNED_BYTES_MAX, UNSIGNED_RUN_MAX } from '../../protocol/limits.js';
import { LINK_LIMITS } from '../link/types.js';
import { ndjson } from './codec.js';
import { Sender } from './sender.js';

const GENERAL = '#general' as ConversationId;
const [first, second] = ['first', 'second'].map((name) => name.padEnd(22, '0') as DeviceId) as [DeviceId, DeviceId];

/** A log of which every `every`th entry is signed, and the last. */
function logOf(device: DeviceId, count: number, every: number, message: string): Entry[] {
  const fields = { conversation: GENERAL, from: 'alice', device, time: '2026-11-20T12:00:00.000Z', kind: 'text' };
  return Array.from({ length: count }, (_, i) => {
    const isSigned = (i + 1) % every === 0 || i === count - 1;
    const ids = { seq: i + 1, prev: i === 0 ? '' : 'p'.repeat(43), id: 'i'.repeat(43) };
    return { ...fields, ...ids, message, data: {}, ...(isSigned ? { sig: 's' } : {}) } as Entry;
  });
}

/** A link that nobody reads from until `drain`. */
function sender(...logs: Entry[][]) {
  const link = {
    queued: 0,
    most: 0,
    got: [] as Pick<Entry, 'device' | 'seq' | 'sig'>[],
    sendLines(lines: string) {
      link.queued += Buffer.byteLength(lines);
      link.most = Math.max(link.most, link.queued);
      for (const line of lines.split('\n').filter(Boolean)) link.got.push(JSON.parse(line) as Entry);
    },
  };
  const range = (_: ConversationId, device: DeviceId, from: number, limit: number, bytes = Infinity): Entry[] => {
    let size = 0;
    const log = logs.find(([entry]) => entry?.device === device) ?? [];
    return log.slice(from - 1, from - 1 + limit).filter(({ message }) => (size += message.length) <= bytes);
  };
  const one = new Sender(link, { range, certificates: () => [] }, ndjson);
  const drain = (): void => {
    for (let sent = -1; sent < link.got.length;) {
      sent = link.got.length;
      link.queued = 0;
      one.pump();
    }
  };
  return { one, link, drain };
}

const long = '.'.repeat(MESSAGE_MAX);

describe('long entries', () => {
  test.each([
    ['signed in time', Math.floor(UNSIGNED_BYTES_MAX / (MESSAGE_MAX + 1_000))],
    ['signed by number alone, as earlier versions did', UNSIGNED_RUN_MAX],
  ])('%s never fill the queue so that the link ends', (_name, every) => {
    const { one, link, drain } = sender(logOf(first, 2_000, every, long));
    one.serve(GENERAL, first, 1, 2_000);
    drain();
    expect(link.got.map(({ seq }) => seq)).toEqual(Array.from({ length: 2_000 }, (_entry, i) => i + 1));
    expect(link.most).toBeLessThan(LINK_LIMITS.queueHigh / 2);
  });

  test('of two logs nothing of one is sent while the other one waits for its signed entry', () => {
    const { one, link, drain } = sender(
      logOf(first, 600, UNSIGNED_RUN_MAX, long),
      logOf(second, 600, UNSIGNED_RUN_MAX, long),
    );
    for (const device of [first, second]) one.serve(GENERAL, device, 1, 600);
    drain();
    const changes = link.got.filter(({ device }, i) => i > 0 && link.got[i - 1]?.device !== device);
    const left = link.got.filter(({ device }, i) => link.got[i + 1]?.device !== device);
    expect(link.got).toHaveLength(1_200);
    expect(changes.length).toBeGreaterThan(1);
    expect(left.every(({ sig }) => sig !== undefined)).toBe(true);
  });
});

test('logs are served in turn: a long one holds up none of the others', () => {
  const { one, link, drain } = sender(logOf(first, 2_000, 1, long), logOf(second, 10, 1, long));
  one.serve(GENERAL, first, 1, 2_000);
  one.serve(GENERAL, second, 1, 10);
  drain();
  expect(link.got.findLastIndex(({ device }) => device === second)).toBeLessThan(200);
  expect(link.got).toHaveLength(2_010);
});
