/** How present this user is on this device: as they choose, or by whether they use it. */
import type { PreferencesView } from '../../protocol/local-api.js';
import type { PeerRecord } from '../../protocol/tracker-api.js';
import type { Clock } from '../services.js';

export type Status = PeerRecord['status'];

/** Nobody has used a window for so long: away. */
export const AWAY_AFTER_MS = 10 * 60_000;

export interface OwnPresenceOptions {
  readonly chosen: () => PreferencesView['presence'];
  readonly clock: Clock;
  readonly timers: { setTimeout(run: () => void, ms: number): unknown; clearTimeout(timer: unknown): void };
  readonly changed: (status: Status) => void;
}

/**
 * Windows say when they are used, so one that was closed counts for as long as its last use does. A daemon that no window
 * ever used is online: whoever runs it for a script, or in a cellar, is not away from it.
 */
export class OwnPresence {
  readonly #options: OwnPresenceOptions;
  /** When a window was last used. */
  #used: number | undefined;
  #status: Status = 'online';
  #timer: unknown;

  constructor(options: OwnPresenceOptions) {
    this.#options = options;
    this.#status = this.#now();
  }

  get status(): Status {
    return this.#status;
  }

  /** `false`: a window is there, and was not used for a while. */
  active(active: boolean): void {
    const now = this.#options.clock.now();
    this.#used = active ? now : (this.#used ?? now);
    this.look();
  }

  /** The user may have chosen otherwise, or time may have passed. */
  look(): void {
    const { clock, timers, changed } = this.#options;
    timers.clearTimeout(this.#timer);
    const status = this.#now();
    if (this.#used !== undefined && status === 'online') {
      const left = this.#used + AWAY_AFTER_MS - clock.now();
      this.#timer = timers.setTimeout(() => this.look(), Math.max(1, left));
    }
    if (status === this.#status) return;
    this.#status = status;
    changed(status);
  }

  close(): void {
    this.#options.timers.clearTimeout(this.#timer);
  }

  #now(): Status {
    const chosen = this.#options.chosen();
    if (chosen !== 'auto') return chosen;
    const used = this.#used;
    return used === undefined || this.#options.clock.now() - used < AWAY_AFTER_MS ? 'online' : 'away';
  }
}
