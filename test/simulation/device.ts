/** What lasts of a simulated device while processes come and go: disk, keys, what it is in, whom it knows, and its faults. */
import type { Candidate } from '../../peer/core/dialler-options.js';
import type { Entry } from '../../protocol/entry.js';
import { ParleyError } from '../../protocol/errors.js';
import type { ChannelName, ConversationId, DeviceId, Username } from '../../protocol/ids.js';
import { AddressBook } from './address-book.js';
import { KnownCertificates } from './certificates.js';
import { Disk } from './disk.js';
import type { DiskImage } from './disk-image.js';
import type { FileHost } from './files/file-network.js';
import type { FileSocket } from './files/file-socket.js';
import type { FilesImage, PeerFiles } from './files/peer-files.js';
import type { Machines } from './machines.js';
import { Membership } from './membership.js';
import { OwnKeys, type KeyImage } from './own-keys.js';
import type { PeerWorld } from './peer-world.js';
import { KeptReceipts } from './receipts.js';
import type { Side } from './side.js';

export interface PeerFacts {
  readonly username: Username;
  readonly device: DeviceId;
  readonly host: string;
  readonly channels: readonly ChannelName[];
}

/** What a backup holds. */
export interface PeerImage {
  readonly disk: DiskImage;
  readonly keys: KeyImage;
  readonly joined: readonly ChannelName[];
  readonly receipts: KeptReceipts;
  readonly files: FilesImage | undefined;
}

const NORMAL_RATE = 10_000;
const MEMORY_MS = 60_000;

export abstract class SimulatedDevice {
  readonly username: Username;
  /** Of its real address. */
  readonly host: string;
  readonly disk: Disk;
  readonly keys: OwnKeys;
  /** How often it was put back to an old copy. */
  restores = 0;
  /** Out of reach of the tracker. */
  alone = false;
  /** What its user was told of copies. */
  readonly told = new Set<string>();
  /** A router lets nobody in. */
  isBehindRouter = false;
  /** It tells nobody where it is, dials nobody, and lets nobody in: all of its links go over the relay. */
  isHidden = false;
  rate = NORMAL_RATE;
  /** Its disk takes this much longer to sync. */
  slowness = 1;
  receipts = new KeptReceipts();
  /** Certificates that it has seen. */
  readonly known = new KnownCertificates();
  /** How far behind its clock has been at the most. Milliseconds. */
  behind = 0;
  /** How often its clock was set. */
  clockSets = 0;
  /** Undefined for a device that takes no files. */
  files: PeerFiles | undefined;
  readonly digests = true;
  readonly fileSockets = new Set<FileSocket>();
  private off = 0;
  /** How far its clock was off, and until when. */
  private wasOff: { readonly skew: number; readonly until: number }[] = [];
  protected readonly book: AddressBook;
  protected readonly membership: Membership;
  abstract readonly links: ReadonlyMap<DeviceId, Side>;
  abstract readonly running: boolean;
  /** Undefined while it does not run. */
  abstract readonly machines: Machines | undefined;

  constructor(
    protected readonly world: PeerWorld,
    facts: PeerFacts,
  ) {
    this.username = facts.username;
    this.host = facts.host;
    this.keys = new OwnKeys(facts.device);
    this.membership = new Membership(facts.username, facts.channels);
    this.book = new AddressBook(
      () => this.device,
      world.tracker,
      world.random,
      world.sample,
      () => this.links.values(),
    );
    this.known.add(this.certificate);
    this.disk = new Disk({
      later: (done) => this.later(done),
      writing: (entries) => world.checker.writing(this, entries),
      wrong: (what) => world.checker.wrong(`${this.name}: ${what}`),
    });
  }

  /** A sync that its process asked for calls `done` when it is through. */
  protected abstract later(done: () => void): void;

  get device(): DeviceId {
    return this.keys.device;
  }

  get certificate(): string {
    return this.world.authority.certificate(this.device);
  }

  get acceptFiles(): FileHost['acceptFiles'] {
    const { files } = this;
    return files && ((connection) => files.accept(connection));
  }

  candidates(): readonly Candidate[] {
    return this.book.candidates();
  }

  get joined(): Set<ChannelName> {
    return this.membership.joined;
  }

  get name(): string {
    return `${this.username}/${this.device.slice(0, 4)}`;
  }

  /** How far its clock is off. Milliseconds. */
  get skew(): number {
    return this.off;
  }

  set skew(ms: number) {
    const { now } = this.world.schedule;
    this.wasOff = [...this.wasOff, { skew: this.off, until: now }].filter(({ until }) => until > now - MEMORY_MS);
    this.off = ms;
    this.clockSets++;
    this.behind = Math.max(this.behind, -ms);
  }

  /** The latest that its clock has shown within the last minute: what was judged then may be written only now. */
  latest(): number {
    const { epoch, schedule } = this.world;
    const recent = this.wasOff.filter(({ until }) => until > schedule.now - MEMORY_MS).map(({ skew }) => skew);
    return epoch + schedule.now + Math.max(this.off, ...recent);
  }

  /** Its own clock. Milliseconds since 1970. */
  now(): number {
    return Math.floor(this.world.epoch + this.world.schedule.now + this.skew);
  }

  protected makeKey(): DeviceId {
    const { world, username } = this;
    const device = world.random.text(22) as DeviceId;
    world.authority.enrol(device, username);
    world.checker.enrol(this, device);
    this.known.add(world.authority.certificate(device));
    return device;
  }

  image(): PeerImage {
    const { disk, keys, joined, receipts } = this;
    const files = this.files?.image();
    return { disk: disk.image(), keys: keys.image(), joined: [...joined], receipts: receipts.copy(), files };
  }

  /** Puts it back, while it does not run. */
  restore({ disk, keys, joined, receipts, files }: PeerImage): void {
    this.restores++;
    this.disk.restore(disk);
    this.keys.restore(keys);
    this.receipts = receipts.copy();
    this.membership.restore(joined);
    if (files) this.files?.restore(files);
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

  protected syncTime(): number {
    const { random } = this.world;
    return (random.chance(0.02) ? random.between(50, 400) : random.between(0.5, 6)) * this.slowness;
  }

  protected addCertificate(pem: string): void {
    if (!this.world.authority.read(pem)) throw new ParleyError('certificate_unknown');
    this.known.add(pem);
  }
}
