import { describe, expect, test } from '@jest/globals';
import { conversationRoute, formatRoute, parseRoute, routeConversation } from './route.js';

describe('routes', () => {
  test.each(['#/', '#/c/general', '#/u/Bob_2', `#/m/${'a'.repeat(43)}`, '#/channels', '#/people', '#/settings'])(
    '%s is its own URL',
    (hash) => {
      expect(formatRoute(parseRoute(hash))).toBe(hash);
    },
  );

  test.each(['', '#', '#/c/', '#/c/Not A Channel', '#/u/<script>', '#/toString', '#/c/../../x', '#//'])(
    '%j leads home',
    (hash) => {
      expect(parseRoute(hash)).toEqual({ view: 'home' });
    },
  );

  test('name conversations, and conversations have routes', () => {
    expect(routeConversation(parseRoute('#/c/tech'), 'alice')).toBe('#tech');
    expect(routeConversation(parseRoute('#/u/Bob'), 'Alice')).toBe('@alice+bob');
    expect(routeConversation(parseRoute('#/settings'), 'alice')).toBeUndefined();
    expect(formatRoute(conversationRoute('@alice+bob', 'Bob'))).toBe('#/u/alice');
    expect(formatRoute(conversationRoute('@alice+alice', 'alice'))).toBe('#/u/alice');
    expect(formatRoute(conversationRoute('#tech', 'alice'))).toBe('#/c/tech');
  });
});
