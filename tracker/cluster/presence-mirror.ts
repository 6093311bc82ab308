/**
 * Who is online at which node of a cluster: a pure machine. The node where a peer submitted itself last owns its entry; only there
 * do deadlines and departures count. A node that falls silent is dead; its peers stay on the list for a while, so that nobody who
 * comes back at another node was ever gone.
 */
import type { PeerRecord } from '../../protocol/tracker-api.js';
import type { PresenceChange, PresenceKey } from '../store/tracker-store.js';

/** A node beats every 2 s. */
export const BEAT_MS = 2_000;
export const SILENT_MS = 6_000;
/** So long a peer whose node died may take to come back. */
export const ORPHAN_MS = 30_000;
/** So often all is asked for anew: of two who claim one entry while notes are lost, others may keep neither. */
export const RECONCILE_MS = 60_000;
/** Removed entries whose versions are remembered: who comes back must be newer than what others may still have. */
const REMOVED_MAX = 10_000;

export interface Owned {
  key: PresenceKey;
  record: PeerRecord;
  /**
   * Rises with each change, whoever owns the entry: of two claims the higher one counts. It is no lower than the time in milliseconds, so that
   * also a node that has just started, and knows nothing of what a silent one claims, has the higher one.
   */
  version: number;
}

/** What a node tells all others; `seq` rises by one with each, so that a lost one is noticed. */
export type PresenceNote =
  | ({ type: 'put'; seq: number } & Owned)
  | { type: 'gone'; seq: number; key: PresenceKey; version: number }
  | { type: 'beat'; seq: number; name: string }
  | { type: 'bye'; seq: number };

export type PresenceEffect =
  | { type: 'changed'; change: PresenceChange }
  /** Another node owns the entry now. */
  | { type: 'disowned'; key: PresenceKey }
  /** All that this node owns is to be asked for. */
  | { type: 'ask'; node: string };

interface Entry extends Owned {
  node: string;
}

interface Node {
  name: string;
  /** Of its last note that is known. */
  seq: number;
  heard: number;
  /** Undefined: alive. */
  diedAt?: number | undefined;
  isAsked: boolean;
}

export class PresenceMirror {
  readonly #entries = new Map<PresenceKey, Entry>();
  readonly #nodes = new Map<string, Node>();
  /** Entries that have changed while all of a node's are being asked for. */
  readonly #touched = new Map<string, Set<PresenceKey>>();
  /** Versions of removed entries, the longest removed first. */
  readonly #removed = new Map<PresenceKey, number>();
  #reconciled = 0;
  #seq = 0;

  constructor(
    /** This node's own id: of this process, and of no other one before or after it. */
    readonly node: string,
    private readonly name: string,
  ) {}

  get(key: PresenceKey): PeerRecord | undefined {
    return this.#entries.get(key)?.record;
  }

  owns(key: PresenceKey): boolean {
    return this.#entries.get(key)?.node === this.node;
  }

