/** One simulated device: its disk and memory of addresses, which last, and the process on it, which comes and goes. */
import { neededDevices, waitingUsers } from '../../peer/mesh/waiting.js';
import { compareEntries, type Entry } from '../../protocol/entry.js';
import { ParleyError } from '../../protocol/errors.js';
import {
  channelConversation,
  otherParty,
  userKey,
  type ChannelName,
  type ConversationId,
  type DeviceId,
  type Username,
} from '../../protocol/ids.js';
import type { LinkMessage } from '../../protocol/link-messages.js';
import type { Address } from '../../protocol/tracker-api.js';
import { AddressBook } from './address-book.js';
import { Disk } from './disk.js';
import { logKeys } from './keys.js';
import { Lifetime } from './lifetime.js';
import type { Machines } from './machines.js';
import { Membership } from './membership.js';
import type { Dial, NetworkHost } from './network.js';
import type { PeerWorld } from './peer-world.js';
import { Receipts } from './receipts.js';
import type { Side } from './side.js';

export interface PeerFacts {
  readonly username: Username;
  readonly device: DeviceId;
  readonly host: string;
  readonly channels: readonly ChannelName[];
}

const NORMAL_RATE = 10_000;

export class SimulatedPeer implements NetworkHost {
  readonly username: Username;
  readonly device: DeviceId;
  readonly certificate: string;
  readonly isHonest = true;
  readonly disk: Disk;
  readonly links = new Map<DeviceId, Side>();
  readonly dials = new Set<Dial>();
  /** Was put back to an old copy. */
  restored = false;
  running = false;
  life = 0;
  rate = NORMAL_RATE;
  /** How far its clock is off, milliseconds. */
  skew = 0;
  /** Its disk takes this much longer to sync. */
  slowness = 1;
  machines: Machines | undefined;
  readonly receipts = new Receipts();
  private readonly known = new Set<DeviceId>();
  private readonly book: AddressBook;
  private readonly membership: Membership;
  private process: Lifetime;
  private readonly upSince = new Map<number, number>();
  private address: Address;

  constructor(
    private readonly world: PeerWorld,
    facts: PeerFacts,
  ) {
    this.username = facts.username;
    this.device = facts.device;
    this.membership = new Membership(facts.username, facts.channels);
    this.book = new AddressBook(this.device, world.tracker, world.random, world.sample, () => this.links.values());
    this.process = new Lifetime(world.schedule);
    this.address = { host: facts.host, port: 1 };
    this.certificate = world.authority.certificate(this.device);
    this.known.add(this.device);
    this.disk = new Disk({
      later: (done) => void this.process.after(this.syncTime(), () => this.settled(done)),
      writing: (entries) => world.checker.writing(this, entries),
      wrong: (what) => world.checker.wrong(`${this.name}: ${what}`),
    });
  }

  get joined(): Set<ChannelName> {
    return this.membership.joined;
  }

  get name(): string {
    return `${this.username}/${this.device.slice(0, 4)}`;
  }

  /** Its own clock. Milliseconds since 1970. */
  now(): number {
    return Math.floor(this.world.epoch + this.world.schedule.now + this.skew);
  }

  start(): void {
    if (this.running) return;
    const { world, device, username, disk } = this;
    const { random, network } = world;
    this.life++;
    this.running = true;
    const process = new Lifetime(world.schedule);
    this.process = process;
    disk.reopen();
    this.receipts.reload();
    world.checker.started(this);
    if (random.chance(0.3)) this.address = { ...this.address, port: this.address.port + 1 };
    network.listen(this.address, this);
    this.machines = world.start({
      username,
      device,
      channels: this.joined,
      disk,
      keys: logKeys(world.authority, device, this.known, (callback) =>
        process.after(random.between(0.1, 0.4), callback),
      ),
      codec: world.codec,
      clock: { now: () => this.now(), soon: (callback) => process.soon(callback) },
      timers: process.timers,
      random: random.next,
      certificate: (author) => world.authority.certificate(author),
      addCertificate: (pem) => this.addCertificate(pem),
      added: (conversation, entries, own) => world.checker.added(this, conversation, entries, own),
      forked: (conversation, forked) => world.checker.forked(this, conversation, forked),
      storage: (error) => this.storage(error),
      receipt: (conversation, holder, user, seq) => {
        world.checker.receipt(this, conversation, holder, seq);
        this.receipts.record(conversation, userKey(user), seq);
      },
      dialler: {
        candidates: () => this.book.candidates(),
        linked: () => new Set(this.links.keys()),
        needed: () => this.needed(),
        channels: () => this.joined,
        close: (other) => this.links.get(other)?.close(),
        dial: (target) => network.dial(this, target),
        failed: () => {},
      },
    });
    this.hear();
    this.machines.dialler.look();
  }

