/** One simulated device: its disk, keys and memory of addresses, which last, and the process on it, which comes and goes. */
import { hiddenAt, PORT_MAX } from '../../peer/core/addresses.js';
import type { Places } from '../../peer/mesh/link-places.js';
import { neededDevices } from '../../peer/mesh/waiting.js';
import type { Entry } from '../../protocol/entry.js';
import { ParleyError } from '../../protocol/errors.js';
import { channelConversation, type ChannelName, type ConversationId, type DeviceId } from '../../protocol/ids.js';
import type { LinkMessage } from '../../protocol/link-messages.js';
import type { Address } from '../../protocol/tracker-api.js';
import { SimulatedDevice, type PeerFacts } from './device.js';
import { logKeys } from './keys.js';
import { Lifetime } from './lifetime.js';
import { stopMachines, type Machines } from './machines.js';
import type { Dial, NetworkHost } from './network.js';
import { Paths } from './paths.js';
import type { PeerWorld } from './peer-world.js';
import { KeptReceipts } from './receipts.js';
import type { Side } from './side.js';

export class SimulatedPeer extends SimulatedDevice implements NetworkHost {
  readonly links = new Map<DeviceId, Side>();
  readonly dials = new Set<Dial>();
  running = false;
  life = 0;
  machines: Machines | undefined;
  private process: Lifetime;
  /** The tracker has heard of the lineage in this connection. */
  private introduced = false;
  private readonly upSince = new Map<number, number>();
  /** Undefined while it does not run. */
  paths: Paths | undefined;
  private address: Address;

  constructor(world: PeerWorld, facts: PeerFacts) {
    super(world, facts);
    this.process = new Lifetime(world.schedule);
    this.address = { host: facts.host, port: 1 };
  }

  start(): void {
    if (this.running) return;
    const { world, disk, keys } = this;
    this.life++;
    this.running = true;
    this.introduced = false;
    this.process = new Lifetime(world.schedule);
    disk.reopen();
    this.receipts.reload();
    if (keys.open(disk, () => this.makeKey())) this.receipts = new KeptReceipts();
    keys.advance('start', disk, world.random.text(16));
    world.checker.started(this);
    if (world.random.chance(0.3)) this.address = { ...this.address, port: this.address.port + 1 };
    // A new key has nothing to show before the tracker has certified it.
    if (!keys.isNew) this.grow(false);
    this.hear();
  }

  private grow(newKey: boolean): void {
    const { world, process, username, device, keys } = this;
    const { random, network } = world;
    if (!this.isHidden) network.listen(this.address, this);
    const paths = new Paths(world, this, process, () => this.machines?.dialler);
    this.paths = paths;
    this.machines = world.start({
      username,
      device,
      channels: this.joined,
      disk: this.disk,
      keys: logKeys(world.authority, device, this.known, (callback) =>
        process.after(random.between(0.1, 0.4), callback),
      ),
      codec: world.codec,
      clock: { now: () => this.now(), soon: (callback) => process.soon(callback) },
      ...{ timers: process.timers, random: random.next },
      certificates: (author) => this.known.texts(author),
      clocks: world.clocks.surroundings(this),
      addCertificate: (pem) => this.addCertificate(pem),
      added: (conversation, entries, own) => {
        world.checker.added(this, conversation, entries, own);
        this.files?.added(entries, own);
        world.flood.added(this, entries, own);
      },
      continuity: keys.surroundings(this.disk, newKey, {
        mark: () => random.text(16),
        told: (code) => this.told.add(code),
        over: () => this.again(process),
      }),
      ...world.flood.surroundings(this),
      ...world.retention.surroundings(this),
      forked: (conversation, forked) => world.checker.forked(this, conversation, forked),
      storage: (error) => this.storage(error),
      receipt: (conversation, word) => {
        world.checker.receipt(this, conversation, word.device, word.seq);
        this.receipts.says(conversation, { ...word, epoch: this.book.epochOf(word.device) });
      },
      signedReceipt: (conversation, { device: holder, username: owner, seq }) => {
        world.checker.receipt(this, conversation, holder, seq);
        this.receipts.record(conversation, holder, owner, seq);
      },
      links: () => this.links.values(),
      close: (device) => this.links.get(device)?.close(),
      dialler: {
        candidates: () => this.book.candidates(),
        needed: () => this.needed(),
        channels: () => this.joined,
        ...paths.forDialler(this.isHidden),
        failed: () => {},
      },
    });
    world.unsettled();
    world.flood.started(this, this.machines);
    this.machines.dialler.look();
    this.files?.start(process);
  }

  /** It is a copy, or has forked its log: it is opened anew. */
  private again(process: Lifetime): void {
    process.after(0, () => {
      this.crash('stop');
      this.start();
    });
  }

  /** The process ends by itself (`stop`, its socket closed in order), is killed, or loses its power. */
  crash(how: 'stop' | 'kill' | 'power'): void {
    if (!this.running) return;
    const { device, keys } = this;
    const { network, tracker, random } = this.world;
    if (how === 'stop') {
      keys.advance('stop', this.disk, random.text(16));
      if (this.introduced && tracker.up) tracker.follow(device, keys.marks);
    }
    this.running = false;
    this.life++;
    this.process.ended = true;
    if (this.machines) stopMachines(this.machines);
    this.machines = undefined;
    this.paths?.end();
    this.paths = undefined;
    this.files?.end(how);
    network.unlisten(this.address);
    if (how !== 'power' || random.chance(0.5)) this.receipts.save();
    for (const side of this.links.values()) side.die(how === 'power');
    this.links.clear();
    this.book.changed();
    this.upSince.clear();
    for (const dial of this.dials) dial.over = true;
    this.dials.clear();
    if (how === 'power') this.disk.powerFails((transactions) => random.int(transactions + 1));
    this.world.schedule.after(how === 'power' ? 45_000 : 3_000, () => {
      if (!this.running || this.device !== device) tracker.remove(device);
    });
  }

