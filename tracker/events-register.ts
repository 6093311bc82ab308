import type { UserKey } from '../protocol/ids.js';
import type { Clock } from './clock.js';
import { CLOSE_GOING_AWAY, CLOSE_POLICY, type EventsClient } from './events-client.js';
import type { PresenceKey } from './store/tracker-store.js';

/** All open events sockets, also those without a snapshot yet, by their users. */
export class EventsRegister {
  readonly #byUser = new Map<UserKey, Set<EventsClient>>();

  add(client: EventsClient): void {
    const ofUser = this.#byUser.get(client.user);
    if (ofUser) ofUser.add(client);
    else this.#byUser.set(client.user, new Set([client]));
  }

  /** @returns the peer that has no socket any more */
  remove(client: EventsClient): PresenceKey | undefined {
    const { peer, user } = client;
    const ofUser = this.#byUser.get(user);
    if (!ofUser?.delete(client)) return undefined;
    if (ofUser.size === 0) this.#byUser.delete(user);
    return peer && !this.has(user, peer) ? peer : undefined;
  }

  of(user: UserKey): ReadonlySet<EventsClient> {
    return this.#byUser.get(user) ?? NONE;
  }

  ofPeer(user: UserKey, peer: PresenceKey): EventsClient[] {
    return [...this.of(user)].filter((client) => client.peer === peer);
  }

  has(user: UserKey, peer: PresenceKey): boolean {
    return this.ofPeer(user, peer).length > 0;
  }

  *all(): IterableIterator<EventsClient> {
    for (const clients of this.#byUser.values()) yield* clients;
  }

  /** The session ended: closes the sockets that were opened with it. */
  endSession(hash: string): void {
    for (const client of this.all()) if (client.session === hash) client.socket.close(CLOSE_POLICY, 'signed out');
  }

  /** An admin lets nobody in with the account any more: closes its sockets. */
  endAccount(user: UserKey): void {
    for (const { socket } of this.of(user)) socket.close(CLOSE_POLICY, 'account disabled');
  }

  endDevice(user: UserKey, peer: PresenceKey): void {
    for (const { socket } of this.ofPeer(user, peer)) socket.close(CLOSE_POLICY, 'device revoked');
  }

  /** Closes all sockets as "going away", and drops those that do not close within `graceMs`. */
  async close(graceMs: number, clock: Pick<Clock, 'after'>): Promise<void> {
    const open = [...this.all()];
    const closed = open.map(({ socket }) => new Promise<void>((resolve) => socket.once('close', () => resolve())));
    for (const { socket } of open) socket.close(CLOSE_GOING_AWAY, 'the tracker stops');
    const cancel = clock.after(graceMs, () => {
      for (const { socket } of open) socket.terminate();
    });
    await Promise.all(closed);
    cancel();
  }
}

const NONE: ReadonlySet<EventsClient> = new Set();
