import fc from 'fast-check';
import { describe, expect, test } from '@jest/globals';
import type { PeerRecord } from '../../protocol/tracker-api.js';
import type { PresenceKey } from '../store/tracker-store.js';
import {
  BEAT_MS,
  ORPHAN_MS,
  PresenceMirror,
  RECONCILE_MS,
  SILENT_MS,
  type PresenceEffect,
  type PresenceNote,
} from './presence-mirror.js';

const key = (name: string): PresenceKey => `d:${name}` as PresenceKey;
const record = (port: number): PeerRecord => ({ username: 'alice', ip: '10.0.0.1', port }) as unknown as PeerRecord;

/** Nodes that tell each other everything at once, but for what a test holds back. */
class Nodes {
  now = 0;
  readonly nodes: PresenceMirror[];
  /** Who is told of no note. */
  readonly deaf = new Set<PresenceMirror>();
  /** Who sends none, and does not answer. */
  readonly dead = new Set<PresenceMirror>();
  /** What each was told has changed: `d:x 1>2`, `d:x 1>-`. */
  readonly heard = new Map<PresenceMirror, string[]>();

  constructor(count = 3) {
    this.nodes = Array.from({ length: count }, (_, at) => new PresenceMirror(`n${at}`, `node ${at}`));
    for (const node of this.nodes) this.heard.set(node, []);
    this.beat();
    this.beat();
    for (const list of this.heard.values()) list.length = 0;
  }

  at(index: number): PresenceMirror {
    const node = this.nodes[index];
    if (!node) throw new Error('there is no such node');
    return node;
  }

  put(at: number, name: string, port: number, clock = this.now): void {
    this.tell(this.at(at), this.at(at).put(key(name), record(port), clock).note);
  }

  /** A tracker that is started now. @returns its index */
  add(): number {
    const at = this.nodes.length;
    const node = new PresenceMirror(`n${at}`, `node ${at}`);
    this.nodes.push(node);
    this.heard.set(node, []);
    this.beat();
    return at;
  }

  remove(at: number, name: string): void {
    const removed = this.at(at).remove(key(name));
    if (removed) this.tell(this.at(at), removed.note);
  }

  tell(from: PresenceMirror, note: PresenceNote): void {
    if (this.dead.has(from)) return;
    for (const node of this.nodes)
      if (node !== from && !this.deaf.has(node) && !this.dead.has(node))
        this.follow(node, node.receive(from.node, note, this.now));
  }

  beat(): void {
    for (const node of this.nodes) this.tell(node, node.beat());
  }

  /** Time passes, with its beats. */
  pass(ms: number): void {
    for (const end = this.now + ms; this.now < end;) {
      this.now += BEAT_MS / 2;
      if (this.now % BEAT_MS === 0) this.beat();
      for (const node of this.nodes) if (!this.dead.has(node)) this.follow(node, node.tick(this.now));
    }
  }

  follow(node: PresenceMirror, effects: readonly PresenceEffect[]): void {
    for (const effect of effects) {
      if (effect.type === 'changed') {
        const { before, after, key: of } = effect.change;
        this.heard.get(node)?.push(`${of} ${before?.port ?? '-'}>${after?.port ?? '-'}`);
      }
      if (effect.type !== 'ask') continue;
      const asked = this.nodes.find((other) => other.node === effect.node);
      const answers = asked && !this.dead.has(asked);
      this.follow(node, node.learn(effect.node, answers ? asked.page('', 1_000, Infinity) : undefined));
    }
  }

  heardBy(index: number): string[] {
    return this.heard.get(this.at(index)) ?? [];
  }

  shown(index: number): Record<string, number> {
    const all = [...this.at(index).all()].map(([of, { port }]): [string, number] => [of, port]);
    return Object.fromEntries<number>(all);
  }
}

