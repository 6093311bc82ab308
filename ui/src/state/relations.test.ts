import { describe, expect, test } from '@jest/globals';
import { reduce } from './reduce.js';
import { hasReacted, isOwnMessage, reactionsWith, underWay } from './relations.js';
import type { AskedChange, Change } from './relations.js';
import { entry, ME, signedIn } from './test-samples.js';

const asked = (...changes: Change[]): AskedChange[] => changes.map((change, index) => ({ id: String(index), change }));
const react = (emoji: string, on: boolean): Change => ({ kind: 'react', emoji, on });

describe('reactions that were asked for', () => {
  const known = [
    { emoji: '👍', users: ['bob', 'Alice'] },
    { emoji: '🎉', users: ['bob'] },
  ];

  test('show as they will be', () => {
    expect(reactionsWith(known, asked(react('🎉', true), react('❤️', true)), 'alice')).toEqual([
      known[0],
      { emoji: '🎉', users: ['bob', 'alice'] },
      { emoji: '❤️', users: ['alice'] },
    ]);
    expect(reactionsWith(known, asked(react('👍', false)), 'alice')).toEqual([
      { emoji: '👍', users: ['bob'] },
      known[1],
    ]);
    expect(reactionsWith([], asked(react('👍', true), react('👍', false)), 'alice')).toEqual([]);
  });

  test('change nothing where that is how it stands', () => {
    expect(reactionsWith(known, asked(react('👍', true), react('😂', false)), 'alice')).toEqual(known);
    expect(reactionsWith(known, [], 'alice')).toBe(known);
  });

  test('are told apart from those of others, whatever the case of the name', () => {
    expect(hasReacted(known, '👍', 'alice')).toBe(true);
    expect(hasReacted(known, '🎉', 'alice')).toBe(false);
  });
});

test('the last edit or deletion is under way', () => {
  expect(underWay(asked(react('👍', true)))).toBeUndefined();
  expect(
    underWay(asked({ kind: 'edit', message: 'a' }, { kind: 'edit', message: 'b' }, { kind: 'pin', on: true })),
  ).toEqual({
    kind: 'edit',
    message: 'b',
  });
});

test('one may edit and delete only what one wrote and did not take back', () => {
  const own = entry(1, { from: 'Alice' });
  expect(isOwnMessage(own, 'alice')).toBe(true);
  expect(isOwnMessage({ ...own, deleted: true }, 'alice')).toBe(false);
  expect(isOwnMessage({ ...own, kind: 'topic' }, 'alice')).toBe(false);
  expect(isOwnMessage({ ...own, former: true }, 'alice')).toBe(false);
  expect(isOwnMessage(entry(1), 'alice')).toBe(false);
});

describe('in the state', () => {
  test('a change is known from the asking to the answer', () => {
    const first: AskedChange = { id: 'a', change: react('👍', true) };
    const second: AskedChange = { id: 'b', change: { kind: 'delete' } };
    let state = reduce(signedIn(), { type: 'change/asked', target: 'x', asked: first });
    state = reduce(state, { type: 'change/asked', target: 'x', asked: second });
    expect(state.asked).toEqual({ x: [first, second] });
    state = reduce(state, { type: 'change/answered', target: 'x', id: 'a' });
    expect(state.asked).toEqual({ x: [second] });
    expect(reduce(state, { type: 'change/answered', target: 'x', id: 'b' }).asked).toEqual({});
  });

  test('the composer answers or edits one entry a conversation, until it is done or cancelled', () => {
    const target = entry(1, { from: ME.username });
    let state = reduce(signedIn(), { type: 'compose/reply', entry: target });
    expect(state.composing).toEqual({ '#general': { mode: 'reply', entry: target } });
    state = reduce(state, { type: 'compose/edit', entry: target });
    expect(state.composing).toEqual({ '#general': { mode: 'edit', entry: target } });
    expect(reduce(state, { type: 'compose/cancel', conversation: '#other' }).composing).toBe(state.composing);
    expect(reduce(state, { type: 'compose/cancel', conversation: '#general' }).composing).toEqual({});
  });

  test('the composer follows what happens to that entry, and lets go of one that is taken back', () => {
    const target = entry(1);
    const state = reduce(signedIn(), { type: 'compose/reply', entry: target });
    const changed = (next: typeof target) =>
      reduce(state, { type: 'event', event: { type: 'changed', conversation: '#general', entries: [next] } }).composing;
    expect(changed({ ...target, message: 'new' })['#general']?.entry.message).toBe('new');
    expect(changed({ ...target, message: '', deleted: true })).toEqual({});
    expect(changed(entry(2))).toBe(state.composing);
  });
});
