import { userKey, type DeviceId, type UserKey, type Username } from '../protocol/ids.js';
import { LAST_SEEN_STEP_MS } from '../protocol/limits.js';
import type { PeerRecord } from '../protocol/tracker-api.js';
import type { Clock } from './clock.js';
import type { Directory } from './directory.js';
import type { AccountStore, DeviceStore } from './store/tracker-store.js';

/** How often the time of those who stay online is written, so that little is lost when the tracker crashes. */
const SWEEP_MS = 3600_000;

export interface LastSeenOptions {
  store: { accounts: Pick<AccountStore, 'seen'>; devices: Pick<DeviceStore, 'seen'> };
  directory: Directory;
  clock: Clock;
}

/** The times of one kind that are not written yet. */
class Pending<Key> {
  #times = new Map<Key, number>();

  at(key: Key): number {
    return this.#times.get(key) ?? 0;
  }

  note(key: Key, at: number): void {
    this.#times.set(key, at);
  }

  async write(write: (times: ReadonlyMap<Key, number>) => Promise<void>): Promise<void> {
    if (this.#times.size === 0) return;
    const times = this.#times;
    this.#times = new Map();
    try {
      await write(times);
    } catch (error) {
      // For instance the disk is full: they are written with the next ones.
      for (const [key, at] of times) if (!this.#times.has(key)) this.#times.set(key, at);
      throw error;
    }
  }
}

/**
 * When users, and their devices, were last online (SPEC.md section 2). Times are collected in memory and written from time to time,
 * all in one write: heart-beats and reconnections then cost no write each.
 */
export class LastSeen {
  readonly #users = new Pending<UserKey>();
  readonly #devices = new Pending<DeviceId>();
  readonly #unwatch: () => void;
  #swept: number;

  constructor(private readonly options: LastSeenOptions) {
    const { clock, directory } = options;
    this.#swept = clock.now();
    this.#unwatch = directory.watch(({ before, after }) => {
      // Only coming and going matter: whoever is online is seen now.
      const record = before === undefined || after === undefined ? (after ?? before) : undefined;
      if (record) this.#note(record, clock.now());
    });
  }

  /** In steps, ISO time. `stored`: what the store has. Undefined: never. */
  ofUser(user: UserKey, stored: number | undefined): string | undefined {
    const online = this.options.directory.keysOf(user).length > 0;
    return this.#told(online, Math.max(stored ?? 0, this.#users.at(user)));
  }

  /** The same of a device. */
  ofDevice(device: DeviceId, stored: number | undefined): string | undefined {
    const online = this.options.directory.get(`d:${device}`) !== undefined;
    return this.#told(online, Math.max(stored ?? 0, this.#devices.at(device)));
  }

  /** Writes the collected times. */
  async flush(): Promise<void> {
    const { clock, store } = this.options;
    const now = clock.now();
    if (Math.abs(now - this.#swept) >= SWEEP_MS) {
      this.#swept = now;
      this.#noteAll(now);
    }
    await this.#users.write((times) => store.accounts.seen(times));
    await this.#devices.write((times) => store.devices.seen(times));
  }

  /** To be called before the store closes. */
  async close(): Promise<void> {
    this.#unwatch();
    this.#noteAll(this.options.clock.now());
    await this.flush();
  }

  #noteAll(now: number): void {
    for (const record of this.options.directory.all()) this.#note(record, now);
  }

  #note({ username, device }: PeerRecord, at: number): void {
    this.#users.note(userKey(username as Username), at);
    if (device !== undefined) this.#devices.note(device as DeviceId, at);
  }

  #told(online: boolean, last: number): string | undefined {
    const at = online ? this.options.clock.now() : last;
    return at > 0 ? new Date(Math.floor(at / LAST_SEEN_STEP_MS) * LAST_SEEN_STEP_MS).toISOString() : undefined;
  }
}