describe('who is online', () => {
  test('is the same at all nodes, and only the owner removes', () => {
    const nodes = new Nodes();
    nodes.put(0, 'x', 1);
    expect([1, 2].map((at) => nodes.heardBy(at))).toEqual([['d:x ->1'], ['d:x ->1']]);
    expect(nodes.at(1).remove(key('x'))).toBeUndefined();
    nodes.remove(0, 'x');
    expect(nodes.heardBy(2)).toEqual(['d:x ->1', 'd:x 1>-']);
  });

  test('who comes back at another node was never gone, and the former owner cannot remove them', () => {
    const nodes = new Nodes();
    nodes.put(0, 'x', 1);
    nodes.put(1, 'x', 2);
    expect([nodes.at(0).owns(key('x')), nodes.at(1).owns(key('x'))]).toEqual([false, true]);
    expect(nodes.at(0).remove(key('x'))).toBeUndefined();
    nodes.dead.add(nodes.at(0));
    nodes.pass(SILENT_MS + ORPHAN_MS + 2 * BEAT_MS);
    expect(nodes.heardBy(2)).toEqual(['d:x ->1', 'd:x 1>2']);
    expect(nodes.at(2).alive()).toEqual(['node 1']);
  });

  test('a node that dies takes its peers along after 36 s, and no sooner; who is back by then stays', () => {
    const nodes = new Nodes();
    nodes.put(0, 'x', 1);
    nodes.put(0, 'y', 2);
    nodes.dead.add(nodes.at(0));
    nodes.pass(SILENT_MS + ORPHAN_MS - BEAT_MS);
    nodes.put(1, 'y', 3);
    expect(nodes.shown(2)).toEqual({ 'd:x': 1, 'd:y': 3 });
    nodes.pass(2 * BEAT_MS);
    expect(nodes.shown(2)).toEqual({ 'd:y': 3 });
    expect(nodes.heardBy(2)).toEqual(['d:x ->1', 'd:y ->2', 'd:y 2>3', 'd:x 1>-']);
  });

  test('a node that says goodbye is dead at once, and its peers have the same time', () => {
    const nodes = new Nodes();
    nodes.put(0, 'x', 1);
    nodes.tell(nodes.at(0), nodes.at(0).bye());
    nodes.dead.add(nodes.at(0));
    expect(nodes.at(1).alive()).toEqual(['node 2']);
    nodes.pass(ORPHAN_MS - BEAT_MS);
    expect(nodes.shown(1)).toEqual({ 'd:x': 1 });
    nodes.pass(2 * BEAT_MS);
    expect(nodes.shown(1)).toEqual({});
  });

  test.each([
    ['whatever its clock shows', 0],
    ['at the right time', undefined],
  ])('who comes from a node that has died to one that has just started was never gone: %s', (_what, clock) => {
    const nodes = new Nodes();
    nodes.pass(10 * BEAT_MS);
    for (const port of [1, 2, 3]) nodes.put(0, 'x', port);
    nodes.dead.add(nodes.at(0));
    nodes.pass(BEAT_MS);
    const fresh = nodes.add();
    nodes.put(fresh, 'x', 4, clock);
    nodes.pass(SILENT_MS + ORPHAN_MS + 2 * BEAT_MS);
    for (const at of [1, 2]) {
      expect(nodes.shown(at)).toEqual({ 'd:x': 4 });
      expect(nodes.heardBy(at)).toEqual(['d:x ->1', 'd:x 1>2', 'd:x 2>3', 'd:x 3>4']);
    }
  });

  test('who comes from a node that says goodbye to one that has just started is there at once', () => {
    const nodes = new Nodes();
    for (const port of [1, 2, 3]) nodes.put(0, 'x', port);
    nodes.dead.add(nodes.at(0));
    const fresh = nodes.add();
    nodes.put(fresh, 'x', 4, 0);
    expect(nodes.shown(1)).toEqual({ 'd:x': 3 });
    nodes.dead.clear();
    nodes.tell(nodes.at(0), nodes.at(0).bye());
    expect(nodes.shown(1)).toEqual({ 'd:x': 4 });
  });

  test('who comes from a node that is stopped for a while to one that has just started stays there', () => {
    const nodes = new Nodes();
    for (const port of [1, 2, 3]) nodes.put(0, 'x', port);
    nodes.dead.add(nodes.at(0));
    nodes.pass(BEAT_MS);
    const fresh = nodes.add();
    nodes.put(fresh, 'x', 4);
    nodes.pass(SILENT_MS + BEAT_MS);
    nodes.dead.clear();
    nodes.pass(2 * BEAT_MS);
    // Its socket is gone there, and its time over.
    nodes.remove(0, 'x');
    nodes.pass(RECONCILE_MS);
    for (const at of [0, 1, 2, fresh]) expect(nodes.shown(at)).toEqual({ 'd:x': 4 });
    expect(nodes.heardBy(1)).not.toContainEqual(expect.stringMatching(/>-$/));
  });

  test('a note that was lost is noticed by the next beat', () => {
    const nodes = new Nodes();
    nodes.put(0, 'x', 1);
    nodes.put(0, 'y', 2);
    nodes.deaf.add(nodes.at(2));
    nodes.remove(0, 'x');
    nodes.put(0, 'z', 3);
    nodes.deaf.clear();
    nodes.beat();
    expect(nodes.shown(2)).toEqual({ 'd:y': 2, 'd:z': 3 });
  });

  test('who does not answer is asked again with the next beat', () => {
    const mirror = new PresenceMirror('a', 'a');
    const beat = { type: 'beat', seq: 3, name: 'b' } as const;
    expect(mirror.receive('b', beat, 0)).toEqual([{ type: 'ask', node: 'b' }]);
    expect(mirror.receive('b', beat, 1)).toEqual([]);
    mirror.learn('b', undefined);
    expect(mirror.receive('b', beat, 2)).toEqual([{ type: 'ask', node: 'b' }]);
    mirror.learn('b', { entries: [], seq: 3 });
    expect(mirror.receive('b', beat, 3)).toEqual([]);
  });

  test('whatever was lost: a minute after all hear again, all show the same', () => {
    const step = fc.record({
      at: fc.nat(2),
      name: fc.constantFrom('x', 'y', 'z'),
      what: fc.constantFrom('put', 'put', 'remove', 'deafen', 'hear', 'beat'),
      port: fc.integer({ min: 1, max: 9 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const nodes = new Nodes();
        /** Where each has come last. */
        const home = new Map<string, number>();
        for (const { at, name, what, port } of steps) {
          if (what === 'put') {
            home.set(name, at);
            nodes.put(at, name, port);
          }
          if (what === 'remove') nodes.remove(at, name);
          if (what === 'deafen') nodes.deaf.add(nodes.at(at));
          if (what === 'hear') nodes.deaf.delete(nodes.at(at));
          if (what === 'beat') nodes.beat();
        }
        nodes.deaf.clear();
        nodes.beat();
        // Who does not know that somebody has gone elsewhere hears nothing more of them, and their time is over.
        for (const [at, node] of nodes.nodes.entries())
          for (const name of ['x', 'y', 'z']) if (node.owns(key(name)) && home.get(name) !== at) nodes.remove(at, name);
        nodes.pass(RECONCILE_MS);
        expect(nodes.shown(1)).toEqual(nodes.shown(0));
        expect(nodes.shown(2)).toEqual(nodes.shown(0));
      }),
      { numRuns: 1000 },
    );
  });
});
