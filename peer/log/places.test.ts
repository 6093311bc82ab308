/** Where entries stand when a clock was wrong (protocol/order.ts), by the real log on the storage of the tests. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compareEntries, type Entry } from '../../protocol/entry.js';
import type { ConversationId, DeviceId, EntryId, Username } from '../../protocol/ids.js';
import { CLOCK_LEAD_MS } from '../../protocol/limits.js';
import { LOG_REACH } from '../../protocol/order.js';
import { chainPosts } from './chain.js';
import { pieceEnds, Places } from './places.js';
import { MemoryStorage } from './test-storage.js';

const GENERAL = '#general' as ConversationId;
const NOW = Date.UTC(2026, 10, 20, 12);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A peer: its clock is a number, its log is real. */
class Peer {
  clock = NOW;
  readonly storage = new MemoryStorage((done) => done());
  readonly device: DeviceId;
  certifiedUntil = NOW + 30 * 24 * HOUR;
  /** What the tracker's clock shows, where that is known. */
  tracker: number | undefined;
  places: Places;

  constructor(readonly name: string) {
    this.device = name.padEnd(22, name.slice(0, 1)) as DeviceId;
    this.places = this.opened();
  }

  /** A new process: all that was not stored is forgotten. */
  restarts(): void {
    this.places = this.opened();
  }

  private opened(): Places {
    return new Places(this.device, (time) => time <= this.certifiedUntil, this.storage, {
      now: () => this.clock,
      latest: () => Math.max(this.clock, this.tracker ?? -Infinity),
    });
  }

  writes(message: string, kind = 'text'): Entry {
    const { newest, now } = this.places.before(GENERAL);
    const end = [...this.storage.ends()].find(({ device }) => device === this.device);
    const author = { username: this.name as Username, device: this.device, sign: (_: EntryId) => 'sig' };
    const posts = [{ kind, message, data: {} }];
    const [entry] = chainPosts(GENERAL, posts, author, end, newest, now, this.places.replacing(GENERAL));
    if (!entry) throw new Error('bug: nothing was written');
    this.keep([entry]);
    return entry;
  }

  takes(...entries: readonly Entry[]): void {
    for (const entry of entries) this.keep(this.places.placed([entry]));
  }

  get shown(): string {
    return this.storage
      .timeline(GENERAL)
      .map(({ message }) => message)
      .join(' ');
  }

  private keep(entries: readonly Entry[]): void {
    this.storage.write(entries, new Map());
    this.places.advance(entries);
  }
}

let alice: Peer;
let bob: Peer;
let carol: Peer;
beforeEach(() => {
  [alice, bob, carol] = [new Peer('alice'), new Peer('bob'), new Peer('carol')];
});

/** Everybody is told at once, unless said otherwise. */
function says(author: Peer, message: string, ...to: Peer[]): Entry {
  const entry = author.writes(message);
  for (const peer of to) peer.takes(entry);
  for (const peer of [alice, bob, carol]) peer.clock += 1_000;
  return entry;
}

describe('a member whose clock is an hour ahead for one message', () => {
  test('is shown where it arrived, and what follows below it, her own next one too', () => {
    says(bob, 'b1', alice, carol);
    alice.clock += HOUR;
    const ahead = says(alice, 'ahead', bob, carol);
    expect(Date.parse(ahead.time)).toBeGreaterThan(bob.clock + CLOCK_LEAD_MS);
    says(bob, 'answer', alice, carol);
    alice.clock -= HOUR;
    const next = says(alice, 'next', bob, carol);
    // Not an hour ahead any more.
    expect(Date.parse(next.time)).toBeLessThan(bob.clock);
    says(bob, 'b2', alice, carol);
    for (const peer of [bob, carol]) expect(peer.shown).toBe('b1 ahead answer next b2');
    expect(alice.shown.split(' ').slice(-3)).toEqual(['ahead', 'next', 'b2']);
  });

  test('is shown to newcomers before what she wrote next, whenever they come', () => {
    alice.clock += HOUR;
    const all = [says(alice, 'ahead', bob), says(bob, 'b1', alice)];
    alice.clock -= HOUR;
    all.push(says(alice, 'next', bob), says(bob, 'b2', alice));
    // Who comes while it is ahead takes what arrives in that order; later its place follows from its log alone.
    for (const [later, shown] of [
      [0, 'ahead b1 next b2'],
      [2 * HOUR, 'b1 ahead next b2'],
    ] as const) {
      const dave = new Peer('dave');
      dave.clock += later;
      dave.takes(...all);
      expect(dave.shown).toBe(shown);
    }
  });
});

