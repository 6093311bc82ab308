import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { lines } from './irc.js';
import { packets, published } from './mqtt.js';
import type { Speech } from './tcp-end.js';
import { stanzas } from './xmpp.js';

/** What comes out where the bytes come in pieces of these sizes. */
function framesOf({ split }: Speech, whole: string, sizes: readonly number[]): string[] {
  const frames: string[] = [];
  let [from, rest, at] = [0, '', 0];
  while (from < whole.length) {
    const size = sizes[at++ % sizes.length] ?? 1;
    const next = split(rest + whole.slice(from, from + size));
    frames.push(...next.frames);
    ({ rest } = next);
    from += size;
  }
  expect(rest).toBe('');
  return frames;
}

const long = 'm'.repeat(20_000);
const messages: readonly [string, Speech, string[]][] = [
  ['IRC', lines, [':alice PRIVMSG bob :one\r\n', 'PING :x\r\n', `:a PRIVMSG bob :${long}\r\n`]],
  ['MQTT', packets, [1, 2, 65_535, 65_536].map((id) => published.encode(id, id === 2 ? long : 'x'.repeat(id % 200)))],
  ['XMPP', stanzas, ['<message to="b"><body>one</body></message>', `<message><body>${long}</body></message>`]],
];

test.each(messages)('messages of %s come out whole, wherever they are cut', (_name, speech, sent) => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1, maxLength: 8 }), (sizes) => {
      expect(framesOf(speech, sent.join(''), sizes)).toEqual(
        sent.map((text) => (speech === lines ? text.trimEnd() : text)),
      );
    }),
    { numRuns: 30 },
  );
});

test('a publication is counted, and acknowledged with its number', () => {
  const frame = published.encode(65_536, 'hello');
  expect(published.arrived(frame)).toBe(1);
  const answer = packets.answer?.(frame) ?? '';
  expect([...Buffer.from(answer, 'latin1')]).toEqual([0x40, 2, 0, 1]);
  expect([published.confirmed?.(answer), packets.answer?.(answer)]).toEqual([1, undefined]);
  expect(lines.answer?.('PING :x')).toBe('PONG :x\r\n');
});
