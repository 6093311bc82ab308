import type { DeviceId, UserKey } from '../../../protocol/ids.js';
import type { Account, Session, SessionStore } from '../tracker-store.js';
import type { Clock } from '../../clock.js';
import type { Bucket } from './bucket.js';
import { Grouped } from './grouped.js';

export class NatsSessions implements SessionStore {
  readonly isShared = true;
  readonly #ofUser = new Grouped<UserKey>();
  readonly #ofDevice = new Grouped<DeviceId>();
  readonly #listeners = new Set<(hash: string) => void>();
  /** Those that are being removed because their time is over: nobody is told. */
  readonly #expiring = new Set<string>();

  constructor(
    private readonly sessions: Bucket<Session>,
    private readonly accounts: Bucket<Account>,
    clock: Clock,
  ) {
    for (const [, session] of sessions.mirror.values()) this.#index(undefined, session);
    sessions.watch(({ key, before, after }) => {
      this.#index(before, after);
      if (after || this.#expiring.has(key) || (before && before.expires <= clock.now())) return;
      for (const listener of this.#listeners) listener(key);
    });
  }

  async put(session: Session): Promise<void> {
    await this.sessions.put(session.hash, session);
  }

  /**
   * A session of an earlier epoch is over: its node may not have heard of the new one when it was opened, nor the node where
   * the password was changed of the session.
   */
  async find(hash: string): Promise<Session | undefined> {
    const found = await this.sessions.find(hash);
    if (!found) return undefined;
    const account = this.accounts.get(found.user);
    if (account?.state !== undefined || found.epoch < (account?.epoch ?? 0)) return undefined;
    return { ...found };
  }

  async extend(hash: string, expires: number): Promise<void> {
    // Never put: that would bring back a session that has just been ended elsewhere.
    await this.sessions.update(hash, (known) => known && { ...known, expires });
  }

  async bind(hash: string, device: DeviceId): Promise<boolean> {
    return (await this.sessions.update(hash, (known) => known && { ...known, device })) !== undefined;
  }

  async remove(hash: string): Promise<void> {
    await this.sessions.remove(hash);
  }

  ofDevice(device: DeviceId): Promise<readonly string[]> {
    return Promise.resolve(this.#newestFirst(this.#ofDevice.of(device)));
  }

  ofUser(user: UserKey): Promise<readonly string[]> {
    return Promise.resolve(this.#newestFirst(this.#ofUser.of(user)));
  }

  async removeExpired(now: number): Promise<number> {
    const expired = [...this.sessions.mirror.values()].filter(([, { expires }]) => expires <= now);
    for (const [hash] of expired) {
      this.#expiring.add(hash);
      await this.sessions.remove(hash).finally(() => this.#expiring.delete(hash));
    }
    return expired.length;
  }

  count(): Promise<number> {
    return Promise.resolve(this.sessions.mirror.size);
  }

  watch(listener: (hash: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #newestFirst(hashes: ReadonlySet<string>): string[] {
    const found = [...hashes].flatMap((hash) => this.sessions.get(hash) ?? []);
    return found.sort((a, b) => b.created - a.created).map(({ hash }) => hash);
  }

  #index(before: Session | undefined, after: Session | undefined): void {
    if (before && before.device !== after?.device && before.device !== undefined) {
      this.#ofDevice.delete(before.device, before.hash);
    }
    if (before && !after) this.#ofUser.delete(before.user, before.hash);
    if (!after) return;
    this.#ofUser.add(after.user, after.hash);
    if (after.device !== undefined) this.#ofDevice.add(after.device, after.hash);
  }
}
