import type { PeerRecord } from '../protocol/tracker-api.js';
import type { PresenceKey } from './store/tracker-store.js';

export interface ListedPeer {
  readonly key: PresenceKey;
  readonly record: PeerRecord;
  /** The record as JSON: serialised once per change, whatever list it appears in. */
  readonly json: string;
}

export interface ListQuery {
  /** A random choice of this many. */
  sample?: number | undefined;
  limit?: number | undefined;
  /** Only peers whose id sorts after this one. */
  after?: string | undefined;
}

/** A peer's id on the wire: its device, or its user where it has none. */
export function peerId(record: PeerRecord): string {
  return record.device ?? record.username;
}

/** Where a peer with this id is in the list, or would be. The list is sorted by id in code units, equal ids by key. */
export function insertionIndex(peers: readonly ListedPeer[], id: string, key: string): number {
  let low = 0;
  let high = peers.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const peer = peers[middle];
    if (peer && isBefore(peer, id, key)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isBefore(peer: ListedPeer, id: string, key: string): boolean {
  const other = peerId(peer.record);
  return other === id ? peer.key < key : other < id;
}

/** Sorts after every key. */
const LAST_KEY = '~';

/** The part of a sorted list that a query asks for. `random` gives numbers in [0, 1). */
export function select(peers: readonly ListedPeer[], query: ListQuery, random: () => number): readonly ListedPeer[] {
  const from = query.after === undefined ? 0 : insertionIndex(peers, query.after, LAST_KEY);
  const rest = from === 0 ? peers : peers.slice(from);
  const chosen = query.sample === undefined ? rest : sampleOf(rest, query.sample, random);
  return query.limit === undefined ? chosen : chosen.slice(0, query.limit);
}

/** Each subset of `count` is equally likely (Floyd's algorithm); in the order of the list. Costs O(count log count). */
function sampleOf(peers: readonly ListedPeer[], count: number, random: () => number): readonly ListedPeer[] {
  if (count >= peers.length) return peers;
  const chosen = new Set<number>();
  for (let last = peers.length - count; last < peers.length; last += 1) {
    const pick = Math.floor(random() * (last + 1));
    chosen.add(chosen.has(pick) ? last : pick);
  }
  return [...chosen].sort((a, b) => a - b).flatMap((at) => peers[at] ?? []);
}

export function listBody(peers: readonly ListedPeer[]): Buffer {
  return Buffer.from(`{"status":"success","peers":[${peers.map((peer) => peer.json).join(',')}]}`);
}
