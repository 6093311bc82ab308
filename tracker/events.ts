import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
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
import { EventsBatch, type PreparedBatch } from './events-batch.js';
import { CLOSE_TRY_AGAIN, closeIfSlow, deliver, type EventsClient } from './events-client.js';
import { listen, type Hearer } from './events-messages.js';
import { EventsParts } from './events-parts.js';
import { EventsRegister } from './events-register.js';
import { Snapshots } from './events-snapshots.js';
import { Rounds } from './rounds.js';
import type { Log } from './log.js';
import type { ChannelChange, PresenceKey } from './store/tracker-store.js';

export interface EventsOptions {
  directory: Directory;
  channels: Channels;
  devices: Pick<Devices, 'revocations'>;
  accountWords: Pick<AccountWords, 'list'>;
  clock: Clock;
  log: Log;
  timings: Pick<Timings, 'eventsWindow' | 'eventsPing' | 'eventsRenewal'>;
  /** In [0, 1). */
  random: () => number;
  randomBytes: (size: number) => Buffer;
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
  /** It knows what it means to be told of a part of those online. */
  asksPart: boolean;
}

const BUFFER_MAX = 1024 * 1024;
const MISSED_PINGS_MAX = 2;
const SLOW = 'slow events client closed';
/** Of those who are to see others: so long a turn, so that others are answered in between. Who is in many channels costs fifty times as much. */
const REVIEWS_MS = 10;
const MAIL = JSON.stringify({ type: 'mailbox' } satisfies TrackerEvent);

/** Sends each /events socket a snapshot, then what changes, prepared once for all of them (SPEC.md section 2). */
export class Events {
  readonly #options: EventsOptions;
  /** Those that have got their snapshot, and get changes. */
  readonly #clients = new Set<EventsClient>();
  readonly #register = new EventsRegister();
  /** Those that will be told that a letter arrived. */
  readonly #mailPending = new Set<EventsClient>();
  #membershipChanges = 0;
  readonly #anew = (): EventsBatch => new EventsBatch((channel) => this.#options.channels.isDeleted(channel));
  #batch: EventsBatch;
  readonly #flushes: Duty;
  readonly #parts: EventsParts;
  readonly #snapshots: Snapshots;
  readonly #heard: Hearer;
  readonly #rounds: readonly Rounds<EventsClient>[];
  readonly #unwatch: readonly (() => void)[];

