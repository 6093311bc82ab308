/** Two sides compare by digests: each learns what the other one holds, in few lines, whatever differs; and a hostile side gets nowhere. */
import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { DeviceId } from '../../protocol/ids.js';
import { LINE_MAX } from '../../protocol/limits.js';
import { parseLinkMessage } from '../../protocol/link-messages.js';
import type { RangePart } from '../../protocol/range-messages.js';
import { Ends } from './ends.js';
import { Exchange } from './exchange.js';
import type { RangeLine } from './range-lines.js';

const device = (i: number): DeviceId =>
  createHash('sha256').update(`${i}`).digest('base64url').slice(0, 22) as DeviceId;
const channel = (logs: number, seq = 100): Map<DeviceId, number> =>
  new Map(Array.from({ length: logs }, (_, i) => [device(i), seq + (i % 900)]));

/** As on the wire, and back through the parser's checks. */
function carried({ from, parts }: RangeLine): { line: RangeLine; bytes: number } {
  const begin = from === '' ? {} : { from };
  const text = JSON.stringify({ type: 'ranges', conversation: '#general', number: 1, answers: 1, ...begin, parts });
  const message = parseLinkMessage(text);
  if (message.type !== 'ranges') throw new Error(`bug: ${text}`);
  expect(text.length).toBeLessThan(LINE_MAX);
  return { line: { from: message.from ?? '', parts: message.parts }, bytes: text.length + 1 };
}

interface Run {
  /** What `a` learns that `b` holds, and the other way round. */
  readonly ofB: Map<DeviceId, number>;
  readonly ofA: Map<DeviceId, number>;
  readonly bytes: number;
  /** How often the word goes from one side to the other. */
  readonly turns: number;
}

/** `b` answers `a`, which has said its digest, until nobody has anything to say. */
function run(a: ReadonlyMap<DeviceId, number>, b: ReadonlyMap<DeviceId, number>, listed: number): Run {
  const sides = [new Exchange(new Ends(b), listed), new Exchange(new Ends(a), listed)] as const;
  const learnt: [Map<DeviceId, number>, Map<DeviceId, number>] = [
    new Map<DeviceId, number>(),
    new Map<DeviceId, number>(),
  ];
  let lines: readonly RangeLine[] = [{ from: '', parts: [{ digest: sides[1].digest }] }];
  let [bytes, turns] = [0, 0];
  for (; lines.length > 0; turns++) {
    const at = turns % 2 === 0 ? 0 : 1;
    lines = lines.flatMap((line) => {
      const sent = carried(line);
      bytes += sent.bytes;
      const { logs, answer } = sides[at].hear(sent.line);
      for (const [id, seq] of logs) learnt[at].set(id, seq);
      return answer;
    });
  }
  for (const side of sides) expect(side.isOver).toBe(true);
  return { ofA: learnt[0], ofB: learnt[1], bytes, turns };
}

/** All that is above 0. */
const held = (logs: ReadonlyMap<DeviceId, number>): [DeviceId, number][] =>
  [...logs].filter(([, seq]) => seq > 0).sort(([a], [b]) => (a < b ? -1 : 1));

const fullBytes = (logs: number): number => logs * 29;