describe('a member whose clock falls behind', () => {
  test('still writes below what is there, and moves nothing', () => {
    says(alice, 'a1', bob, carol);
    says(bob, 'b1', alice, carol);
    alice.clock -= 3 * 24 * HOUR;
    says(alice, 'a2', bob, carol);
    says(bob, 'b2', alice, carol);
    for (const peer of [alice, bob, carol]) expect(peer.shown).toBe('a1 b1 a2 b2');
  });

  test('and is started anew, whoever wrote last, does so too', () => {
    for (const last of [bob, alice]) {
      for (const peer of [alice, bob, carol]) peer.clock += MINUTE;
      const [a1, b1] = [says(alice, 'a1', bob, carol), says(bob, 'b1', alice, carol)];
      if (last === alice) says(alice, 'a2', bob, carol);
      const before = alice.shown;
      alice.clock -= HOUR;
      alice.restarts();
      const answer = says(alice, 'answer', bob, carol);
      expect([a1, b1, answer].sort(compareEntries).at(-1)).toBe(answer);
      for (const peer of [alice, bob, carol]) expect(peer.shown).toBe(`${before} answer`);
      alice.clock += HOUR;
    }
  });
});

test('an answer to a believable message stands below it for everybody, wrong clocks or not', () => {
  // Ten minutes ahead is believed.
  alice.clock += 10 * MINUTE;
  says(alice, 'a1', bob, carol);
  says(bob, 'answer', carol);
  says(carol, 'c1');
  expect(bob.shown).toBe('a1 answer');
  expect(carol.shown).toBe('a1 answer c1');
});

test('what was changed by a wrong clock can be changed again at once, after a restart too, and messages keep their time', () => {
  alice.clock += HOUR;
  const wrong = alice.writes('first', 'edit');
  alice.clock -= HOUR;
  const again = alice.writes('second', 'edit');
  alice.restarts();
  const last = alice.writes('third', 'edit');
  expect([last, wrong, again].sort(compareEntries)).toEqual([wrong, again, last]);
  expect(Date.parse(alice.writes('a1').time)).toBe(alice.clock);
});

test('nobody follows an entry to a time for which they have no certificate', () => {
  const day = 24 * HOUR;
  // The tracker's clock was wrong, too.
  for (const peer of [alice, bob]) peer.tracker = NOW + 40 * day;
  bob.clock += 40 * day;
  says(bob, 'b1', alice);
  alice.clock += 20 * day;
  says(alice, 'a1');
  alice.clock -= 20 * day;
  alice.tracker = undefined;
  expect(Date.parse(alice.writes('a2').time)).toBe(alice.clock);
});

test('a clock that was set back moves a bounded number of entries', () => {
  const wrong = Array.from({ length: LOG_REACH + 10 }, (_, i) => {
    alice.clock = NOW + HOUR + i;
    return alice.writes(`a${String(i)}`);
  });
  alice.clock = NOW;
  const next = alice.writes('next');
  bob.clock = NOW + 3 * HOUR;
  bob.takes(...wrong, next);
  const stand = bob.storage.timeline(GENERAL).filter(({ at }) => at === next.time);
  expect(stand).toHaveLength(LOG_REACH - 1);
});

