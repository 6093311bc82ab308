import { isParleyError, ParleyError } from '../../protocol/errors.js';
import type { Clock } from '../services.js';

const WINDOW_MS = 60_000;
const ADDRESSES_MAX = 1024;

/** Counts wrong passwords by address. Others cost nothing, but an attempt in progress counts until its outcome is known. */
export class LoginAttempts {
  readonly #windows = new Map<string, { count: number; until: number }>();

  constructor(
    private readonly clock: Clock,
    private readonly perMinute: number,
  ) {}

  /** @throws rate_limited, else whatever `login` throws */
  async run<Result>(address: string, login: () => Promise<Result>): Promise<Result> {
    const window = this.#window(address);
    if (window.count >= this.perMinute) throw new ParleyError('rate_limited');
    window.count += 1;
    let wrong = false;
    try {
      return await login();
    } catch (error) {
      wrong = isParleyError(error) && error.code === 'invalid_credentials';
      throw error;
    } finally {
      if (!wrong) window.count -= 1;
    }
  }

  #window(address: string): { count: number; until: number } {
    const now = this.clock.now();
    const known = this.#windows.get(address);
    if (known && known.until > now) return known;
    this.#windows.delete(address);
    const [oldest] = this.#windows.keys();
    if (this.#windows.size >= ADDRESSES_MAX && oldest !== undefined) this.#windows.delete(oldest);
    const fresh = { count: 0, until: now + WINDOW_MS };
    this.#windows.set(address, fresh);
    return fresh;
  }
}
