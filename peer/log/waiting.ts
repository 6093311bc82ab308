/** What waits to be written, in order: taken in portions that are bounded by number and by bytes. */
import { runCost } from '../../protocol/signed-runs.js';
import type { RatedEntry } from '../../protocol/rates.js';

export class Waiting<Item extends Omit<RatedEntry, 'time'>> {
  private items: Item[] = [];
  private size = 0;

  get length(): number {
    return this.items.length;
  }

  /** As `runCost` counts. */
  get bytes(): number {
    return this.size;
  }

  push(item: Item): void {
    this.items.push(item);
    this.size += runCost(item);
  }

  some(holds: (item: Item) => boolean): boolean {
    return this.items.some(holds);
  }

  /** The first ones, at least one if there is any. Without bounds all. */
  take(most = Infinity, mostBytes = Infinity): Item[] {
    if (this.items.length <= most && this.size <= mostBytes) {
      const all = this.items;
      [this.items, this.size] = [[], 0];
      return all;
    }
    let [count, bytes] = [0, 0];
    for (const item of this.items) {
      const cost = runCost(item);
      if (count >= most || (count > 0 && bytes + cost > mostBytes)) break;
      bytes += cost;
      count++;
    }
    this.size -= bytes;
    return this.items.splice(0, count);
  }
}
