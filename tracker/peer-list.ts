import { userKey, type UserKey, type Username } from '../protocol/ids.js';
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
  const { after, sample, limit = peers.length } = query;
  const from = after === undefined ? 0 : insertionIndex(peers, after, LAST_KEY);
  // A page costs what is on it, however long the list is.
  if (sample === undefined) return peers.slice(from, from + limit);
  return sampleOf(from === 0 ? peers : peers.slice(from), sample, random).slice(0, limit);
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

/** Peers by id, kept so while they come and go. */
export class SortedPeers {
  readonly #peers: ListedPeer[] = [];
  /** How many of each user's. */
  readonly #ofUser = new Map<UserKey, number>();

  /** How many users they are of. */
  get users(): number {
    return this.#ofUser.size;
  }

  get all(): readonly ListedPeer[] {
    return this.#peers;
  }

  add(peer: ListedPeer): void {
    this.#peers.splice(this.#at(peer), 0, peer);
    this.#count(peer, 1);
  }

  remove(peer: ListedPeer): void {
    const at = this.#at(peer);
    if (this.#peers[at]?.key !== peer.key) return;
    this.#peers.splice(at, 1);
    this.#count(peer, -1);
  }

  #count({ record }: ListedPeer, change: 1 | -1): void {
    const user = userKey(record.username as Username);
    const count = (this.#ofUser.get(user) ?? 0) + change;
    if (count > 0) this.#ofUser.set(user, count);
    else this.#ofUser.delete(user);
  }

  #at(peer: ListedPeer): number {
    return insertionIndex(this.#peers, peerId(peer.record), peer.key);
  }
}

/** @param online of a part of a list: how many users are online in all of it */
export function listBody(peers: readonly ListedPeer[], online?: number): Buffer {
  const count = online === undefined ? '' : `,"online":${online}`;
  return Buffer.from(`{"status":"success","peers":[${peers.map((peer) => peer.json).join(',')}]${count}}`);
}
