/** So many times as many as are still free may come from one address. */
const SHARE = 4;

/** One address: how many it has, and what gives one of them back. */
interface Caller {
  count: number;
  readonly leave: () => void;
}

/**
 * Who may have one of so many places, such as connections: whoever holds many gets no more once few are free. So one address gets four fifths of them at the most,
 * two together eight ninths, and there is always room for somebody who has none. (Dynamic thresholds: A. Choudhury and E. Hahne, 1998.)
 */
export class FairPlaces {
  readonly #callers = new Map<string, Caller>();
  #taken = 0;

  constructor(private readonly max: number) {}

  /** @returns what gives the place back, to be called once for each that was taken; undefined: it gets none */
  take(from: string): (() => void) | undefined {
    const free = this.max - this.#taken;
    const caller = this.#callers.get(from) ?? this.#caller(from);
    if (free <= 0 || caller.count >= SHARE * free) return undefined;
    this.#callers.set(from, caller);
    caller.count += 1;
    this.#taken += 1;
    return caller.leave;
  }

  /** The same function for all its places: there are thousands. */
  #caller(from: string): Caller {
    const caller: Caller = {
      count: 0,
      leave: () => {
        caller.count -= 1;
        this.#taken -= 1;
        if (caller.count === 0) this.#callers.delete(from);
      },
    };
    return caller;
  }
}
