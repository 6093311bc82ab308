import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { EventEmitter } from 'node:events';
import type { Entry } from '../../protocol/entry.js';
import { ParleyError } from '../../protocol/errors.js';
import type { Username } from '../../protocol/ids.js';
import type { PeerEmitter, PeerEvents } from '../services.js';
import { general, TestStore, Writers } from '../store/test-store.js';
import { UNREAD_MAX } from '../store/unread-count.js';
import { Turns } from './turns.js';
import { Unread } from './unread.js';

/** More than one turn looks at, several times over. */
const MANY = 7_000;

let held: TestStore;
let by: Writers;
/** What waits for a later turn. */
let later: (() => void)[];
let turns: Turns;
let told: number;
beforeEach(() => {
  held = new TestStore();
  by = new Writers();
  later = [];
  turns = new Turns((run) => void later.push(run));
  told = 0;
});
afterEach(() => held.close());

function open(): Unread {
  const events: PeerEmitter = new EventEmitter<PeerEvents>();
  events.on('conversation', () => told++);
  const { store } = held;
  return new Unread(
    general,
    {
      ...{ self: { username: 'alice' as Username }, store, events, older: () => 0 },
      delivery: { marked: () => undefined },
      personal: { people: { isSilent: () => false, silent: () => [] } },
      filter: { latest: (id) => store.timeline.latest(id) },
    },
    turns,
  );
}

/** One turn after the other, until nothing waits for one. @returns how many */
async function run(): Promise<number> {
  let count = 0;
  for (let next = later.shift(); next; next = later.shift()) {
    next();
    count++;
    // What waits for a promise comes between two turns.
    for (let i = 0; i < 10; i++) await Promise.resolve();
  }
  return count;
}

const many = (count = MANY): Entry[] =>
  Array.from({ length: count }, (_, n) => by.say(n % 2 ? 'bob' : 'carol', `${n}`));
const at = (entries: readonly Entry[], index: number): Entry => {
  const entry = entries.at(index);
  if (!entry) throw new Error('bug');
  return entry;
};

describe('many thousands of entries', () => {
  test('are counted in several turns, with what comes meanwhile, and told then', async () => {
    held.write(...many());
    const unread = open();
    expect(unread.view.unread).toBe(2_000);
    const late = by.say('bob', 'meanwhile', { data: { mentions: ['alice'] } });
    held.write(late);
    unread.entry(late);
    expect(await run()).toBeGreaterThanOrEqual(3);
    expect([unread.view, told]).toEqual([{ unread: MANY + 1, mentions: 1, readUpTo: undefined }, 1]);
  });

  test('are counted with what comes meanwhile also where more than are counted were read elsewhere', async () => {
    const all = many(UNREAD_MAX + 2);
    held.write(...all);
    const unread = open();
    await run();
    expect(unread.view.unread).toBe(UNREAD_MAX);
    const { store } = held;
    const ends = new Map([at(all, -1), at(all, -2)].map(({ device, seq }) => [device, seq]));
    store.entries.transaction(() => store.unread.elsewhere.heard(general, ends, false));
    unread.heard();
    const late = by.say('bob', 'meanwhile', { data: { mentions: ['alice'] } });
    held.write(late);
    unread.entry(late);
    expect(await run()).toBeGreaterThanOrEqual(3);
    expect(unread.view).toMatchObject({ unread: 1, mentions: 1 });
  });

  test('are counted anew for whoever asks next where the disk gives nothing at the end of a count', async () => {
    const all = many(UNREAD_MAX + 2);
    held.write(...all);
    const unread = open();
    await run();
    const { store } = held;
    const ends = new Map([at(all, -1), at(all, -2)].map(({ device, seq }) => [device, seq]));
    store.entries.transaction(() => store.unread.elsewhere.heard(general, ends, false));
    const late = by.say('bob', 'one more');
    held.write(late);
    const { timeline } = store;
    const lastBefore = timeline.lastBefore.bind(timeline);
    let failed = 0;
    timeline.lastBefore = () => {
      failed++;
      throw new Error('disk I/O error');
    };
    unread.heard();
    await run();
    expect([failed, told]).toEqual([1, 1]);
    timeline.lastBefore = lastBefore;
    const counting = store.unread.counting.bind(store.unread);
    let counts = 0;
    store.unread.counting = (...what) => {
      counts++;
      return counting(...what);
    };
    expect([unread.view.unread, counts]).toEqual([1, 1]);
    expect([unread.view.unread, counts]).toEqual([1, 1]);
  });

  test('are counted anew where something is taken back meanwhile', async () => {
    const all = many();
    held.write(...all);
    const unread = open();
    held.write(by.remove('bob', at(all, 1)));
    unread.doubt();
    expect(unread.view.unread).toBe(2_000);
    await run();
    expect(unread.view.unread).toBe(MANY - 1);
  });

  test('are read in several turns; what comes meanwhile, and what stands later, stays unread', async () => {
    const all = many();
    held.write(...all);
    const unread = open();
    await run();
    const reading = unread.markRead(at(all, -11));
    const late = by.say('dave', 'meanwhile', { at: 0 });
    held.write(late);
    unread.entry(late);
    expect(await run()).toBeGreaterThanOrEqual(3);
    await reading;
    expect(unread.view).toEqual({ unread: 11, mentions: 0, readUpTo: at(all, -11).id });
    held.reopen();
    expect(open().view).toEqual(unread.view);
  });

  test('are unread from where the disk was full on, until they are marked again', async () => {
    const all = many();
    held.write(...all);
    const unread = open();
    await run();
    const { entries } = held.store;
    const write = entries.transaction.bind(entries);
    let count = 0;
    entries.transaction = (work) => {
      if (++count > 2) throw new ParleyError('storage_full');
      write(work);
    };
    const refused = expect(unread.markRead(at(all, -1))).rejects.toMatchObject({ code: 'storage_full' });
    await run();
    await refused;
    const [, anew] = [unread.view, open()];
    await run();
    expect(unread.view.unread).toBe(anew.view.unread);
    expect(unread.view.unread).toBeLessThan(MANY);
    entries.transaction = write;
    void unread.markRead(at(all, -1));
    await run();
    expect(unread.view).toMatchObject({ unread: 0, readUpTo: at(all, -1).id });
  });

  test('are read up to the last place that was told while others were marked, and unread from where that was said after it', async () => {
    const all = many();
    held.write(...all);
    const unread = open();
    await run();
    const marks = [10, 2_000, 1_000].map((index) => unread.markRead(at(all, index)));
    marks.push(unread.markUnread(at(all, 500)));
    marks.push(unread.markRead(at(all, 700)));
    await Promise.all([run(), ...marks]);
    expect(unread.view).toEqual({ unread: MANY - 701, mentions: 0, readUpTo: at(all, 700).id });
  });

  test('are refused to be marked once all is closed, and what stands in one turn is marked at once', async () => {
    const all = many();
    held.write(...all);
    const unread = open();
    await run();
    const reading = unread.markRead(at(all, -1));
    const refused = expect(reading).rejects.toMatchObject({ code: 'unavailable' });
    const waiting = expect(unread.markRead(at(all, -2))).rejects.toMatchObject({ code: 'unavailable' });
    turns.close();
    await run();
    await refused;
    await waiting;
    const few = many(3);
    held.close();
    held = new TestStore();
    held.write(...few);
    turns = new Turns((step) => void later.push(step));
    const other = open();
    void other.markRead(at(few, -1));
    expect([other.view.unread, other.view.readUpTo]).toEqual([0, at(few, -1).id]);
  });
});