describe('whoever has a clock that is behind', () => {
  test('shows what comes in the order in which it came, and all is well once the clock is right', () => {
    says(alice, 'a1', bob, carol);
    carol.clock -= 3 * 24 * HOUR;
    says(bob, 'b1', alice, carol);
    says(alice, 'a2', bob, carol);
    expect(carol.shown).toBe('a1 b1 a2');
    carol.clock += 3 * 24 * HOUR;
    says(bob, 'b2', alice, carol);
    expect(carol.shown).toBe('a1 b1 a2 b2');
  });

  test('believes what the tracker shows, which is right', () => {
    const dave = new Peer('dave');
    const all = [says(alice, 'a1', bob), says(bob, 'b1', alice), says(alice, 'a2', bob)];
    dave.tracker = dave.clock + MINUTE;
    dave.clock -= 3 * 24 * HOUR;
    dave.takes(...[...all].sort((a, b) => (a.device === b.device ? 0 : a.device < b.device ? -1 : 1)));
    expect(dave.shown).toBe('a1 b1 a2');
  });
});

test('her own message that was ahead stands where it was written as soon as the clock is found corrected', () => {
  says(bob, 'b1', alice);
  alice.clock += HOUR;
  says(alice, 'ahead', bob);
  says(bob, 'answer', alice);
  expect(alice.shown).toBe('b1 answer ahead');
  alice.clock -= HOUR;
  alice.places.clockSet();
  expect(alice.shown).toBe('b1 ahead answer');
});

test('entries of believable clocks stand in one order, whatever came first', () => {
  const saying = fc.record({ who: fc.nat(2), after: fc.nat(5_000), skew: fc.integer({ min: -400_000, max: 400_000 }) });
  fc.assert(
    fc.property(fc.array(saying, { maxLength: 12 }), fc.array(fc.nat(), { maxLength: 12 }), (said, picks) => {
      const peers = [new Peer('alice'), new Peer('bob'), new Peer('carol')];
      const reader = new Peer('dave');
      const logs: Entry[][] = [[], [], []];
      said.forEach(({ who, after, skew }, i) => {
        const author = peers[who];
        if (!author) return;
        for (const peer of [...peers, reader]) peer.clock += after;
        author.clock += skew;
        const entry = author.writes(String(i));
        author.clock -= skew;
        logs[who]?.push(entry);
        for (const peer of peers) if (peer !== author) peer.takes(entry);
      });
      for (let i = 0; logs.some((log) => log.length > 0); i++) {
        const left = logs.filter((log) => log.length > 0);
        const next = left[(picks[i] ?? 0) % left.length]?.shift();
        if (next) reader.takes(next);
      }
      for (const peer of peers) expect(peer.shown).toBe(reader.shown);
    }),
  );
});

test('of entries that come together those are looked at that end a piece of one log and one time', () => {
  const [alice, bob] = [new Peer('alice'), new Peer('bob')];
  const [a, b] = [alice.writes('a'), alice.writes('b')];
  alice.clock += 1;
  const [c, d, e] = [alice.writes('c'), bob.writes('d'), alice.writes('e')];
  const elsewhere = { ...d, conversation: '#other' as ConversationId };
  expect(pieceEnds([a, b, c, d, elsewhere, e])).toEqual([b, c, d, elsewhere, e]);
  expect(pieceEnds([])).toEqual([]);
});

test('no answer stands above what it answers, ahead or not, where both came in that order', () => {
  const saying = fc.record({ who: fc.nat(2), after: fc.nat(5_000), ahead: fc.constantFrom(0, 0, HOUR, 24 * HOUR) });
  fc.assert(
    fc.property(fc.array(saying, { maxLength: 12 }), (said) => {
      const peers = [new Peer('alice'), new Peer('bob'), new Peer('carol')];
      said.forEach(({ who, after, ahead }, i) => {
        const author = peers[who];
        if (!author) return;
        for (const peer of peers) peer.clock += after;
        author.clock += ahead;
        const entry = author.writes(String(i));
        author.clock -= ahead;
        author.places.clockSet();
        for (const peer of peers) if (peer !== author) peer.takes(entry);
      });
      const inOrder = said.map((_, i) => String(i)).join(' ');
      for (const peer of peers) expect(peer.shown).toBe(inOrder);
    }),
  );
});
