import { describe, expect, test } from '@jest/globals';
import type { EntryView, LocalEvent } from '../../../protocol/local-api.js';
import type { FindingChange, SearchAnswer } from './finding.js';
import { reduce } from './reduce.js';
import type { State } from './model.js';
import { entry, signedIn, snapshot } from './test-samples.js';

const answer = (entries: readonly EntryView[], more = false): SearchAnswer => ({
  entries,
  terms: ['kettle'],
  problems: [],
  more,
});
const after = (state: State, ...changes: readonly FindingChange[]): State =>
  changes.reduce((now, change) => reduce(now, { type: 'finding', change }), state);
const seqs = (state: State): number[] => state.finding.search.entries.map(({ seq }) => seq);

describe('a search', () => {
  const asked = (query: string): FindingChange => ({ kind: 'search/asked', query });
  const found = after(signedIn(), asked('kettle'), {
    kind: 'search/answered',
    query: 'kettle',
    answer: answer([entry(9), entry(8)], true),
  });

  test('shows what was found, and then the page behind it', () => {
    expect(seqs(found)).toEqual([9, 8]);
    const id = entry(8).id;
    const paged = after(found, asked('kettle'), {
      kind: 'search/answered',
      query: 'kettle',
      after: id,
      answer: answer([entry(7)]),
    });
    expect(seqs(paged)).toEqual([9, 8, 7]);
    expect(paged.finding.search).toMatchObject({ phase: 'idle', more: false, shown: 'kettle' });
  });

  test('drops the answer to what is no longer asked, and keeps what is shown until the new one is here', () => {
    const typed = after(found, asked('kettles'));
    expect(seqs(typed)).toEqual([9, 8]);
    const late = after(typed, { kind: 'search/answered', query: 'kettle', answer: answer([entry(1)]) });
    expect(late.finding.search).toEqual(typed.finding.search);
    const failed = after(typed, { kind: 'search/failed', query: 'kettle', failure: 'too late' });
    expect(failed.finding.search.phase).toBe('asking');
  });

  test('drops a page that stands behind results of before', () => {
    const anew = after(found, asked('kett'), { kind: 'search/answered', query: 'kett', answer: answer([entry(5)]) });
    const page = after(anew, asked('kett'), {
      kind: 'search/answered',
      query: 'kett',
      after: entry(8).id,
      answer: answer([entry(7)]),
    });
    expect(seqs(page)).toEqual([5]);
  });

  test('says why it failed until it is asked again', () => {
    const failed = after(found, asked('x'), { kind: 'search/failed', query: 'x', failure: 'No daemon' });
    expect(failed.finding.search).toMatchObject({ phase: 'failed', failure: 'No daemon' });
    expect(after(failed, asked('x')).finding.search.failure).toBeUndefined();
  });

  test('of nothing forgets everything', () => {
    expect(after(found, asked(' ')).finding.search).toMatchObject({ entries: [], phase: 'idle', problems: [] });
  });

  test('remembers where the person went from, but not over another query', () => {
    const visited = after(found, { kind: 'search/visited', id: entry(8).id });
    const again = after(visited, asked('kettle'), {
      kind: 'search/answered',
      query: 'kettle',
      answer: answer([entry(8)]),
    });
    expect(again.finding.search.visited).toBe(entry(8).id);
    const other = after(visited, asked('tea'), { kind: 'search/answered', query: 'tea', answer: answer([entry(8)]) });
    expect(other.finding.search.visited).toBeUndefined();
  });

  test('follows edits, and loses what was taken back', () => {
    const edited = entry(9, { message: 'tea pot', edited: entry(9).time });
    const deleted = entry(8, { message: '', deleted: true });
    const event: LocalEvent = { type: 'changed', conversation: '#general', entries: [edited, deleted] };
    const state = reduce(found, { type: 'event', event });
    expect(state.finding.search.entries).toEqual([edited]);
  });
});

describe('pins', () => {
  const pin = (seq: number, time: string): EntryView => entry(seq, { pinned: { by: 'bob', time } });
  const known = after(signedIn(), {
    kind: 'pins',
    conversation: '#general',
    entries: [pin(1, '2026-11-20T06:00:00.000Z')],
  });
  const changed = (state: State, ...entries: EntryView[]): readonly number[] | undefined =>
    reduce(state, { type: 'event', event: { type: 'changed', conversation: '#general', entries } }).finding.pins[
      '#general'
    ]?.map(({ seq }) => seq);

  test('come and go as they are told, the last pinned first', () => {
    expect(changed(known, pin(2, '2026-11-20T07:00:00.000Z'))).toEqual([2, 1]);
    expect(changed(known, entry(1))).toEqual([]);
    expect(changed(known, entry(1, { deleted: true, pinned: { by: 'bob', time: '' } }))).toEqual([]);
    expect(changed(known, entry(3))).toEqual([1]);
  });

  test('that were never asked for are not begun with one of them', () => {
    expect(changed(signedIn(), pin(2, ''))).toBeUndefined();
  });

  test('are asked for again after a gap, and forgotten with their conversation', () => {
    expect(reduce(known, { type: 'snapshot', snapshot: snapshot(), at: 0 }).finding.pins).toEqual({});
    const gone = { type: 'conversation_removed', id: '#general' } as const;
    expect(reduce(known, { type: 'event', event: gone }).finding.pins).toEqual({});
  });
});

test('one thing stands over the view at a time, and a panel beside it', () => {
  const open = after(signedIn(), { kind: 'overlay', overlay: 'switcher' }, { kind: 'panel', panel: 'pins' });
  expect(open.finding).toMatchObject({ overlay: 'switcher', panel: 'pins' });
  const other = after(open, { kind: 'overlay', overlay: 'shortcuts' }, { kind: 'panel', panel: undefined });
  expect(other.finding.overlay).toBe('shortcuts');
  expect('panel' in other.finding).toBe(false);
});
