import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { EntryView } from '../../../protocol/local-api.js';
import { LOADED_MAX, LOADED_SLACK } from '../limits.js';
import type { Timeline } from './model.js';
import { compareEntries, placeOf } from './order.js';
import { entry } from './test-samples.js';
import {
  afterGap,
  withChanged,
  withFailure,
  withLeft,
  withLive,
  withLoading,
  withPage,
  type Timelines,
} from './timelines.js';

const HERE = '#general';
const at = (timelines: Timelines): Timeline | undefined => timelines[HERE];
const many = (count: number, from = 1): EntryView[] => Array.from({ length: count }, (_, i) => entry(from + i));
const seqs = (timelines: Timelines): number[] => (at(timelines)?.entries ?? []).map(({ seq }) => seq);

/** Loaded: the entries from `from` on. */
const loaded = (entries: EntryView[], ends: { more?: boolean; newer?: boolean } = {}): Timelines =>
  withPage(withLoading({}, HERE, {}), HERE, { more: false, newer: false, ...ends, entries });

describe('a part that ends before the present', () => {
  const part = loaded([entry(10), entry(12)], { more: true, newer: true });

  test('takes what belongs into it, and neither what is newer nor what is older', () => {
    expect(seqs(withLive(part, HERE, [entry(9), entry(11), entry(13)], false))).toEqual([10, 11, 12]);
  });

  test('reaches the present by a page after it, together with what came meanwhile', () => {
    let timelines = withLoading(part, HERE, { part: 'after' });
    timelines = withLive(timelines, HERE, [entry(15)], false);
    expect(seqs(timelines)).toEqual([10, 12]);
    timelines = withPage(timelines, HERE, { entries: [entry(13), entry(14)], more: true, newer: false });
    expect(seqs(timelines)).toEqual([10, 12, 13, 14, 15]);
    expect(at(timelines)).toMatchObject({ more: true, newer: false, told: [] });
    expect(seqs(withLive(timelines, HERE, [entry(16)], true))).toEqual([10, 12, 13, 14, 15, 16]);
  });

  test('leaves what came meanwhile where the page does not reach it', () => {
    const timelines = withLive(withLoading(part, HERE, { part: 'after' }), HERE, [entry(15)], false);
    expect(seqs(withPage(timelines, HERE, { entries: [entry(13)], more: true, newer: true }))).toEqual([10, 12, 13]);
  });
});

describe('the bound', () => {
  const full = loaded(many(LOADED_MAX + LOADED_SLACK, 1000), { more: true });

  test('drops the oldest under a reader at the newest entry', () => {
    const timelines = withLive(full, HERE, many(1, 1000 + LOADED_MAX + LOADED_SLACK), true);
    expect(at(timelines)).toMatchObject({ more: true, newer: false });
    expect(seqs(timelines)).toHaveLength(LOADED_MAX);
    expect(seqs(timelines).at(-1)).toBe(1000 + LOADED_MAX + LOADED_SLACK);
  });

  test('drops the newest under a reader of older ones', () => {
    const live = withLive(full, HERE, many(1, 1000 + LOADED_MAX + LOADED_SLACK), false);
    expect(at(live)).toMatchObject({ newer: true });
    expect(seqs(live)[0]).toBe(1000);
    const older = withPage(withLoading(full, HERE, { part: 'before' }), HERE, { entries: many(50, 950), more: true });
    expect(at(older)).toMatchObject({ more: true, newer: true });
    expect(seqs(older)[0]).toBe(950);
    expect(seqs(older)).toHaveLength(LOADED_MAX);
  });

  test('waits while a page is under way, since that is to join an end', () => {
    const timelines = withLive(withLoading(full, HERE, { part: 'before' }), HERE, many(9, 99_000), true);
    expect(seqs(timelines)[0]).toBe(1000);
  });

  test('is narrower for a conversation that was left at its newest entry', () => {
    expect(seqs(withLeft(full, HERE, 10))).toHaveLength(10);
    expect(at(withLeft(full, HERE, 10))?.more).toBe(true);
    const past = loaded(many(100), { newer: true });
    expect(withLeft(past, HERE, 10)).toBe(past);
  });
});

