import { describe, expect, test } from '@jest/globals';
import { LineReader, type ReadLine } from './line-reader.js';
import { cut, formatLine, parseLine } from './wire.js';

describe('a line', () => {
  test.each([
    ['PRIVMSG #a :hello  world', { command: 'PRIVMSG', params: ['#a', 'hello  world'], tags: {} }],
    ['privmsg   #a   x', { command: 'PRIVMSG', params: ['#a', 'x'], tags: {} }],
    [':me!a@b JOIN #a', { command: 'JOIN', params: ['#a'], tags: {} }],
    [
      '@a=1;+b/c;d=\\:\\s\\\\\\r\\n\\x TAGMSG #a',
      { command: 'TAGMSG', params: ['#a'], tags: { a: '1', '+b/c': '', d: '; \\\r\nx' } },
    ],
    ['USER a 0 * :', { command: 'USER', params: ['a', '0', '*', ''], tags: {} }],
    ['PING ::x', { command: 'PING', params: [':x'], tags: {} }],
  ])('%s is read', (text, parts) => expect(parseLine(text)).toEqual(parts));

  test.each(['', ':only.source', '@only=tags', '@a=1', ' '])('%j is none', (text) =>
    expect(parseLine(text)).toBeUndefined(),
  );

  test('with a command that nobody knows has one', () =>
    expect(['NO_SUCH x', '!!', '0'].map((text) => parseLine(text)?.command)).toEqual(['NO_SUCH', '!!', '0']));

  test('is written as it is read', () => {
    const text = formatLine({
      source: 'a!a@b',
      command: 'PRIVMSG',
      params: ['#a', ':x y'],
      tags: { k: 'a; \\\r\n', e: '' },
    });
    expect(text).toBe('@k=a\\:\\s\\\\\\r\\n;e :a!a@b PRIVMSG #a ::x y');
    expect(parseLine(text)).toMatchObject({ params: ['#a', ':x y'], tags: { k: 'a; \\\r\n', e: '' } });
  });

  test.each(['a\r\nQUIT', 'a\nb', 'a\rb', 'a\0b'])('is one line whatever is in it: %j', (hostile) => {
    for (const part of ['source', 'command', 'middle', 'last', 'tag'] as const) {
      const text = formatLine({
        source: part === 'source' ? hostile : 'a',
        command: part === 'command' ? hostile : 'X',
        params: [part === 'middle' ? hostile : 'p', part === 'last' ? hostile : 'q'],
        tags: { k: part === 'tag' ? hostile : 'v' },
      });
      expect(text).not.toMatch(/[\r\n\0]/);
    }
  });

  test('a parameter in the middle is one word', () => {
    expect(formatLine({ command: 'X', params: ['a b', ':c', '', 'd'] })).toBe('X a_b _c * :d');
  });

  test('has at most 512 bytes without its tags, cut between characters', () => {
    const text = formatLine({
      source: 'a',
      command: 'PRIVMSG',
      params: ['#a', '€'.repeat(400)],
      tags: { t: 'x'.repeat(900) },
    });
    const body = text.slice(text.indexOf(' ') + 1);
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(510);
    expect(body.isWellFormed()).toBe(true);
    expect(body).toMatch(/€$/);
    expect(cut('a€', 3)).toBe('a');
  });
});

describe('bytes', () => {
  const read = (chunks: readonly Buffer[]): ReadLine[] => {
    const reader = new LineReader();
    return chunks.flatMap((chunk) => [...reader.push(chunk)]);
  };
  const all = Buffer.from('NICK a\r\n\r\nUSER é 0 * :ü€\nPING 😀\r\nhalf');

  test('are the same lines however they are cut', () => {
    const whole = read([all]);
    expect(whole).toEqual([{ text: 'NICK a' }, { text: 'USER é 0 * :ü€' }, { text: 'PING 😀' }]);
    for (let at = 0; at <= all.length; at++) expect(read([all.subarray(0, at), all.subarray(at)])).toEqual(whole);
    expect(read([...all].map((byte) => Buffer.from([byte])))).toEqual(whole);
  });

  test('a line that is too long, or no UTF-8, is told of, and the next one is read', () => {
    const long = `PRIVMSG #a :${'x'.repeat(100_000)}`;
    expect(read([Buffer.from(`${long}\r\nPING a\r\n`)])).toEqual([
      { wrong: 'too_long', command: 'PRIVMSG' },
      { text: 'PING a' },
    ]);
    expect(read([Buffer.from(`PING ${'x'.repeat(506)}\r\n`)])).toEqual([{ wrong: 'too_long', command: 'PING' }]);
    expect(read([Buffer.from(`PING ${'x'.repeat(505)}\r\n`)])).toHaveLength(1);
    expect(read([Buffer.from(`@a=${'x'.repeat(4092)} PING a\r\n`)])).toEqual([
      { text: `@a=${'x'.repeat(4092)} PING a` },
    ]);
    expect(read([Buffer.from(`@a=${'x'.repeat(4093)} PING a\r\n`)])).toEqual([{ wrong: 'too_long', command: 'PING' }]);
    const noise = Buffer.concat([
      Buffer.from('NOTICE a :'),
      Buffer.from([0xff, 0xc3, 0x28]),
      Buffer.from('\nPING b\n'),
    ]);
    expect(read([noise])).toEqual([{ wrong: 'not_utf8', command: 'NOTICE' }, { text: 'PING b' }]);
    const labelled = (tags: string): ReadLine[] => read([Buffer.from(`${tags} PING \xff\n`, 'latin1')]);
    expect(labelled('@a=b;label=x.1;c')).toEqual([{ wrong: 'not_utf8', command: 'PING', label: 'x.1' }]);
    for (const tags of ['@label', '@xlabel=1', `@label=${'x'.repeat(65)}`, '@label=\xff', '@label=a\\s'])
      expect(labelled(tags)).toEqual([{ wrong: 'not_utf8', command: 'PING' }]);
  });

  test('NUL and CR within a line are nothing of it', () =>
    expect(read([Buffer.from('PI\0NG a\rb\n')])).toEqual([{ text: 'PING ab' }]));
});
