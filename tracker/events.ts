import type { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import { isParleyError } from '../protocol/errors.js';
import { userKey, type UserKey, type Username } from '../protocol/ids.js';
import type { AccountWord } from '../protocol/account-word.js';
import type { Revocation } from '../protocol/revocation.js';
import type { TrackerEvent } from '../protocol/tracker-api.js';
import type { AccountWords } from './administration/account-words.js';
import type { Channels } from './channels.js';
import { logFailure } from './background.js';
import type { Clock } from './clock.js';
import type { Timings } from './config.js';
import type { Devices } from './devices.js';
import type { Directory } from './directory.js';
import { Duty } from './duty.js';
import { EventsBatch } from './events-batch.js';
import {
  CLOSE_GOING_AWAY,
  CLOSE_POLICY,
  CLOSE_TRY_AGAIN,
  deliver,
  errorMessage,
  parseStatus,
  type EventsClient,
} from './events-client.js';
import { Snapshots } from './events-snapshots.js';
import type { Log } from './log.js';
import type { ChannelChange, PresenceKey } from './store/tracker-store.js';

export interface EventsOptions {
  directory: Directory;
  channels: Channels;
  devices: Pick<Devices, 'revocations'>;
  accountWords: Pick<AccountWords, 'list'>;
  clock: Clock;
  log: Log;
  timings: Pick<Timings, 'eventsWindow' | 'eventsPing'>;
  /** Addresses of all trackers that stand for one another. */
  trackers?: readonly string[];
  /** Unread bytes besides the snapshot at which a client is slow. */
  bufferMax?: number;
}

/** Who opened a socket, after `GET /events` has checked it. */
export interface Subscriber {
  user: UserKey;
  session: string;
  peer: PresenceKey | undefined;
}

const BUFFER_MAX = 1024 * 1024;
const MISSED_PINGS_MAX = 2;
const MAIL = JSON.stringify({ type: 'mailbox' } satisfies TrackerEvent);

/** Sends each /events socket a snapshot, then what changes, prepared once for all of them (SPEC.md section 2). */
export class Events {
  readonly #options: EventsOptions;
  /** Those that have got their snapshot, and get changes. */
  readonly #clients = new Set<EventsClient>();
  readonly #byUser = new Map<UserKey, Set<EventsClient>>();
  /** Those that will be told that a letter arrived. */
  readonly #mailPending = new Set<EventsClient>();
  #membershipChanges = 0;
  #batch = new EventsBatch();
  readonly #flushes: Duty;
  readonly #snapshots: Snapshots;
  #cancelPing: (() => void) | undefined;
  readonly #unwatch: readonly (() => void)[];

  constructor(options: EventsOptions) {
    this.#options = options;
    const { trackers = [] } = options;
    this.#flushes = new Duty(options.clock, options.timings.eventsWindow, () => this.#flush());
    this.#snapshots = new Snapshots({
      ...{ ...options, trackers },
      sent: (client) => {
        this.#clients.add(client);
        this.#extendPresence(client);
      },
    });
    this.#unwatch = [
      options.directory.watch((change) => {
        this.#batch.peer(change);
        this.#flushes.ask();
      }),
      options.channels.watch((change) => {
        this.#channelChanged(change);
      }),
    ];
    this.#schedulePing();
  }

  get size(): number {
    return this.#clients.size;
  }

  socketsOf(user: UserKey): number {
    return this.#byUser.get(user)?.size ?? 0;
  }

  /** Takes an open socket; `stream` is the connection that it came on. */
  async subscribe(socket: WebSocket, stream: Duplex, subscriber: Subscriber): Promise<void> {
    const { bufferMax = BUFFER_MAX } = this.#options;
    const client: EventsClient = { socket, stream, ...subscriber, joined: new Set(), unanswered: 0, bufferMax };
    this.#register(client);
    this.#listen(client);
    await this.#readMembership(client);
    if (socket.readyState === socket.OPEN) this.#snapshots.add(client);
  }

  /** The session ended: closes the sockets that were opened with it. */
  endSession(hash: string): void {
    for (const client of this.#all()) {
      if (client.session === hash) client.socket.close(CLOSE_POLICY, 'signed out');
    }
  }

  registered(username: Username): void {
    this.#batch.registered(username);
    this.#flushes.ask();
  }

  /** An admin lets nobody in with the account any more: closes its sockets. */
  endAccount(user: UserKey): void {
    for (const { socket } of this.#byUser.get(user) ?? []) socket.close(CLOSE_POLICY, 'account disabled');
  }

  /** What the CA says of an account now: everybody is told. */
  accountChanged(word: AccountWord): void {
    this.#batch.account(userKey(word.username as Username), word);
    this.#flushes.ask();
  }

  /** Closes the sockets of the device, and tells everybody. */
  deviceRevoked(user: UserKey, peer: PresenceKey, revocation: Revocation): void {
    for (const client of this.#byUser.get(user) ?? [])
      if (client.peer === peer) client.socket.close(CLOSE_POLICY, 'device revoked');
    this.#batch.revoked(revocation);
    this.#flushes.ask();
  }

  /** A letter arrived for the device of this peer: only its own sockets are told. */
  mailArrived(user: UserKey, peer: PresenceKey): void {
    for (const client of this.#byUser.get(user) ?? []) {
      // A client that waits for its snapshot reads the mailbox after it anyway.
      if (client.peer === peer && this.#clients.has(client)) this.#mailPending.add(client);
    }
    if (this.#mailPending.size > 0) this.#flushes.ask();
  }

  has(user: UserKey, peer: PresenceKey): boolean {
    return [...(this.#byUser.get(user) ?? [])].some((client) => client.peer === peer);
  }

  /** At once, to the newest socket of this peer: what is for it alone, and of no use later. @returns whether it has one */
  tell(user: UserKey, peer: PresenceKey, event: TrackerEvent): boolean {
    const clients = [...(this.#byUser.get(user) ?? [])].filter((client) => client.peer === peer);
    const client = clients.reverse().find((one) => this.#clients.has(one) && one.socket.readyState === one.socket.OPEN);
    if (!client || client.stream.writableLength > client.bufferMax) return false;
    client.socket.send(JSON.stringify(event));
    return true;
  }

  /** Closes all sockets as "going away", and drops those that do not close within `graceMs`. */
  async close(graceMs: number): Promise<void> {
    for (const stop of this.#unwatch) stop();
    this.#flushes.stop();
    this.#snapshots.stop();
    this.#cancelPing?.();
    const open = [...this.#all()];
    const closed = open.map(({ socket }) => new Promise<void>((resolve) => socket.once('close', () => resolve())));
    for (const { socket } of open) socket.close(CLOSE_GOING_AWAY, 'the tracker stops');
    const cancel = this.#options.clock.after(graceMs, () => {
      for (const { socket } of open) socket.terminate();
    });
    await Promise.all(closed);
    cancel();
  }

  #listen(client: EventsClient): void {
    const { socket } = client;
    socket.on('message', (data, isBinary) => this.#logFailure(this.#receive(client, data, isBinary)));
    // Answered here: ws would keep any number of answers for a client that asks and does not read.
    socket.on('ping', (data) => {
      if (client.stream.writableLength > client.bufferMax) socket.terminate();
      else socket.pong(data);
    });
    socket.on('pong', () => {
      client.unanswered = 0;
      this.#extendPresence(client);
    });
    // ws itself closes the socket after an error: a message too large, not UTF-8, a broken frame.
    socket.on('error', (error) => this.#options.log.debug({ err: error }, 'events socket failed'));
    socket.on('close', () => this.#remove(client));
  }

  async #receive(client: EventsClient, data: RawData, isBinary: boolean): Promise<void> {
    const { directory } = this.#options;
    try {
      const status = parseStatus(data, isBinary);
      const peers = client.peer ? [client.peer] : directory.keysOf(client.user);
      for (const peer of peers) await directory.setStatus(peer, client.user, status);
    } catch (error) {
      if (!isParleyError(error)) throw error;
      // A client that sends many wrong messages and does not read the answers is slow as well.
      if (client.stream.writableLength > client.bufferMax) client.socket.terminate();
      else client.socket.send(errorMessage(error.code, error.message));
    }
  }

  #extendPresence({ peer, user }: EventsClient): void {
    if (peer) this.#logFailure(this.#options.directory.keepAlive(peer, user));
  }

  /** Logs the failure of work that nobody waits for. */
  #logFailure(work: Promise<void>): void {
    work.catch((error: unknown) => logFailure(this.#options.log, error, 'events socket: work failed'));
  }

  /** Reads again when any membership changed meanwhile: the answer may be older than the change. */
  async #readMembership(client: EventsClient): Promise<void> {
    for (;;) {
      const before = this.#membershipChanges;
      const names = await this.#options.channels.ofUser(client.user);
      if (before !== this.#membershipChanges) continue;
      for (const name of names) client.joined.add(name);
      return;
    }
  }

  /** Every socket, also those without a snapshot yet. */
  *#all(): Iterable<EventsClient> {
    for (const clients of this.#byUser.values()) yield* clients;
  }

  #register(client: EventsClient): void {
    const ofUser = this.#byUser.get(client.user);
    if (ofUser) ofUser.add(client);
    else this.#byUser.set(client.user, new Set([client]));
  }

  #remove(client: EventsClient): void {
    this.#clients.delete(client);
    this.#snapshots.remove(client);
    this.#mailPending.delete(client);
    const ofUser = this.#byUser.get(client.user);
    if (!ofUser?.delete(client)) return;
    if (ofUser.size === 0) this.#byUser.delete(client.user);
    const { peer, user } = client;
    const another = [...ofUser].some((other) => other.peer === peer);
    if (peer && !another) this.#logFailure(this.#options.directory.expireSoon(peer, user));
  }

  #channelChanged(change: ChannelChange): void {
    if (change.type === 'updated') {
      this.#batch.channel(change.channel, this.#options.channels.wordOf(change.channel));
    } else {
      this.#membershipChanges += 1;
      this.#batch.membership(change.type, change.name, change.username);
      for (const client of this.#byUser.get(change.user) ?? []) {
        if (change.type === 'joined') client.joined.add(change.name);
        else client.joined.delete(change.name);
      }
    }
    this.#flushes.ask();
  }

  #flush(): void {
    for (const { socket } of this.#mailPending) if (socket.readyState === socket.OPEN) socket.send(MAIL);
    this.#mailPending.clear();
    if (this.#batch.isEmpty) return;
    const batch = this.#batch.prepare();
    this.#batch = new EventsBatch();
    for (const client of this.#clients) {
      if (!deliver(client, batch)) this.#options.log.info({ code: CLOSE_TRY_AGAIN }, 'slow events client closed');
    }
  }

  #schedulePing(): void {
    this.#cancelPing = this.#options.clock.after(this.#options.timings.eventsPing, () => {
      for (const client of this.#clients) this.#ping(client);
      this.#schedulePing();
    });
  }

  #ping(client: EventsClient): void {
    if (client.unanswered >= MISSED_PINGS_MAX) {
      client.socket.terminate();
      return;
    }
    client.unanswered += 1;
    client.socket.ping();
  }
}
