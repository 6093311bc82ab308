/**
 * Which entries of a log are signed (SPEC.md section 5). A signature proves all entries before it, so one is enough for a
 * piece; what comes before it arrives must be kept by whoever receives it, and so the piece is bounded, by number and by bytes.
 */
import { UNSIGNED_BYTES_MAX, UNSIGNED_RUN_MAX } from './limits.js';
import { entryCost, RATES, type RatedEntry } from './rates.js';

/** What an entry counts in a piece. Bytes. */
export function runCost(entry: Omit<RatedEntry, 'time'>): number {
  return entryCost(entry, RATES);
}

/**
 * How many entries from `from` on are one piece: the author signs the last of them, and a receiver checks and keeps the last
 * signature among them. At least one, if there is any.
 * @param costs of entries that follow each other in one log, by `runCost`
 */
export function pieceLength(costs: readonly number[], from = 0): number {
  let bytes = 0;
  let length = 0;
  while (length < UNSIGNED_RUN_MAX) {
    const cost = costs[from + length];
    if (cost === undefined || (length > 0 && bytes + cost > UNSIGNED_BYTES_MAX)) break;
    bytes += cost;
    length++;
  }
  return length;
}

/** The places of the entries that the author of a burst signs: the last of each piece. */
export function signedPlaces(costs: readonly number[]): Set<number> {
  const places = new Set<number>();
  for (let from = 0; from < costs.length;) {
    from += pieceLength(costs, from);
    places.add(from - 1);
  }
  return places;
}