  *all(): IterableIterator<[PresenceKey, PeerRecord]> {
    for (const [key, { record }] of this.#entries) yield [key, record];
  }

  /** Names of the nodes that are alive, without this one. */
  alive(): string[] {
    return [...this.#nodes.values()].filter(({ diedAt }) => diedAt === undefined).map(({ name }) => name);
  }

  /** A peer submitted itself here, or this node changes its own entry. @param now milliseconds since 1970 */
  put(key: PresenceKey, record: PeerRecord, now: number): { note: PresenceNote; change: PresenceChange } {
    const before = this.#entries.get(key);
    const version = Math.max(before?.version ?? 0, this.#removed.get(key) ?? 0, Math.floor(now) - 1) + 1;
    this.#entries.set(key, { key, record, version, node: this.node });
    return {
      note: { type: 'put', seq: (this.#seq += 1), key, record, version },
      change: { key, before: before?.record, after: record },
    };
  }

  /** Undefined where this node does not own it. */
  remove(key: PresenceKey): { note: PresenceNote; change: PresenceChange } | undefined {
    const before = this.#entries.get(key);
    if (before?.node !== this.node) return undefined;
    this.#forget(before);
    return {
      note: { type: 'gone', seq: (this.#seq += 1), key, version: before.version },
      change: { key, before: before.record, after: undefined },
    };
  }

  beat(): PresenceNote {
    return { type: 'beat', seq: this.#seq, name: this.name };
  }

  bye(): PresenceNote {
    return { type: 'bye', seq: this.#seq };
  }

  /** What this node owns after that key, in order: for one who asks. At most `limit` entries, and so many bytes of JSON; at least one. */
  page(after: string, limit: number, maxBytes: number): { entries: Owned[]; more: boolean; seq: number } {
    const own = [...this.#entries.values()].filter(({ node, key }) => node === this.node && key > after);
    own.sort((a, b) => (a.key < b.key ? -1 : 1));
    const entries: Owned[] = [];
    let bytes = 0;
    for (const { key, record, version } of own.slice(0, limit)) {
      const entry = { key, record, version };
      bytes += Buffer.byteLength(JSON.stringify(entry)) + 1;
      if (bytes > maxBytes && entries.length > 0) break;
      entries.push(entry);
    }
    return { entries, more: own.length > entries.length, seq: this.#seq };
  }

  /** @param now of a clock that only goes on, as for `tick`: milliseconds since any moment */
  receive(node: string, note: PresenceNote, now: number): PresenceEffect[] {
    if (node === this.node) return [];
    const known = this.#nodes.get(node);
    if (note.type === 'bye') {
      if (!known || known.diedAt !== undefined) return [];
      known.diedAt = now;
      return [...this.#askAll()];
    }
    const expected = note.type === 'beat' ? note.seq : note.seq - 1;
    const isWhole = known?.diedAt === undefined && known?.seq === expected;
    const state: Node = known ?? { name: '', seq: note.seq, heard: now, isAsked: false };
    if (!known) this.#nodes.set(node, state);
    state.heard = now;
    state.diedAt = undefined;
    if (note.type === 'beat') state.name = note.name;
    // A gap stays one until all has been asked for.
    if (isWhole || state.isAsked) state.seq = note.seq;
    const effects: PresenceEffect[] = [];
    if (note.type === 'put') effects.push(...this.#claim(node, note));
    if (note.type === 'gone') effects.push(...this.#gone(node, note.key, note.version));
    if (!isWhole && !state.isAsked) effects.push(...this.#askAll());
    return effects;
  }

  /** What one node has taken over from another, and given up since, only that other one can say. */
  *#askAll(): IterableIterator<PresenceEffect> {
    for (const [node, state] of this.#nodes) {
      if (state.isAsked || state.diedAt !== undefined) continue;
      state.isAsked = true;
      this.#touched.set(node, new Set());
      yield { type: 'ask', node };
    }
  }

  /** All that a node owns, after it was asked. Undefined: it did not answer, and its next beat has it asked again. */
  learn(node: string, all: { entries: readonly Owned[]; seq: number } | undefined): PresenceEffect[] {
    const state = this.#nodes.get(node);
    const touched = this.#touched.get(node);
    this.#touched.delete(node);
    if (!state) return [];
    state.isAsked = false;
    if (!all) {
      state.seq = -1;
      return [];
    }
    state.seq = Math.max(state.seq, all.seq);
    const effects = all.entries.flatMap((entry) => this.#claim(node, entry));
    const named = new Set(all.entries.map(({ key }) => key));
    for (const entry of this.#entries.values()) {
      if (entry.node !== node || named.has(entry.key) || touched?.has(entry.key) === true) continue;
      effects.push(...this.#gone(node, entry.key, entry.version));
    }
    return effects;
  }

  /** To be called about once a second. */
  tick(now: number): PresenceEffect[] {
    const effects: PresenceEffect[] = [];
    if (now - this.#reconciled >= RECONCILE_MS) {
      this.#reconciled = now;
      effects.push(...this.#askAll());
    }
    const silent = [...this.#nodes.values()].filter(
      ({ diedAt, heard }) => diedAt === undefined && now - heard >= SILENT_MS,
    );
    for (const node of silent) node.diedAt = now;
    // Who has come elsewhere meanwhile, where nobody knew of their version, is there.
    if (silent.length > 0) effects.push(...this.#askAll());
    for (const [id, node] of this.#nodes) {
      if (node.diedAt === undefined || now - node.diedAt < ORPHAN_MS) continue;
      this.#nodes.delete(id);
      for (const entry of this.#entries.values()) {
        if (entry.node === id) effects.push(...this.#gone(id, entry.key, entry.version));
      }
    }
    return effects;
  }

  #claim(node: string, { key, record, version }: Owned): PresenceEffect[] {
    this.#touched.get(node)?.add(key);
    const before = this.#entries.get(key);
    const isNewer = !before || version > before.version || (version === before.version && node > before.node);
    // The clock of the node that lives may be behind that of the dead one.
    if (!isNewer && !this.#isDead(before.node)) return [];
    this.#entries.set(key, { key, record, version, node });
    const changed: PresenceEffect = { type: 'changed', change: { key, before: before?.record, after: record } };
    return before?.node === this.node ? [{ type: 'disowned', key }, changed] : [changed];
  }

  #isDead(node: string): boolean {
    return this.#nodes.get(node)?.diedAt !== undefined;
  }

  #gone(node: string, key: PresenceKey, version: number): PresenceEffect[] {
    this.#touched.get(node)?.add(key);
    const before = this.#entries.get(key);
    if (before?.node !== node || before.version > version) return [];
    this.#forget(before);
    return [{ type: 'changed', change: { key, before: before.record, after: undefined } }];
  }

  #forget({ key, version }: Owned): void {
    this.#entries.delete(key);
    this.#removed.delete(key);
    this.#removed.set(key, version);
    const [oldest] = this.#removed.keys();
    if (this.#removed.size > REMOVED_MAX && oldest !== undefined) this.#removed.delete(oldest);
  }
}
