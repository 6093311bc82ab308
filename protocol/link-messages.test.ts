import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isParleyError } from './errors.js';
import { DATA_DEPTH_MAX } from './text.js';
import { SEQ_MAX } from './limits.js';
import { HAVE_CONVERSATIONS_MAX, parseLinkMessage } from './link-messages.js';

const device = 'D'.repeat(22);
const id = 'i'.repeat(43);
const entry = {
  type: 'broadcast',
  id,
  from: 'alice',
  device,
  channel: 'general',
  seq: 12,
  prev: id,
  time: '2026-11-20T06:27:00.123Z',
  kind: 'text',
  message: 'hello',
  data: {},
  sig: 's'.repeat(86),
};
const handshake = { type: 'handshake', username: 'alice', device, version: 1, features: ['x'], channels: ['general'] };

const samples: object[] = [
  entry,
  { ...entry, type: 'chat', channel: 'direct', to: 'bob' },
  { ...entry, seq: 1, prev: '', sig: undefined, kind: 'of-the-future', data: { a: [{ b: 1.5 }], c: null } },
  handshake,
  { ...handshake, type: 'handshake_ack' },
  { type: 'handshake_refused', code: 'too_many_links', message: 'Full.' },
  { type: 'have', conversations: { '#general': { [device]: 12 }, '@alice+bob': {} }, complete: true },
  { type: 'want', conversation: '@alice+bob', device, from: 3, to: SEQ_MAX },
  { type: 'devices', certificates: ['-----BEGIN CERTIFICATE-----'] },
  { type: 'joined', channel: 'tech' },
  { type: 'left', channel: 'tech' },
  { type: 'typing', conversation: '#general' },
  { type: 'read', conversation: '#general', upTo: id },
  { type: 'status', status: 'away' },
  { type: 'ping' },
  { type: 'pong' },
  { type: 'error', code: 'unknown_type', message: 'No.', fatal: false },
];

function codeOf(line: string): string {
  try {
    return `read as ${parseLinkMessage(line).type}`;
  } catch (error) {
    if (!isParleyError(error)) throw error;
    return error.code;
  }
}

function nested(depth: number): unknown {
  return depth === 0 ? 1 : { a: nested(depth - 1) };
}

describe('link messages', () => {
  test.each(samples.map((sample) => [JSON.stringify(sample)]))('%s', (line) => {
    expect(parseLinkMessage(line)).toEqual(JSON.parse(line));
  });

  test('unknown fields are ignored, unknown types returned', () => {
    expect(codeOf('{"type":"ping","more":1}')).toBe('read as ping');
    expect(parseLinkMessage('{"type":"dance"}')).toEqual({ type: 'unknown', name: 'dance' });
    expect(parseLinkMessage(`{"type":"${'x'.repeat(1000)}"}`)).toEqual({ type: 'unknown', name: 'x'.repeat(64) });
    expect(codeOf('{"type":"constructor"}')).toBe('read as unknown');
  });

  test.each(['', 'hello', '{', '[]', 'null', '1', '"ping"', '{"type":"ping"}{', '['.repeat(200_000)])(
    'not a JSON object: %.20s',
    (line) => {
      expect(codeOf(line)).toBe('bad_json');
    },
  );

  test.each<[string, object]>([
    ['no type', {}],
    ['a type that is no text', { type: 7 }],
    ['a missing field', { ...entry, id: undefined }],
    ['an id of another length', { ...entry, id: `${id}i` }],
    ['a name that is none', { ...entry, from: '../alice' }],
    ['seq 0', { ...entry, seq: 0 }],
    ['a fraction as seq', { ...entry, seq: 1.5 }],
    ['a seq beyond the limit', { ...entry, seq: SEQ_MAX + 1 }],
    ['a time without milliseconds', { ...entry, time: '2026-11-20T06:27:00Z' }],
    ['a time with a newline', { ...entry, time: '2026-11-20T06:27:00.123Z\n' }],
    ['a message that is no text', { ...entry, message: 7 }],
    ['a message too long', { ...entry, message: 'x'.repeat(16 * 1024 + 1) }],
    ['half a surrogate', { ...entry, message: '\ud83d' }],
    ['half a surrogate in data', { ...entry, data: { a: ['\ud83d'] } }],
    ['data that is a list', { ...entry, data: [] }],
    ['data that is too deep', { ...entry, data: nested(DATA_DEPTH_MAX + 1) }],
    ['a direct message without receiver', { ...entry, type: 'chat', channel: 'direct' }],
    ['a direct message in a channel', { ...entry, type: 'chat', to: 'bob' }],
    ['a kind too long', { ...entry, kind: 'k'.repeat(33) }],
    ['a signature too short', { ...entry, sig: 's' }],
    ['too many channels', { ...handshake, channels: Array(513).fill('general') }],
    ['too many features', { ...handshake, features: Array(65).fill('x') }],
    ['too many certificates', { type: 'devices', certificates: Array(65).fill('') }],
    ['a want backwards', { type: 'want', conversation: '#general', device, from: 3, to: 2 }],
    ['a conversation out of order', { type: 'typing', conversation: '@bob+alice' }],
    ['a have of no conversation', { type: 'have', conversations: { general: {} } }],
    ['a have of no device', { type: 'have', conversations: { '#general': { alice: 1 } } }],
    ['a have below nothing', { type: 'have', conversations: { '#general': { [device]: -1 } } }],
    ['a have of a list', { type: 'have', conversations: { '#general': [] } }],
    [
      'a have of too many',
      {
        type: 'have',
        conversations: Object.fromEntries(Array.from({ length: HAVE_CONVERSATIONS_MAX + 1 }, (_, n) => [`#${n}`, {}])),
      },
    ],
    ['a status that is none', { type: 'status', status: 'asleep' }],
  ])('%s', (_, message) => {
    expect(codeOf(JSON.stringify(message))).toBe('bad_request');
  });

  test('no key can change a prototype', () => {
    const hostile = '{"__proto__":{"polluted":1}}';
    expect(codeOf(JSON.stringify(entry).replace('{}', hostile))).toBe('bad_request');
    expect(codeOf(JSON.stringify(entry).replace('{}', `{"a":[${hostile}]}`))).toBe('bad_request');
    expect(codeOf(JSON.stringify(entry).replace('{}', '{"\\u005f_proto__":1}'))).toBe('bad_request');
    expect(codeOf(`{"type":"have","conversations":${hostile}}`)).toBe('bad_request');
    expect(codeOf(`{"type":"have","conversations":{"#general":${hostile}}}`)).toBe('bad_request');
    expect(codeOf(`{"__proto__":${JSON.stringify(entry)}}`)).toBe('bad_request');
    expect(codeOf(JSON.stringify(entry).replace('{}', '{"a":1e999}'))).toBe('bad_request');
  });

  test('any JSON is a message, unknown, or an error with a code', () => {
    const values = fc.jsonValue({ maxDepth: 3 });
    const mutated = fc
      .record({ sample: fc.constantFrom(...samples), field: fc.nat(), value: values })
      .map(({ sample, field, value }) => {
        const keys = Object.keys(sample);
        return { ...sample, [keys[field % keys.length] ?? 'type']: value };
      });
    fc.assert(
      fc.property(fc.oneof(mutated, values), (value) => {
        expect(codeOf(JSON.stringify(value))).toMatch(/^(read as \w+|bad_request|bad_json)$/);
      }),
      { numRuns: 2000 },
    );
  });

  test('any text is a message, unknown, or an error with a code', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(codeOf(text)).toMatch(/^(read as \w+|bad_request|bad_json)$/);
      }),
    );
  });
});