  /** Settles as the real `append` does; the checker hears of it. */
  post(conversation: ConversationId, message: string, client?: string, kind = 'text', data = {}): Promise<Entry> {
    const { machines } = this;
    if (!machines) return Promise.reject(new ParleyError('unavailable'));
    const request = { conversation, kind, message, data, ...(client === undefined ? {} : { client }) };
    const written = machines.append(request);
    this.world.unsettled();
    this.paths?.want(conversation);
    return written;
  }

  join(channel: ChannelName): void {
    if (!this.running || this.joined.has(channel)) return;
    this.membership.join(channel);
    this.machines?.mesh.joined(channel);
    this.files?.look();
    this.post(channelConversation(channel), '', undefined, 'join').catch(() => {});
    this.hear();
  }

  leave(channel: ChannelName): void {
    const { life } = this;
    const noticed = this.post(channelConversation(channel), '', undefined, 'leave');
    const go = (): void => {
      if (life !== this.life || !this.joined.delete(channel)) return;
      this.machines?.mesh.left(channel);
      this.files?.look();
      this.hear();
    };
    noticed.then(go, () => {});
  }

  /** Tells the tracker and hears its list, when it is there. */
  hear(): void {
    const { tracker } = this.world;
    if (!this.machines) {
      this.certify();
      return;
    }
    if (!tracker.up || this.alone) {
      this.introduced = false;
      return;
    }
    const { username, device } = this;
    const { forTracker } = this.machines.continuity;
    const word = this.introduced ? undefined : tracker.follow(device, this.keys.marks);
    if (word) forTracker.lineage(word);
    this.world.unsettled();
    if (word === 'diverged') return;
    this.introduced = true;
    tracker.submit({ username, device, address: this.toldAt(), channels: [...this.joined], epoch: this.keys.epoch });
    if (tracker.tellCopied(device)) forTracker.copied();
    if (this.book.hear()) this.machines.dialler.look();
  }

  /** What others are told of where it is. */
  private toldAt(): Address {
    return this.isHidden ? hiddenAt(this.address.port, 1 + (this.life % (PORT_MAX - 2))) : this.address;
  }

  /** An hour has passed: it says its lineage again. */
  mark(): void {
    this.introduced = false;
    if (this.machines) this.keys.advance('start', this.disk, this.world.random.text(16));
  }

  /** The tracker certifies a new key. */
  private certify(): void {
    if (!this.running || !this.keys.isNew || !this.world.tracker.up || this.alone) return;
    this.keys.isNew = false;
    this.grow(true);
    this.hear();
  }

  channels(): Iterable<ChannelName> {
    return this.joined;
  }

  get places(): Places | undefined {
    return this.machines?.places;
  }

  linked(side: Side): void {
    const { device, username } = side.remote;
    this.upSince.set(side.id, this.now());
    this.paths?.up(device, side.relayed && !this.isHidden);
    if (side.dialled) this.book.meet(device, username);
    this.book.changed();
    this.machines?.mesh.up(side);
    this.files?.linked(side);
    this.world.reach.linked(this, side);
  }

  down(side: Side): void {
    if (!this.running) return;
    if (this.links.get(side.remote.device) === side) this.links.delete(side.remote.device);
    this.book.changed();
    const since = this.upSince.get(side.id) ?? this.now();
    this.upSince.delete(side.id);
    this.paths?.down(side.remote.device);
    this.files?.unlinked(side);
    this.machines?.mesh.down(side);
    this.machines?.dialler.down(side.remote.device, this.now() - since);
  }

  messages(side: Side, messages: LinkMessage[]): void {
    this.machines?.mesh.messages(side, messages);
    const from = { link: side.id, remote: side.remote.device };
    for (const message of messages) {
      if (message.type === 'file_call') this.files?.called(side);
      if (message.type !== 'have') continue;
      this.machines?.forks.heard(from, message.conversations, message.complete);
      if (message.complete === true) this.machines?.continuity.linkTold();
    }
  }

  drain(side: Side): void {
    this.machines?.mesh.drain(side);
  }

  /** As in peer.ts and core.ts. */
  private needed(): Set<DeviceId> {
    const { machines, receipts } = this;
    if (!machines) return new Set();
    const { heads, owner, forks } = machines;
    const known = { self: this, heads, owner, forks, lastWord: receipts.lastWord.bind(receipts) };
    const needed = neededDevices(known, this.book.candidates());
    return this.files ? new Set([...needed, ...this.files.seeker.devices()]) : needed;
  }

  /** A process whose disk failed cannot promise anything: its user starts it again. */
  private storage(error: Error | undefined): void {
    if (!(error instanceof ParleyError) || error.code !== 'storage_failed') return;
    this.world.schedule.after(0, () => {
      this.crash('power');
      this.start();
    });
  }

  protected later(done: () => void): void {
    this.process.after(this.syncTime(), () => {
      done();
      this.world.unsettled();
    });
  }
}