  /** The process ends by itself (`stop`, its socket closed in order), is killed, or loses its power. */
  crash(how: 'stop' | 'kill' | 'power'): void {
    if (!this.running) return;
    const { network, tracker, random } = this.world;
    this.running = false;
    this.life++;
    this.process.ended = true;
    this.machines?.dialler.stop();
    this.machines?.mesh.close();
    this.machines = undefined;
    network.unlisten(this.address);
    if (how !== 'power' || random.chance(0.5)) this.receipts.save();
    for (const side of this.links.values()) {
      if (how === 'power') {
        side.lose();
      } else {
        side.finish();
        side.vanish();
      }
    }
    this.links.clear();
    this.book.changed();
    this.upSince.clear();
    for (const dial of this.dials) dial.over = true;
    this.dials.clear();
    if (how === 'power') this.disk.powerFails((transactions) => random.int(transactions + 1));
    this.world.schedule.after(how === 'power' ? 45_000 : 3_000, () => {
      if (!this.running) tracker.remove(this.device);
    });
  }

  /** Settles as the real `append` does; the checker hears of it. */
  post(conversation: ConversationId, message: string, client?: string, kind = 'text'): Promise<Entry> {
    const { machines } = this;
    if (!machines) return Promise.reject(new ParleyError('unavailable'));
    const request = { conversation, kind, message, data: {}, ...(client === undefined ? {} : { client }) };
    const written = machines.log.append(request);
    this.world.unsettled();
    this.want(conversation);
    return written;
  }

  join(channel: ChannelName): void {
    if (!this.running || this.joined.has(channel)) return;
    this.membership.join(channel);
    this.machines?.mesh.joined(channel);
    this.post(channelConversation(channel), '', undefined, 'join').catch(() => {});
    this.hear();
  }

  leave(channel: ChannelName): void {
    const { life } = this;
    const noticed = this.post(channelConversation(channel), '', undefined, 'leave');
    const go = (): void => {
      if (life !== this.life || !this.joined.delete(channel)) return;
      this.machines?.mesh.left(channel);
      this.hear();
    };
    noticed.then(go, () => {});
  }

  isIn(conversation: ConversationId): boolean {
    return this.membership.isIn(conversation);
  }

  wasEverIn(conversation: ConversationId): boolean {
    return this.membership.wasEverIn(conversation);
  }

  timeline(conversation: ConversationId): Entry[] {
    return this.disk.all(conversation).sort(this.world.order);
  }

  /** Tells the tracker and hears its list, when it is there. */
  hear(): void {
    const { tracker } = this.world;
    if (!this.running || !tracker.up) return;
    const { username, device, address } = this;
    tracker.submit({ username, device, address, channels: [...this.joined] });
    if (this.book.hear()) this.machines?.dialler.look();
  }

  channels(): Iterable<ChannelName> {
    return this.joined;
  }

  linked(side: Side): void {
    const { device, username } = side.remote;
    this.upSince.set(side.id, this.now());
    if (side.dialled) this.book.meet(device, username);
    this.book.changed();
    this.machines?.mesh.up(side);
  }

  down(side: Side): void {
    if (!this.running) return;
    if (this.links.get(side.remote.device) === side) this.links.delete(side.remote.device);
    this.book.changed();
    const since = this.upSince.get(side.id) ?? this.now();
    this.upSince.delete(side.id);
    this.machines?.mesh.down(side);
    this.machines?.dialler.down(side.remote.device, this.now() - since);
  }

  messages(side: Side, messages: LinkMessage[]): void {
    this.machines?.mesh.messages(side, messages);
  }

  drain(side: Side): void {
    this.machines?.mesh.drain(side);
  }

  /** As in peer.ts and core.ts. */
  private needed(): Set<DeviceId> {
    const heads = this.machines?.heads;
    const waiting = heads ? waitingUsers(this, heads, (id, user) => this.receipts.delivered(id, user)) : [];
    return neededDevices(this.username, waiting, this.book.candidates());
  }

  private want(conversation: ConversationId): void {
    const other = otherParty(conversation, this.username);
    if (other === undefined) return;
    const isTheirs = (username: Username | undefined): boolean => username?.toLowerCase() === other;
    for (const side of this.links.values()) if (isTheirs(side.remote.username)) return;
    const devices = this.book.candidates().flatMap(({ username, device }) => (isTheirs(username) ? [device] : []));
    if (devices.length > 0) this.machines?.dialler.need(devices);
  }

  private addCertificate(pem: string): void {
    const device = this.world.authority.read(pem);
    if (device === undefined) throw new ParleyError('certificate_unknown');
    this.known.add(device);
  }

  /** A process whose disk failed cannot promise anything: its user starts it again. */
  private storage(error: Error | undefined): void {
    if (!(error instanceof ParleyError) || error.code !== 'storage_failed') return;
    this.world.schedule.after(0, () => {
      this.crash('power');
      this.start();
    });
  }

  private syncTime(): number {
    const { random } = this.world;
    return (random.chance(0.02) ? random.between(50, 400) : random.between(0.5, 6)) * this.slowness;
  }

  private settled(done: () => void): void {
    done();
    this.world.unsettled();
  }
}

export const screenOrder = compareEntries;
