/**
 * Work that waits for its turn, at most so much of it: of those who asked, one after the other gets a turn, and who asks for much waits for itself.
 * Where it is full, the last of whoever has most of it gives way. So nobody keeps others out by asking often.
 */
export class FairQueue<Work> {
  /** By who asked, and whose turn is next first. None is empty. */
  readonly #lanes = new Map<string, Work[]>();
  #size = 0;

  constructor(private readonly max: number) {}

  get size(): number {
    return this.#size;
  }

  /** @returns what has no place for it, which may be `work` itself */
  add(from: string, work: Work): Work | undefined {
    const lane = this.#lanes.get(from) ?? [];
    lane.push(work);
    this.#lanes.set(from, lane);
    this.#size += 1;
    if (this.#size <= this.max) return undefined;
    let [longest, most] = [from, lane];
    for (const [other, works] of this.#lanes) if (works.length > most.length) [longest, most] = [other, works];
    return this.#take(longest, most, 'pop');
  }

  /** Takes the next one out. */
  next(): Work | undefined {
    const [first] = this.#lanes;
    if (!first) return undefined;
    const [from, lane] = first;
    const work = this.#take(from, lane, 'shift');
    // Behind the others, if there is more of it.
    if (this.#lanes.delete(from)) this.#lanes.set(from, lane);
    return work;
  }

  #take(from: string, lane: Work[], end: 'pop' | 'shift'): Work | undefined {
    const work = lane[end]();
    this.#size -= 1;
    if (lane.length === 0) this.#lanes.delete(from);
    return work;
  }
}
