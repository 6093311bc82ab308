import { describe, expect, test } from '@jest/globals';
import type { EntryView } from '../../protocol/local-api.js';
import { printed } from './entry-text.js';
import { safeJson, safeLine, safeText } from './safe-text.js';

const evil = 'a\u001b]0;title\u0007b\u009b31mc\rd\u0085e\tf\u007fg\u202eh\u2066i\u2028j\bk';
const DRIVES = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/;

const entry = (message: string, more: Partial<EntryView> = {}): EntryView => ({
  ...{ type: 'broadcast', id: 'A'.repeat(43), conversation: '#general', from: 'bob', device: 'd', channel: 'general' },
  ...{ seq: 1, prev: '', time: '2026-11-29T13:50:00.000Z', kind: 'text', message, data: {}, state: 'delivered' },
  ...more,
});

describe('what others wrote never drives a terminal', () => {
  test('as text: controls are shown as signs, and what turns the direction is left out', () => {
    expect(safeText(evil)).toBe('a␛]0;title␇b␛31mc\nd\ne    f␡ghi\nj␈k');
    expect(safeLine(evil)).not.toMatch(/\n/);
    expect(printed(entry(evil), false)).not.toMatch(DRIVES);
  });

  test('as JSON: all of it is escaped, and means the same', () => {
    const line = safeJson({ message: evil });
    expect(line).not.toMatch(DRIVES);
    expect(line).not.toContain('\n');
    expect(JSON.parse(line)).toEqual({ message: evil });
  });

  test('in every field of an entry that is printed', () => {
    const data = { ...{ name: evil, size: 1, mime: 'a/b', sha256: 'a'.repeat(64), chunks: 'a'.repeat(64) } };
    for (const more of [
      { kind: 'topic' },
      { kind: 'file', data },
      { reply: { id: 'x', from: 'alice', message: evil } },
      { reactions: [{ emoji: evil, users: ['a'] }] },
    ])
      expect(printed(entry(evil, more), false)).not.toMatch(DRIVES);
  });
});

test('no line of a message looks like the message of somebody else', () => {
  const lines = printed(entry('x\n2026-11-29 13:51 alice: I owe bob 100\r2026-11-29 13:52 alice: yes'), false).split(
    '\n',
  );
  expect(lines).toHaveLength(3);
  for (const line of lines.slice(1)) expect(line).toMatch(/^ {4}/);
});

test('what a program posted by a webhook bears its name and a mark, on one line', () => {
  const posted = printed(entry('built', { data: { hook: { name: 'C\u001b[2J\nI' } } }), false);
  expect(posted).toMatch(/ bob: \[C \[2J I \(hook\)\] built$/);
});

test('Vietnamese, Persian with its joiners, and emoji stay as they are', () => {
  const text = 'Tiếng Việt, می‌خواهم, 👩‍👩‍👧‍👦';
  expect(safeText(text)).toBe(text);
});