describe('two sides that compare by digests', () => {
  test('each learns exactly what the other one holds, of any two sets', () => {
    const sets = fc.array(fc.tuple(fc.nat(400), fc.nat(3), fc.nat(3)), { maxLength: 400 });
    fc.assert(
      fc.property(sets, fc.integer({ min: 1, max: 40 }), (logs, listed) => {
        const [a, b] = [new Map<DeviceId, number>(), new Map<DeviceId, number>()];
        for (const [i, ours, theirs] of logs) {
          if (ours > 0) a.set(device(i), ours);
          // Mostly the same.
          const other = theirs === 0 ? ours + 1 : ours;
          if (theirs !== 1 && other > 0) b.set(device(i), other);
        }
        const { ofA, ofB, turns } = run(a, b, listed);
        expect(held(ofA)).toEqual(held(a));
        expect(held(ofB)).toEqual(held(b));
        // 401 logs, by 16, and then the list and its answer.
        expect(turns).toBeLessThanOrEqual(6);
      }),
      { numRuns: 200 },
    );
  });

  test('nothing differs: one digest and one word', () => {
    const { bytes, turns } = run(channel(5_000), channel(5_000), 32);
    expect(turns).toBe(2);
    expect(bytes).toBeLessThan(300);
  });

  test.each([1, 10, 100])('what is sent grows with what differs: %i logs of 5,000', (differ) => {
    const theirs = channel(5_000);
    for (let i = 0; i < differ; i++) theirs.set(device(i * 50), 7);
    const { ofB, bytes, turns } = run(channel(5_000), theirs, 32);
    expect(held(ofB)).toEqual(held(theirs));
    expect(turns).toBeLessThanOrEqual(5);
    expect(bytes).toBeLessThan(4_000 + differ * 1_500);
  });

  test('a newcomer costs what a list would have, and so does a channel of which nothing is alike', () => {
    expect(run(channel(5_000), new Map(), 32).bytes).toBeLessThan(1.3 * fullBytes(5_000));
    expect(run(channel(10), channel(5_000), 32).bytes).toBeLessThan(1.3 * fullBytes(5_000));
    expect(run(channel(5_000, 1), channel(5_000, 2), 32).bytes).toBeLessThan(2.6 * fullBytes(5_000));
  });

  test('ids that were chosen to lie close together are parted like others', () => {
    const close = (seq: number): Map<DeviceId, number> =>
      new Map(
        Array.from({ length: 2_000 }, (_, i) => [`AAAAAAAAAAAAAAAAAA${String(i).padStart(4, '0')}` as DeviceId, seq]),
      );
    const theirs = close(3).set('AAAAAAAAAAAAAAAAAA0777' as DeviceId, 4);
    const { ofB, turns } = run(close(3), theirs, 32);
    expect(held(ofB)).toEqual(held(theirs));
    expect(turns).toBeLessThanOrEqual(5);
  });
});