test('a page that was given up for another one changes nothing, and neither does its failure', () => {
  const first = withLoading(loaded([entry(5)], { more: true }), HERE, { part: 'before', load: 'one' });
  const second = withLoading(first, HERE, { part: 'around', load: 'two' });
  expect(withPage(second, HERE, { entries: [entry(4)], more: true, load: 'one' })).toBe(second);
  expect(withFailure(second, HERE, 'one')).toBe(second);
  const jumped = withPage(second, HERE, { entries: [entry(2)], more: true, newer: true, load: 'two' });
  expect(seqs(jumped)).toEqual([2]);
});

test('an entry that changes while its page is under way looks as it does now', () => {
  const loading = withLoading({}, HERE, {});
  const changed = withChanged(loading, HERE, [entry(2, { message: 'better' }), entry(7, { message: 'elsewhere' })]);
  const page = withPage(changed, HERE, { entries: [entry(1), entry(2)], more: false });
  expect(at(page)?.entries.map(({ message }) => message)).toEqual(['message 1', 'better']);
  expect(withChanged(page, HERE, [entry(7)])).toBe(page);
});

test('after a time without events what is loaded stays, and is replaced by what is read again', () => {
  const stale = afterGap(loaded([entry(1), entry(2)]), HERE);
  expect(at(stale)).toMatchObject({ stale: true, loaded: true });
  const again = withPage(withLoading(stale, HERE, { part: 'again' }), HERE, {
    entries: [entry(1, { message: 'edited' }), entry(2), entry(3)],
    more: false,
  });
  expect(at(again)).toMatchObject({ stale: false });
  expect(at(again)?.entries.map(({ message }) => message)).toEqual(['edited', 'message 2', 'message 3']);
});

/** What may happen at the daemon and between it and the page, in any order. */
type Step =
  | { do: 'add'; seq: number }
  | { do: 'change' | 'move'; nth: number }
  | { do: 'ask'; part: 'latest' | 'before' | 'after' | 'around'; nth: number }
  | { do: 'hear' }
  | { do: 'receive' }
  | { do: 'fail' };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('add' as const), seq: fc.nat(60) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('change' as const, 'move' as const), nth: fc.nat(60) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('ask' as const),
      part: fc.constantFrom('latest' as const, 'before' as const, 'after' as const, 'around' as const),
      nth: fc.nat(60),
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constantFrom('hear' as const, 'receive' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('fail' as const) }) },
);

/** The oldest entry that is loaded is moved, and what is older asked for before that is heard. */
const MOVED_ANCHOR: Step[] = [
  { do: 'ask', part: 'latest', nth: 0 },
  { do: 'move', nth: 14 },
  { do: 'receive' },
  { do: 'ask', part: 'before', nth: 0 },
];
/** All that stood beyond the end is moved before it. */
const MOVED_END: Step[] = [
  { do: 'add', seq: 0 },
  { do: 'ask', part: 'around', nth: 17 },
  { do: 'move', nth: 20 },
];

/** A daemon whose answers and events come late, each in its own order; and the page that they come to. */
class Rig {
  readonly #entries: EntryView[] = many(20, 10);
  readonly #events: ((timelines: Timelines) => Timelines)[] = [];
  #answer: ((timelines: Timelines) => Timelines) | undefined;
  #loads = 0;
  #versions = 0;
  timelines: Timelines = {};

