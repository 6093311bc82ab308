import { beforeEach, describe, expect, test } from '@jest/globals';
import type { ConversationView } from '../../../protocol/local-api.js';
import { entry, snapshot, TestChat } from './test-chat.js';

const many = Array.from({ length: 60 }, (_, at) => entry('bob', `m${at} said`));
let chat: TestChat;
beforeEach(() => {
  chat = new TestChat();
});

/** As after a connection was made anew, with this left of `#general`. */
function open(unread: number, readUpTo: string | undefined, more = false): void {
  const general: ConversationView = {
    id: '#general',
    unread,
    receipts: {},
    ...(readUpTo !== undefined && { readUpTo }),
  };
  chat.act({ type: 'event', event: snapshot({ conversations: [general] }) });
  chat.taken();
  chat.page(many, more);
}

const reads = () => chat.taken().map((effect) => (effect.do === 'run' ? effect.args : effect.do));
const read = (at: number) => ({ conversation: '#general', upTo: many[at]?.id });
const isSeen = ({ message }: { message: string }): boolean => chat.screen().includes(` ${message}`);

describe('what is unread', () => {
  test('is begun at its beginning, and is read as far as it was seen', () => {
    open(50, many[9]?.id);
    expect(chat.lines()[1]).toMatch(/ new /);
    expect(many.findIndex(isSeen)).toBe(10);
    const last = many.findLastIndex(isSeen);
    expect(last).toBeLessThan(59);
    expect(reads()).toEqual([read(last)]);
    chat.key('wheeldown');
    expect(reads()).toEqual([read(last + 3)]);
    for (let i = 0; i < 5; i++) chat.key('pagedown');
    expect(reads().at(-1)).toEqual(read(59));
  });

  test('and fits the screen is seen at once, with what was before it', () => {
    open(3, many[56]?.id);
    expect(isSeen({ message: 'm50 said' })).toBe(true);
    expect(reads()).toEqual([read(59)]);
  });

  test('and begins above all that is loaded is not read before one is at the end of it', () => {
    open(900, 'x'.repeat(43), true);
    expect([isSeen({ message: 'm0 said' }), reads()]).toEqual([true, []]);
    chat.key('wheeldown');
    expect(reads()).toEqual([]);
    chat.key('escape');
    expect(reads()).toEqual([read(59)]);
  });

  test('of a conversation in which nothing was ever read is seen from its end', () => {
    open(60, undefined);
    expect([isSeen({ message: 'm59 said' }), reads()]).toEqual([true, [read(59)]]);
  });
});
