import { describe, expect, test } from '@jest/globals';
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  compareEntries,
  entryId,
  fromWire,
  openWireText,
  signedBytes,
  signingText,
  toWire,
  type Entry,
  type EntryFields,
} from './entry.js';
import { isParleyError } from './errors.js';
import type { DeviceId } from './ids.js';
import { CLOCK_LEAD_MS } from './limits.js';
import { parseLinkMessage, type WireEntry } from './link-messages.js';
import { missingRanges, raise } from './heads.js';
import { nextTime } from './time.js';

interface Vectors {
  device: { spki: string; id: string };
  valid: { name: string; signing: string; wire: WireEntry }[];
  invalid: { name: string; code: string; line: string }[];
  order: WireEntry[];
}
const vectors = JSON.parse(readFileSync(new URL('./vectors.json', import.meta.url), 'utf8')) as Vectors;

describe('golden vectors', () => {
  test.each(vectors.valid)('$name', ({ wire, signing }) => {
    const parsed = parseLinkMessage(JSON.stringify(wire));
    if (parsed.type !== 'chat' && parsed.type !== 'broadcast') throw new Error('bug: not an entry');
    const entry = fromWire(parsed);
    expect(signingText(entry)).toBe(signing);
    expect(toWire(entry)).toEqual(wire);
    if (entry.sig === undefined) return;
    const key = createPublicKey({ key: Buffer.from(vectors.device.spki, 'base64url'), format: 'der', type: 'spki' });
    expect(verify(null, signedBytes(entry.id), key, Buffer.from(entry.sig, 'base64url'))).toBe(true);
  });

  test.each(vectors.invalid)('refused: $name', ({ line, code }) => {
    let refused: unknown;
    try {
      fromWire(parseLinkMessage(line) as WireEntry);
    } catch (error) {
      refused = error;
    }
    expect(isParleyError(refused) && refused.code).toBe(code);
  });

  test('the order of a timeline', () => {
    const entries = vectors.order.map(fromWire);
    expect([...entries].reverse().sort(compareEntries)).toEqual(entries);
  });
});

const fields = fc.record({
  kind: fc.constantFrom('text', 'reaction'),
  message: fc.string({ unit: 'grapheme', maxLength: 200 }).filter((text) => text.isWellFormed()),
  data: fc.dictionary(
    fc.string({ maxLength: 8 }).filter((key) => key !== '__proto__'),
    fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<unknown>,
    { maxKeys: 4 },
  ),
});
const base = {
  conversation: '#general',
  from: 'alice',
  device: 'A'.repeat(22),
  seq: 1,
  prev: '',
  time: '2026-11-20T06:27:00.123Z',
} as unknown as EntryFields;

test('the signing text is RFC 8785 JSON of its object', () => {
  fc.assert(
    fc.property(fields, (some) => {
      const [head, json = ''] = signingText({ ...base, ...some }).split(/\n(.*)/s);
      expect(head).toBe('parley/entry/1');
      expect(json).toBe(canonicalize(JSON.parse(json)));
    }),
  );
});

test('an entry stays the same over the wire, and a change of any signed field changes its id', () => {
  fc.assert(
    fc.property(fields, (some) => {
      const entry = { ...base, ...some };
      const wire = toWire({ ...entry, id: entryId(entry) });
      expect(fromWire(JSON.parse(JSON.stringify(wire)) as WireEntry).id).toBe(wire.id);
      expect(() => fromWire({ ...wire, message: `${wire.message}!` })).toThrow(
        expect.objectContaining({ code: 'bad_entry_id' }),
      );
      expect(() => fromWire({ ...wire, time: '2026-11-20T06:27:00.124Z' })).toThrow();
    }),
  );
});

test('the JSON text of an entry is its wire form', () => {
  fc.assert(
    fc.property(fields, fc.boolean(), fc.boolean(), (some, direct, signed) => {
      const conversation = direct ? '@alice+bob' : '#general';
      const entry = { ...base, ...some, conversation, ...(signed ? { sig: 'S'.repeat(86) } : {}) } as Entry;
      const whole = { ...entry, id: entryId(entry) };
      expect(JSON.parse(`${openWireText(whole)}}`)).toEqual(JSON.parse(JSON.stringify(toWire(whole))));
    }),
  );
});

describe('time', () => {
  const [a, b] = ['A'.repeat(22) as DeviceId, 'B'.repeat(22) as DeviceId];
  test('is the clock, unless a newer entry was seen', () => {
    expect(nextTime(1_000, undefined, a)).toBe(1_000);
    expect(nextTime(1_000, { time: 900, device: b }, a)).toBe(1_000);
    expect(nextTime(1_000, { time: 2_000, device: b }, a)).toBe(2_001);
    expect(nextTime(1_000, { time: 2_000, device: a }, b)).toBe(2_000);
  });
  test('does not follow a clock that is far ahead', () => {
    expect(nextTime(1_000, { time: 1_001 + CLOCK_LEAD_MS, device: b }, a)).toBe(1_000);
  });
  test('a new entry always sorts after what its author had seen', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.nat(CLOCK_LEAD_MS),
        fc.constantFrom(a, b),
        fc.constantFrom(a, b),
        (now, lead, seen, own) => {
          const newest = { time: now + lead, device: seen };
          const at = (time: number, device: DeviceId, seq: number): EntryFields => ({
            ...base,
            time: new Date(time).toISOString(),
            device,
            seq,
            prev: '',
          });
          expect(compareEntries(at(nextTime(now, newest, own), own, 2), at(newest.time, seen, 1))).toBeGreaterThan(0);
        },
      ),
    );
  });
});

describe('heads', () => {
  const [a, b, c] = ['A', 'B', 'C'].map((letter) => letter.repeat(22)) as [DeviceId, DeviceId, DeviceId];
  test('missing ranges are those that only the other side has', () => {
    const ours = new Map([
      [a, 5],
      [b, 2],
    ]);
    const theirs = new Map([
      [a, 3],
      [b, 4],
      [c, 1],
    ]);
    expect(missingRanges(ours, theirs)).toEqual([
      { device: b, from: 3, to: 4 },
      { device: c, from: 1, to: 1 },
    ]);
  });
  test('never decrease', () => {
    const ours = new Map([[a, 5]]);
    expect(
      raise(
        ours,
        new Map([
          [a, 3],
          [b, 4],
        ]),
      ),
    ).toEqual([b]);
    expect(ours).toEqual(
      new Map([
        [a, 5],
        [b, 4],
      ]),
    );
  });
});
