import { describe, expect, test } from '@jest/globals';
import { composerText, draftKey, hasDraft, lastOwnText, withForeignDraft } from './drafts.js';
import { reduce } from './reduce.js';
import { entry, signedIn } from './test-samples.js';

describe('the text in the composer', () => {
  const own = entry(7, { from: 'alice', message: 'as it was' });

  test('is the draft; during an edit the message; and the draft again afterwards', () => {
    let state = reduce(signedIn(), { type: 'draft', conversation: '#general', text: 'half a sen' });
    state = reduce(state, { type: 'compose/edit', entry: own });
    expect(composerText(state, '#general')).toBe('as it was');
    const key = draftKey('#general', state.composing['#general']);
    state = reduce(state, { type: 'draft', conversation: key, text: '' });
    expect(composerText(state, '#general')).toBe('');
    state = reduce(state, { type: 'draft', conversation: key, text: 'as it is' });
    expect(composerText(state, '#general')).toBe('as it is');
    state = reduce(state, { type: 'compose/cancel', conversation: '#general' });
    expect(composerText(state, '#general')).toBe('half a sen');
  });

  test('of a reply is the draft', () => {
    const state = reduce(signedIn(), { type: 'compose/reply', entry: own });
    expect(draftKey('#general', state.composing['#general'])).toBe('#general');
    expect(composerText(state, '#general')).toBe('');
  });
});

describe('a draft of another window', () => {
  test('is taken over, but for the one that is being typed here', () => {
    const drafts = { '#general': 'mine' };
    expect(withForeignDraft(drafts, '#general', 'theirs', undefined)).toEqual({ '#general': 'theirs' });
    expect(withForeignDraft(drafts, '#general', 'theirs', '#tech')).toEqual({ '#general': 'theirs' });
    expect(withForeignDraft(drafts, '#general', 'theirs', '#general')).toBe(drafts);
    expect(withForeignDraft(drafts, '#general', 'mine', undefined)).toBe(drafts);
    expect(withForeignDraft(drafts, '#tech', '', undefined)).toBe(drafts);
  });
});

test('a draft is something besides spaces', () => {
  expect(hasDraft({ '#general': ' x' }, '#general')).toBe(true);
  expect(hasDraft({ '#general': ' \n' }, '#general')).toBe(false);
  expect(hasDraft({}, '#general')).toBe(false);
});

test('the message to edit is the newest own text that still stands', () => {
  const entries = [
    entry(1, { from: 'alice' }),
    entry(2, { from: 'Alice' }),
    entry(3, { from: 'alice', deleted: true }),
    entry(4, { from: 'alice', kind: 'topic' }),
    entry(5),
  ];
  expect(lastOwnText(entries, 'alice')?.seq).toBe(2);
  expect(lastOwnText([entry(5)], 'alice')).toBeUndefined();
});
