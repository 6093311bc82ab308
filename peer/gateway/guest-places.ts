/** How many guests a gateway takes: at once, from one address, and from one address in a day. */
import { ParleyError } from '../../protocol/errors.js';
import type { Clock } from '../services.js';

export interface GuestBounds {
  /** Each has a peer that is awake, of about 4 MiB. */
  readonly atOnce: number;
  /** A class behind one address. */
  readonly fromAddress: number;
  /** Fewer than the tracker takes in all, so that no one address uses up the day for all others. */
  readonly fromAddressADay: number;
}

const BOUNDS: GuestBounds = { atOnce: 100, fromAddress: 40, fromAddressADay: 100 };
const DAY_MS = 24 * 3600_000;
/** More are not remembered: the tracker bounds all of them together. */
const ADDRESSES_MAX = 1024;

export class GuestPlaces {
  #taken = 0;
  readonly #here = new Map<string, number>();
  readonly #came = new Map<string, { count: number; until: number }>();

  constructor(
    private readonly clock: Clock,
    private readonly bounds: GuestBounds = BOUNDS,
  ) {}

  /** @returns gives the place back, once. @throws unavailable, rate_limited */
  take(address: string): () => void {
    const { atOnce, fromAddress, fromAddressADay } = this.bounds;
    const here = this.#here.get(address) ?? 0;
    if (this.#taken >= atOnce || here >= fromAddress)
      throw new ParleyError('unavailable', 'There are too many guests here now. Come later, or make an account.');
    const day = this.#came.get(address);
    if (day && day.until > this.clock.now() && day.count >= fromAddressADay)
      throw new ParleyError(
        'rate_limited',
        'Too many guests have come from there today. Make an account, or come tomorrow.',
      );
    this.#taken += 1;
    this.#here.set(address, here + 1);
    let isTaken = true;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      this.#taken -= 1;
      const left = (this.#here.get(address) ?? 1) - 1;
      if (left > 0) this.#here.set(address, left);
      else this.#here.delete(address);
    };
  }

  /** Refused ones do not count. */
  came(address: string): void {
    const now = this.clock.now();
    const known = this.#came.get(address);
    const day = known && known.until > now ? known : { count: 0, until: now + DAY_MS };
    day.count += 1;
    this.#came.delete(address);
    const [oldest] = this.#came.keys();
    if (this.#came.size >= ADDRESSES_MAX && oldest !== undefined) this.#came.delete(oldest);
    this.#came.set(address, day);
  }
}
