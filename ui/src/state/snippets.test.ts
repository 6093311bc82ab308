import { describe, expect, test } from '@jest/globals';
import { COMPOSER_MAX } from '../limits.js';
import { composerText } from './drafts.js';
import { reduce } from './reduce.js';
import { entry, signedIn } from './test-samples.js';

const long = 'x'.repeat(COMPOSER_MAX + 1);
const own = entry(7, { from: 'alice', device: 'device-of-alice', message: 'as it was' });

describe('a draft that no composer can hold becomes a snippet', () => {
  test('whoever writes it: this window, or another one', () => {
    const typed = reduce(signedIn(), { type: 'draft', conversation: '#general', text: long });
    const foreign = reduce(signedIn(), { type: 'draft/foreign', key: '#general', text: long });
    for (const state of [typed, foreign]) {
      expect(state.drafts['#general']).toBe('');
      expect(state.snippets).toMatchObject([{ conversation: '#general', text: long }]);
    }
  });

  test('and an edit begins anew', () => {
    const editing = reduce(signedIn(), { type: 'compose/edit', entry: own });
    const state = reduce(editing, { type: 'draft', conversation: `edit ${own.id}`, text: long });
    expect(composerText(state, '#general')).toBe('as it was');
    expect(state.snippets).toMatchObject([{ conversation: '#general', text: long }]);
  });

  test('also where the edit is opened later', () => {
    const drafts = { '#general': 'short', '#tech': long, [`edit ${own.id}`]: long };
    const start = reduce(signedIn(), { type: 'session/signed_in', username: 'alice', outbox: [], drafts });
    expect(start.drafts['#tech']).toBeUndefined();
    const state = reduce(start, { type: 'compose/edit', entry: own });
    expect(composerText(state, '#general')).toBe('as it was');
    expect(state.drafts['#general']).toBe('short');
    expect(state.snippets).toMatchObject([{ conversation: '#general', text: long }]);
  });

  test('but a text that fits stays where it is', () => {
    const state = reduce(signedIn(), { type: 'draft', conversation: '#general', text: 'x'.repeat(COMPOSER_MAX) });
    expect(state.snippets).toEqual([]);
    expect(composerText(state, '#general')).toHaveLength(COMPOSER_MAX);
  });
});

test('a snippet is replaced by what is left of it, and goes when nothing is', () => {
  const snippet = { id: 's', conversation: '#general', text: 'one\ntwo', createdAt: 1 };
  const first = reduce(signedIn(), { type: 'snippet', snippet });
  const second = reduce(first, { type: 'snippet', snippet: { ...snippet, text: 'two' } });
  expect(second.snippets).toEqual([{ ...snippet, text: 'two' }]);
  expect(reduce(second, { type: 'snippet', snippet: { ...snippet, text: '' } }).snippets).toEqual([]);
  expect(reduce(second, { type: 'snippet/drop', id: 's' }).snippets).toEqual([]);
});
