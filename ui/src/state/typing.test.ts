import { describe, expect, test } from '@jest/globals';
import { TYPING_SHOWN_MS } from '../limits.js';
import { createStore } from './store.js';
import { entry, signedIn } from './test-samples.js';
import { afterExpiry, nextExpiry, withoutAuthors, withTypist, type TypingIn } from './typing.js';

const names = (all: TypingIn, conversation = '#general'): string[] =>
  (all[conversation] ?? []).map(({ username }) => username);

describe('who types', () => {
  test('is believed for six seconds after they were heard last', () => {
    let all = withTypist({}, '#general', 'bob', 1_000);
    all = withTypist(all, '#general', 'carol', 2_000);
    all = withTypist(all, '#general', 'Bob', 4_000);
    expect(names(all)).toEqual(['Bob', 'carol']);
    expect(nextExpiry(all)).toBe(2_000 + TYPING_SHOWN_MS);
    all = afterExpiry(all, 2_000 + TYPING_SHOWN_MS);
    expect(names(all)).toEqual(['Bob']);
    all = afterExpiry(all, 4_000 + TYPING_SHOWN_MS);
    expect(all).toEqual({});
    expect(nextExpiry(all)).toBeUndefined();
  });

  test('stays the same object where nothing changes', () => {
    const all = withTypist({}, '#general', 'bob', 0);
    expect(afterExpiry(all, 1)).toBe(all);
    expect(withoutAuthors(all, '#general', [entry(1, { from: 'carol' })])).toBe(all);
    expect(withoutAuthors(all, '#tech', [entry(1)])).toBe(all);
  });

  test('is over once they have said something there; joining is saying nothing', () => {
    const store = createStore(signedIn());
    const hear = (conversation: string): void =>
      store.dispatch({ type: 'typing/heard', conversation, username: 'bob', at: 0 });
    hear('#general');
    hear('#tech');
    const tell = (kind: string): void =>
      store.dispatch({
        type: 'event',
        event: { type: 'entries', conversation: '#general', entries: [entry(1, { from: 'BOB', kind })] },
      });
    tell('join');
    expect(names(store.get().typing)).toEqual(['bob']);
    tell('text');
    expect(names(store.get().typing)).toEqual([]);
    expect(names(store.get().typing, '#tech')).toEqual(['bob']);
    store.dispatch({ type: 'typing/expired', at: TYPING_SHOWN_MS });
    expect(store.get().typing).toEqual({});
  });
});