describe('a hostile side', () => {
  const wrong = (char: string): string => char.repeat(43);
  const refused = (exchange: Exchange, line: RangeLine): void =>
    expect(() => exchange.hear(line)).toThrow(expect.objectContaining({ code: 'bad_request' }));

  test('digests that never match end in lists, and those in nothing more', () => {
    const exchange = new Exchange(new Ends(channel(5_000)), 32);
    let lines: readonly RangeLine[] = [{ from: '', parts: [{ digest: wrong('x') }] }];
    let turns = 0;
    for (; lines.length > 0 && turns < 20; turns++) {
      lines = lines.flatMap((line) => exchange.hear(line).answer);
      // Another wrong digest for each of its digests; of a list that it holds nothing of it.
      lines = lines.map(({ from, parts }) => ({
        from,
        parts: parts.map(({ to, digest, logs = {} }): RangePart => {
          const end = to === undefined ? {} : { to };
          if (digest !== undefined) return { ...end, digest: wrong('y') };
          return { ...end, but: Object.fromEntries(Object.keys(logs).map((id) => [id, 0])) };
        }),
      }));
    }
    expect(turns).toBeLessThanOrEqual(5);
    expect(exchange.isOver).toBe(true);
  });

  test('parting without end: each range is smaller than the one before, or listed', () => {
    const exchange = new Exchange(new Ends(channel(5_000)), 32);
    let [lines, told]: [readonly RangeLine[], number] = [[{ from: '', parts: [{ digest: wrong('x') }] }], 0];
    for (let turn = 0; turn < 40 && lines.length > 0; turn++) {
      const answer = lines.flatMap((line) => exchange.hear(line).answer);
      told += answer.reduce((sum, line) => sum + JSON.stringify(line).length, 0);
      // Only the ranges that are left open: all logs of one in its first part, and nothing in the second.
      lines = answer.flatMap(({ from, parts }) => {
        let at = from;
        return parts.flatMap(({ to, digest }): RangeLine[] => {
          const line = { from: at, parts: [{ to: (to ?? 'z').slice(0, 21) + '-', digest: wrong('y') }] };
          const part = to === undefined ? { digest: wrong('z') } : { to, digest: wrong('z') };
          [at] = [to ?? '~'];
          if (digest === undefined) return [];
          const isWithin = line.parts[0] !== undefined && line.parts[0].to > line.from && line.parts[0].to < at;
          return [{ from: line.from, parts: isWithin ? [...line.parts, part] : [part] }];
        });
      });
    }
    expect(lines).toEqual([]);
    expect(told).toBeLessThan(4 * fullBytes(5_000));
  });

  test('what is no answer is refused, and changes nothing', () => {
    const [ours, theirs] = [channel(500), channel(500).set(device(3), 4)];
    const exchange = new Exchange(new Ends(ours), 32);
    refused(exchange, { from: 'b', parts: [{ digest: wrong('x') }] });
    refused(exchange, { from: '', parts: [{ to: 'b' }] });
    refused(exchange, { from: '', parts: [{ but: { [device(1)]: 5 } }] });
    const { answer } = exchange.hear({ from: '', parts: [{ to: 'V', digest: wrong('x') }, { logs: {} }] });
    // The first half is parted, the second is settled.
    refused(exchange, { from: 'W', parts: [{ digest: wrong('x') }] });
    const [first] = answer;
    const to = first?.parts[0]?.to ?? '';
    refused(exchange, { from: '', parts: [{ to: 'V', digest: wrong('x') }] });
    refused(exchange, { from: '', parts: [{ to: to.slice(0, -1) || '-' }] });
    exchange.hear({ from: '', parts: [{ to, digest: wrong('x') }] });
    // Of a list nothing is parted.
    refused(exchange, { from: '', parts: [{ to, digest: wrong('x') }] });
    expect(exchange.isOver).toBe(false);
    expect(run(ours, theirs, 32).turns).toBe(4);
  });

  test.each<[string, object]>([
    ['ranges out of order', { parts: [{ to: 'c' }, { to: 'b' }] }],
    ['an empty range', { from: 'b', parts: [{ to: 'b' }] }],
    ['a range before the first', { from: 'c', parts: [{ to: 'b' }] }],
    ['more after the end', { parts: [{}, { to: 'b' }] }],
    ['a log outside of its range', { parts: [{ to: 'b', logs: { [`c${'0'.repeat(21)}`]: 1 } }] }],
    ['a log before its range', { from: 'd', parts: [{ but: { [`c${'0'.repeat(21)}`]: 1 } }] }],
    ['a log that is none', { parts: [{ logs: { ['__proto__x']: 1 } }] }],
    ['a seq that is none', { parts: [{ logs: { [device(1)]: 1.5 } }] }],
    ['two things said of one range', { parts: [{ digest: wrong('x'), logs: {} }] }],
    ['a digest that is none', { parts: [{ digest: 'x' }] }],
    ['a bound that is none', { parts: [{ to: '' }] }],
    ['a bound with other characters', { parts: [{ to: '~' }] }],
    ['too many parts', { parts: Array.from({ length: 1_025 }, (_, i) => ({ to: `a${String(i).padStart(5, '0')}` })) }],
    ['a direct conversation', { conversation: '@alice+bob', parts: [] }],
    ['a number that is none', { number: 0, parts: [] }],
    ['no parts', {}],
  ])('%s: no message', (_name, fields) => {
    const line = JSON.stringify({ type: 'ranges', conversation: '#general', number: 1, ...fields });
    expect(() => parseLinkMessage(line)).toThrow(expect.objectContaining({ code: 'bad_request' }));
  });

  test('whatever comes, a machine answers or refuses', () => {
    const bound = fc.constantFrom('A', 'K', 'V', 'c', 'k', 'z');
    const part = fc.record(
      {
        to: bound,
        digest: fc.constant(wrong('x')),
        logs: fc.constant({}),
        but: fc.constant({ [device(1)]: 3 }),
      },
      { requiredKeys: [] },
    );
    const line = fc.record({ from: fc.oneof(fc.constant(''), bound), parts: fc.array(part, { maxLength: 5 }) });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 20 }), (lines) => {
        const exchange = new Exchange(new Ends(channel(100)), 8);
        for (const { from, parts } of lines) {
          const begin = from === '' ? {} : { from };
          try {
            parseLinkMessage(JSON.stringify({ type: 'ranges', conversation: '#general', number: 1, ...begin, parts }));
            exchange.hear({ from, parts });
          } catch (error) {
            expect(error).toMatchObject({ code: 'bad_request' });
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  test('who parts ranges without end, where there are no logs, is refused once more wait for an answer than can', () => {
    const side = new Exchange(new Ends(channel(10)), 3);
    const bound = (i: number): string => `-${i.toString(36).padStart(6, '0')}`;
    let answered = 0;
    const part = (): void => {
      for (let from = ''; ; from = bound(answered)) {
        const parts = Array.from({ length: 50 }, (_, i) => ({ to: bound(answered + i + 1), digest: 'x'.repeat(43) }));
        side.hear({ from, parts });
        answered += parts.length;
        if (answered > 10_000) return;
      }
    };
    expect(part).toThrow(expect.objectContaining({ code: 'bad_request' }));
    expect(answered).toBeLessThan(200);
  });
});
