import type { UserKey } from '../protocol/ids.js';
import type { PresenceKey } from './store/tracker-store.js';

/** One peer that is online. */
export interface Spot {
  readonly key: PresenceKey;
  readonly user: UserKey;
  /** In [0, 1): drawn for the key, by nobody's choice. */
  readonly place: number;
}

/** Those who are told of one part of a crowd. */
export interface Group<Client> {
  readonly crowd: Crowd<Client>;
  readonly parts: number;
  readonly part: number;
  readonly clients: Set<Client>;
}

/** Peers in a part, at the most; it is cut in two beyond. Below a quarter of it parts are joined again. */
const PART_MAX = 32;
const PART_MIN = PART_MAX / 4;
/** Below this share of the bound a crowd is whole again, so that one who comes and goes does not change it each time. */
const WHOLE_AGAIN = 0.8;

/**
 * Those online in one channel, by their places. While they are few, all are one part; else there are equal parts of [0, 1), as many as it takes: so each part is a random
 * choice of the crowd, and which part a place is in is known without a table.
 */
export class Crowd<Client> {
  readonly #spots: Spot[] = [];
  /** By how many parts there were when they were made, and by part. */
  readonly #groups = new Map<number, Map<number, Group<Client>>>();
  #parts = 1;

  /** @param wholeMax so many are one part */
  constructor(
    private readonly wholeMax: number,
    readonly name = '',
  ) {}

  get size(): number {
    return this.#spots.length;
  }

  /** Into how many parts it is cut now; always a power of two. */
  get parts(): number {
    return this.#parts;
  }

  get isEmpty(): boolean {
    return this.#spots.length === 0 && this.#groups.size === 0;
  }

  /** Whether it is cut into another number of parts now: its groups are those of before. */
  add(spot: Spot): boolean {
    this.#spots.splice(this.#at(spot.place, spot.key), 0, spot);
    return this.#cut();
  }

  /** As `add`. */
  remove(spot: Spot): boolean {
    const at = this.#at(spot.place, spot.key);
    if (this.#spots[at]?.key === spot.key) this.#spots.splice(at, 1);
    return this.#cut();
  }

  /** Everybody in that part. */
  *spotsOf({ parts, part }: Pick<Group<Client>, 'parts' | 'part'>): IterableIterator<Spot> {
    const end = this.#at((part + 1) / parts, '');
    for (let at = this.#at(part / parts, ''); at < end; at += 1) {
      const spot = this.#spots[at];
      if (spot) yield spot;
    }
  }

  /** From now on the client is told of the part in which `place` is. */
  join(client: Client, place: number): Group<Client> {
    const byPart = this.#groups.get(this.#parts) ?? new Map<number, Group<Client>>();
    this.#groups.set(this.#parts, byPart);
    const part = Math.floor(place * this.#parts);
    const group = byPart.get(part) ?? { crowd: this, parts: this.#parts, part, clients: new Set<Client>() };
    byPart.set(part, group);
    group.clients.add(client);
    return group;
  }

  leave(client: Client, group: Group<Client>): void {
    group.clients.delete(client);
    if (group.clients.size > 0) return;
    const byPart = this.#groups.get(group.parts);
    byPart?.delete(group.part);
    if (byPart?.size === 0) this.#groups.delete(group.parts);
  }

  /** Those who are told of whoever is at `place`. */
  *clientsAt(place: number): IterableIterator<Client> {
    for (const [parts, byPart] of this.#groups) yield* byPart.get(Math.floor(place * parts))?.clients ?? [];
  }

  *clients(): IterableIterator<Client> {
    for (const byPart of this.#groups.values()) for (const { clients } of byPart.values()) yield* clients;
  }

  #cut(): boolean {
    const before = this.#parts;
    const { length } = this.#spots;
    if (before === 1) {
      if (length > this.wholeMax) while (length > PART_MAX * this.#parts) this.#parts *= 2;
    } else if (length < this.wholeMax * WHOLE_AGAIN) this.#parts = 1;
    else if (length > PART_MAX * before) this.#parts *= 2;
    else if (length < PART_MIN * before) this.#parts /= 2;
    return this.#parts !== before;
  }

  /** Where it is among the others, or would be. */
  #at(place: number, key: string): number {
    let low = 0;
    let high = this.#spots.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const spot = this.#spots[middle];
      if (spot && (spot.place < place || (spot.place === place && spot.key < key))) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
