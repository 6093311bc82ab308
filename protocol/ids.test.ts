import { describe, expect, test } from '@jest/globals';
import {
  conversationParts,
  directConversation,
  otherParty,
  parseChannelName,
  parseDeviceId,
  parseUsername,
  type Username,
} from './ids.js';

const name = (text: string): Username => {
  const parsed = parseUsername(text);
  if (!parsed) throw new Error(`bug: ${text} is not a username`);
  return parsed;
};

describe('names', () => {
  test.each(['a', 'Alice', 'x_y-9', 'a'.repeat(32)])('%s is a username', (text) => {
    expect(parseUsername(text)).toBe(text);
  });
  test.each(['', 'a b', 'é', 'a'.repeat(33), 'a\n', '../x', 'a+b'])('%j is no username', (text) => {
    expect(parseUsername(text)).toBeUndefined();
  });
  test('channels are lower-case', () => {
    expect(parseChannelName('tech')).toBe('tech');
    expect(parseChannelName('Tech')).toBeUndefined();
  });
  test('a device id has 22 characters', () => {
    expect(parseDeviceId('A'.repeat(22))).toBeDefined();
    expect(parseDeviceId('A'.repeat(21))).toBeUndefined();
    expect(parseDeviceId(`${'A'.repeat(21)}=`)).toBeUndefined();
  });
});

describe('conversation ids', () => {
  test('a direct one is the same from both sides', () => {
    expect(directConversation(name('Bob'), name('alice'))).toBe('@alice+bob');
    expect(directConversation(name('alice'), name('Bob'))).toBe('@alice+bob');
  });
  test.each(['@bob+alice', '@Alice+bob', '@alice', '@a+b+c', '#', '#Tech', 'general', '@+'])(
    '%s is not a conversation id',
    (text) => {
      expect(conversationParts(text)).toBeUndefined();
    },
  );
  test('the other party is found', () => {
    const pair = directConversation(name('alice'), name('bob'));
    expect(otherParty(pair, name('ALICE'))).toBe('bob');
    expect(otherParty(pair, name('carol'))).toBeUndefined();
    expect(otherParty(directConversation(name('me'), name('me')), name('me'))).toBe('me');
  });
});