  constructor(options: EventsOptions) {
    this.#options = options;
    const { trackers = [] } = options;
    this.#batch = this.#anew();
    this.#flushes = new Duty(options.clock, options.timings.eventsWindow, () => this.#flush());
    this.#parts = new EventsParts(options);
    this.#heard = this.#hearer();
    this.#snapshots = new Snapshots({
      ...{ ...options, trackers },
      enter: (client) => this.#parts.enter(client),
      sent: (client) => {
        this.#clients.add(client);
        this.#extendPresence(client);
      },
    });
    this.#unwatch = [
      options.directory.watch((change) => {
        this.#batch.peer(change);
        this.#parts.changed(change);
        this.#flushes.ask();
      }),
      options.channels.watch((change) => {
        this.#channelChanged(change);
      }),
    ];
    const { clock, timings } = options;
    const each = { clock, items: this.#clients };
    this.#rounds = [
      new Rounds({ ...each, everyMs: timings.eventsPing, visit: (client) => this.#ping(client) }),
      new Rounds({ ...each, everyMs: timings.eventsRenewal, visit: (client) => this.#renew(client) }),
    ];
  }

  get size(): number {
    return this.#clients.size;
  }

  socketsOf(user: UserKey): number {
    return this.#register.of(user).size;
  }

  /** Takes an open socket; `stream` is the connection that it came on. */
  async subscribe(socket: WebSocket, stream: Duplex, subscriber: Subscriber): Promise<void> {
    const { bufferMax = BUFFER_MAX } = this.#options;
    const client: EventsClient = {
      ...{ socket, stream, ...subscriber, bufferMax },
      ...{ joined: new Set(), unanswered: 0, isPart: false },
    };
    this.#register.add(client);
    listen(client, this.#heard);
    await this.#readMembership(client);
    if (socket.readyState === socket.OPEN) this.#snapshots.add(client);
  }

  endSession(hash: string): void {
    this.#register.endSession(hash);
  }

  endAccount(user: UserKey): void {
    this.#register.endAccount(user);
  }

  registered(username: Username): void {
    this.#batch.registered(username);
    this.#flushes.ask();
  }

  /** What the CA says of an account now: everybody is told. */
  accountChanged(word: AccountWord): void {
    this.#batch.account(userKey(word.username as Username), word);
    this.#flushes.ask();
  }

  /** Closes the sockets of the device, and tells everybody. */
  deviceRevoked(user: UserKey, peer: PresenceKey, revocation: Revocation): void {
    this.#register.endDevice(user, peer);
    this.#batch.revoked(revocation);
    this.#flushes.ask();
  }

  /** A letter arrived for the device of this peer: only its own sockets are told. */
  mailArrived(user: UserKey, peer: PresenceKey): void {
    // A client that waits for its snapshot reads the mailbox after it anyway.
    for (const client of this.#register.ofPeer(user, peer))
      if (this.#clients.has(client)) this.#mailPending.add(client);
    if (this.#mailPending.size > 0) this.#flushes.ask();
  }

  has(user: UserKey, peer: PresenceKey): boolean {
    return this.#register.has(user, peer);
  }

  /** At once, to the newest socket of this peer: what is for it alone, and of no use later. @returns whether it has one */
  tell(user: UserKey, peer: PresenceKey, event: TrackerEvent): boolean {
    const clients = this.#register.ofPeer(user, peer);
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
    for (const rounds of this.#rounds) rounds.stop();
    await this.#register.close(graceMs, this.#options.clock);
  }

  /** One for all sockets. */
  #hearer(): Hearer {
    const { directory, log } = this.#options;
    return {
      status: async ({ peer, user }, status) => {
        for (const key of peer ? [peer] : directory.keysOf(user)) await directory.setStatus(key, user, status);
      },
      follow: (client, users, follows) => this.#follow(client, users, follows),
      answered: (client) => {
        client.unanswered = 0;
        this.#extendPresence(client);
      },
      closed: (client) => this.#remove(client),
      run: (work) => this.#logFailure(work),
      broken: (err) => log.debug({ err }, 'events socket failed'),
    };
  }

  /** Errors: bad_request. */
  #follow(client: EventsClient, users: readonly string[], follows: boolean): void {
    this.#parts.follow(client, users, follows);
    if (this.#parts.isDue) this.#flushes.ask();
  }

  #renew(client: EventsClient): void {
    this.#parts.renew(client);
    if (this.#parts.isDue) this.#flushes.ask();
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

  #remove(client: EventsClient): void {
    this.#clients.delete(client);
    this.#snapshots.remove(client);
    this.#parts.remove(client);
    this.#mailPending.delete(client);
    const gone = this.#register.remove(client);
    if (gone) this.#logFailure(this.#options.directory.expireSoon(gone, client.user));
  }

  #channelChanged(change: ChannelChange): void {
    if (change.type === 'updated') {
      this.#batch.channel(change.channel, this.#options.channels.wordOf(change.channel));
    } else {
      this.#membershipChanges += 1;
      this.#batch.membership(change.type, change.name, change.username);
      for (const client of this.#register.of(change.user)) {
        if (change.type === 'joined') client.joined.add(change.name);
        else client.joined.delete(change.name);
        this.#parts.moved(client);
      }
    }
    this.#flushes.ask();
  }

  #flush(): void {
    for (const { socket } of this.#mailPending) if (socket.readyState === socket.OPEN) socket.send(MAIL);
    this.#mailPending.clear();
    if (!this.#batch.isEmpty) this.#deliver(this.#batch.prepare());
    this.#review();
  }

  #deliver(batch: PreparedBatch): void {
    this.#batch = this.#anew();
    const own = this.#parts.framesOf(batch, (user) => this.#register.of(user));
    const concernsAll = batch.rest.length + batch.channels.length > 0;
    for (const client of this.#clients) {
      const frames = own.get(client);
      if (client.isPart && !frames && !concernsAll) continue;
      if (!deliver(client, batch, frames)) this.#options.log.info({ code: CLOSE_TRY_AGAIN }, SLOW);
    }
  }

  /** After all that has happened was told. */
  #review(): void {
    const { clock } = this.#options;
    for (const until = clock.steady() + REVIEWS_MS; clock.steady() < until;) {
      const next = this.#parts.review();
      if (!next) return;
      const { client, frame } = next;
      if (!frame || client.socket.readyState !== client.socket.OPEN) continue;
      if (closeIfSlow(client)) this.#options.log.info({ code: CLOSE_TRY_AGAIN }, SLOW);
      else client.stream.write(frame);
    }
    if (this.#parts.isDue) this.#flushes.ask();
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
