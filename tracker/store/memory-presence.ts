import type { PeerRecord } from '../../protocol/tracker-api.js';
import type { Clock } from '../clock.js';
import { Expiry } from '../expiry.js';
import type { PresenceChange, PresenceKey, PresenceStore } from './tracker-store.js';

/** Presence for a tracker of one process. Listeners are called at once. */
export class MemoryPresence implements PresenceStore {
  readonly #peers = new Map<PresenceKey, PeerRecord>();
  readonly #listeners = new Set<(change: PresenceChange) => void>();
  readonly #expiry: Expiry<PresenceKey>;

  constructor(clock: Clock) {
    this.#expiry = new Expiry(clock, (key) => {
      this.#forget(key);
    });
  }

  put(key: PresenceKey, peer: PeerRecord, ttlMs: number): Promise<void> {
    const before = this.#peers.get(key);
    this.#peers.set(key, peer);
    this.#expiry.set(key, ttlMs);
    this.#tell({ key, before, after: peer });
    return Promise.resolve();
  }

  replace(key: PresenceKey, peer: PeerRecord): Promise<boolean> {
    const before = this.#peers.get(key);
    if (!before) return Promise.resolve(false);
    this.#peers.set(key, peer);
    this.#tell({ key, before, after: peer });
    return Promise.resolve(true);
  }

  touch(key: PresenceKey, ttlMs: number): Promise<boolean> {
    const online = this.#peers.has(key);
    if (online) this.#expiry.set(key, ttlMs);
    return Promise.resolve(online);
  }

  shorten(key: PresenceKey, ttlMs: number): Promise<void> {
    this.#expiry.shorten(key, ttlMs);
    return Promise.resolve();
  }

  remove(key: PresenceKey): Promise<void> {
    this.#expiry.delete(key);
    this.#forget(key);
    return Promise.resolve();
  }

  watch(listener: (change: PresenceChange) => void): Promise<() => void> {
    for (const [key, after] of this.#peers) listener({ key, before: undefined, after });
    this.#listeners.add(listener);
    return Promise.resolve(() => this.#listeners.delete(listener));
  }

  stop(): void {
    this.#expiry.stop();
    this.#listeners.clear();
  }

  #forget(key: PresenceKey): void {
    const before = this.#peers.get(key);
    if (before && this.#peers.delete(key)) this.#tell({ key, before, after: undefined });
  }

  #tell(change: PresenceChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}
