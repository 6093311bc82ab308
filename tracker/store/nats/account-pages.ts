/** Pages of the list of accounts, from memory. */
import type { UserKey } from '../../../protocol/ids.js';
import type { AccountQuery } from '../tracker-store.js';

/** A set of keys in their order. */
export class SortedKeys {
  readonly #keys: UserKey[] = [];
  readonly #known = new Set<UserKey>();

  get size(): number {
    return this.#known.size;
  }

  add(key: UserKey): void {
    if (this.#known.has(key)) return;
    this.#known.add(key);
    // What is read at the start mostly comes one after the other.
    this.#keys.splice(this.#placeOf(key), 0, key);
  }

  delete(key: UserKey): void {
    if (this.#known.delete(key)) this.#keys.splice(this.#placeOf(key), 1);
  }

  /** Those not before this text. */
  from(text: string, limit?: number): UserKey[] {
    const start = this.#placeOf(text);
    return this.#keys.slice(start, limit === undefined ? undefined : start + limit);
  }

  #placeOf(text: string): number {
    let [low, high] = [0, this.#keys.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#keys[middle] ?? '') < text) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/**
 * One page: names that begin with the part, by key; then those that contain it, by what follows from its first place on. With a
 * part, all names are looked through once: some milliseconds for 100,000 of them.
 */
export function pageOf(
  all: SortedKeys,
  { part = '', after = '' as UserKey, limit }: AccountQuery,
  isShown: (key: UserKey) => boolean = () => true,
): UserKey[] {
  const at = part === '' ? 0 : after.indexOf(part);
  const page = at > 0 ? [] : beginning(all, part, after, limit, isShown);
  if (part === '' || page.length >= limit) return page;
  const place = at > 0 ? after.slice(at) : '';
  return [...page, ...containing(all, part, { place, key: at > 0 ? after : '' }, limit - page.length, isShown)];
}

function beginning(
  all: SortedKeys,
  part: string,
  after: UserKey,
  limit: number,
  isShown: (key: UserKey) => boolean,
): UserKey[] {
  const page: UserKey[] = [];
  for (const key of all.from(after > part ? after : part)) {
    if (page.length >= limit || !key.startsWith(part)) break;
    if (key !== after && isShown(key)) page.push(key);
  }
  return page;
}

interface Place {
  /** The name from the first place of the part on. */
  place: string;
  key: string;
}

/** The first of them in their order, found in one pass. */
function containing(
  all: SortedKeys,
  part: string,
  after: Place,
  limit: number,
  isShown: (key: UserKey) => boolean,
): UserKey[] {
  const found: (Place & { key: UserKey })[] = [];
  for (const key of all.from('')) {
    const at = key.indexOf(part);
    if (at <= 0) continue;
    const one = { place: key.slice(at), key };
    const last = found[limit - 1];
    if (!isBefore(after, one) || (last && isBefore(last, one)) || !isShown(key)) continue;
    let to = found.length;
    for (let before = found[to - 1]; before && isBefore(one, before); before = found[to - 1]) to -= 1;
    found.splice(to, 0, one);
    if (found.length > limit) found.pop();
  }
  return found.map(({ key }) => key);
}

function isBefore(a: Place, b: Place): boolean {
  return a.place === b.place ? a.key < b.key : a.place < b.place;
}