  take(next: Step): void {
    switch (next.do) {
      case 'add': {
        if (this.#entries.some(({ seq }) => seq === next.seq)) return;
        const added = entry(next.seq);
        this.#entries.push(added);
        this.#entries.sort(compareEntries);
        return void this.#events.push((timelines) => withLive(timelines, HERE, [added], next.seq % 2 === 0));
      }
      case 'change': {
        const nth = next.nth % this.#entries.length;
        const known = this.#entries[nth];
        if (!known) return;
        const changed = { ...known, message: `version ${++this.#versions}` };
        this.#entries[nth] = changed;
        return void this.#events.push((timelines) => withChanged(timelines, HERE, [changed]));
      }
      case 'move': {
        const nth = next.nth % this.#entries.length;
        const [known, sooner] = [this.#entries[nth], this.#entries[nth >> 1]];
        if (!known || !sooner || known === sooner) return;
        const moved = { ...known, at: sooner.at ?? sooner.time };
        if (compareEntries(moved, known) >= 0) return;
        this.#entries[nth] = moved;
        this.#entries.sort(compareEntries);
        return void this.#events.push((timelines) => withChanged(timelines, HERE, [moved]));
      }
      case 'ask':
        return this.#ask(next.part, next.nth);
      case 'hear':
        this.timelines = this.#events.shift()?.(this.timelines) ?? this.timelines;
        return;
      case 'receive':
        this.timelines = this.#answer?.(this.timelines) ?? this.timelines;
        return;
      case 'fail':
        this.timelines = withFailure(this.timelines, HERE, `load ${this.#loads}`);
    }
  }

  #ask(part: 'latest' | 'before' | 'after' | 'around', nth: number): void {
    const timeline = at(this.timelines);
    const shown = timeline?.entries ?? [];
    if (part === 'before' && (!timeline?.more || !shown[0])) return;
    if (part === 'after' && (!timeline?.newer || !shown[0])) return;
    if ((part === 'before' || part === 'after') && timeline?.phase === 'loading') return;
    const load = `load ${++this.#loads}`;
    this.timelines = withLoading(this.timelines, HERE, { part, load });
    const find = (id: string | undefined): number => this.#entries.findIndex((known) => known.id === id);
    const [from, to] = {
      latest: [this.#entries.length - 6, this.#entries.length],
      before: [find(shown[0]?.id) - 6, find(shown[0]?.id)],
      after: [find(shown.at(-1)?.id) + 1, find(shown.at(-1)?.id) + 7],
      around: [(nth % this.#entries.length) - 3, (nth % this.#entries.length) + 3],
    }[part];
    const anchor = this.#entries[find(shown[0]?.id)];
    const [start, end] = [Math.max(0, from ?? 0), Math.min(this.#entries.length, to ?? 0)];
    const page = {
      entries: this.#entries.slice(start, end),
      more: start > 0,
      newer: end < this.#entries.length,
      load,
      ...(part === 'before' && anchor ? { place: placeOf(anchor) } : {}),
    };
    this.#answer = (timelines) => withPage(timelines, HERE, page);
  }

  /** Everything that is under way has come. */
  settle(): Timeline | undefined {
    while (this.#events.length > 0) this.take({ do: 'hear' });
    this.take({ do: 'receive' });
    return at(this.timelines);
  }

  /** What a page of the same stretch would be now. */
  fresh({ entries, more, newer }: Timeline): { entries: EntryView[]; more: boolean; newer: boolean } {
    const [oldest, newest] = [entries[0], entries.at(-1)];
    const [first, last] = [this.#entries[0], this.#entries.at(-1)];
    return {
      entries: this.#entries.filter(
        (known) =>
          (!more || (oldest !== undefined && compareEntries(known, oldest) >= 0)) &&
          (!newer || (newest !== undefined && compareEntries(known, newest) <= 0)),
      ),
      more: oldest?.id !== first?.id,
      newer: newest?.id !== last?.id,
    };
  }
}

describe('the law: a page and the events since make what a fresh page makes', () => {
  test('whatever comes in whichever order, and however late', () => {
    let seen = 0;
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const rig = new Rig();
        for (const each of steps) rig.take(each);
        let timeline = rig.settle();
        // All that stood beyond the end may have been moved before it: then the next page is empty, and says that this is the end.
        if (timeline?.newer && !rig.fresh(timeline).newer) {
          rig.take({ do: 'ask', part: 'after', nth: 0 });
          timeline = rig.settle();
        }
        if (!timeline?.loaded) return;
        seen++;
        const { entries, more, newer } = timeline;
        expect({ entries, more, newer }).toEqual(rig.fresh(timeline));
      }),
      { numRuns: 2000, examples: [[MOVED_ANCHOR], [MOVED_END]] },
    );
    expect(seen).toBeGreaterThan(100);
  });
});
