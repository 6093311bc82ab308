/**
 * One end of a simulated link: TCP with its queues. What is sent arrives in order, some time later, in chunks; or waits
 * while the way is blocked; or is lost with the link. The silence of 45 s that ends a real link is one appointment here.
 */
import { LINK_LIMITS } from '../../peer/link/types.js';
import type { MeshLink } from '../../peer/mesh/mesh-options.js';
import type { ErrorCode } from '../../protocol/errors.js';
import type { ChannelName, DeviceId, Username } from '../../protocol/ids.js';
import type { LinkMessage } from '../../protocol/link-messages.js';
import type { Address } from '../../protocol/tracker-api.js';
import { isCarried, wireSize, type ByReference, type Carried } from './by-reference.js';
import type { Random } from './random.js';
import type { Schedule } from './schedule.js';

/** The process at one end. */
export interface Host {
  readonly device: DeviceId;
  readonly username: Username;
  /** Bytes a millisecond that it reads and writes. */
  readonly rate: number;
  messages(side: Side, messages: LinkMessage[]): void;
  drain(side: Side): void;
  down(side: Side): void;
}

export interface SideWorld {
  readonly schedule: Schedule;
  readonly random: Random;
  readonly codec: ByReference;
  /** Everything that is put on a link. */
  sent(side: Side, messages: readonly Carried[], bytes: number): void;
  arrived(side: Side, messages: readonly Carried[], bytes: number): void;
  ended(side: Side): void;
}

interface Packet {
  readonly arrival: number;
  readonly bytes: number;
  /** undefined: the end of the stream. */
  readonly messages: readonly Carried[] | undefined;
}

export interface SideFacts {
  readonly id: number;
  readonly remote: MeshLink['remote'];
  readonly channels: Iterable<ChannelName>;
  readonly dialled: boolean;
  /** That was dialled. */
  readonly address: Address | undefined;
  /** Over a circuit. */
  readonly relayed: boolean;
  readonly features: readonly string[];
  /** One way, milliseconds. */
  readonly latency: number;
}

/** What the kernels of both ends hold. */
const KERNEL_BYTES = 256 * 1024;
const CHUNK_BYTES = 64 * 1024;

export class Side implements MeshLink {
  readonly id: number;
  readonly remote: MeshLink['remote'];
  readonly channels: Set<ChannelName>;
  readonly dialled: boolean;
  readonly address: Address | undefined;
  readonly relayed: boolean;
  readonly features: readonly string[];
  readonly upSince: number;
  other: Side | undefined;
  up = true;
  /** It was ended in order, and is down in a moment. */
  ending = false;
  /** Sent and not read there. */
  outstanding = 0;
  /** Nothing that is sent arrives, for now. */
  held = false;
  private packets: Packet[] = [];
  private pumping = false;
  private paused = false;
  private busyUntil = 0;
  private lastArrival = 0;
  private wasHigh = false;

  constructor(
    private readonly world: SideWorld,
    readonly host: Host,
    private readonly facts: SideFacts,
  ) {
    this.id = facts.id;
    this.upSince = facts.id;
    this.remote = facts.remote;
    this.channels = new Set(facts.channels);
    this.dialled = facts.dialled;
    this.address = facts.address;
    this.relayed = facts.relayed;
    this.features = facts.features;
  }

  get queued(): number {
    return Math.max(0, this.outstanding - KERNEL_BYTES);
  }

  send(message: LinkMessage): void {
    this.transmit([message]);
  }

  sendLines(lines: string): void {
    this.transmit(this.world.codec.read(lines));
  }

  /** As the real link: tells the other side why, and is down a moment later. */
  close(code?: ErrorCode): void {
    if (code) this.send({ type: 'error', code, message: code, fatal: true });
    this.ending = true;
    this.finish();
    this.world.schedule.soon(() => this.down());
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
    this.other?.pump();
  }

  /** This end is gone, its process with it or not. What was sent still arrives, and then the end. */
  down(): void {
    if (!this.up) return;
    this.finish();
    this.vanish();
    this.host.down(this);
  }

  /** Without a word to anybody: the machine lost power, or the process is gone and its owner needs no telling. */
  vanish(): void {
    this.up = false;
    this.world.ended(this);
  }

  /** The process is gone. With the power what its kernel held is lost, and nobody says so; else the system ends the stream. */
  die(isPowerLost: boolean): void {
    if (isPowerLost) this.packets = [];
    else this.finish();
    this.vanish();
    if (isPowerLost) this.silent();
  }

  /** The link breaks: what is under way is lost, and both ends notice, one before the other. */
  break(): void {
    const { schedule, random } = this.world;
    for (const side of [this, this.other]) {
      if (!side) continue;
      side.packets = [];
      schedule.after(random.between(0, 50), () => side.down());
    }
  }

  /** The end of the stream, after what was sent. */
  finish(): void {
    this.push(0, undefined);
  }

  hold(): void {
    if (this.held) return;
    this.held = true;
    this.silent();
  }

  release(): void {
    this.held = false;
    this.pump();
  }

  /** Nothing comes from this side any more: the other one notices within 45 to 60 s, unless something comes after all. */
  silent(): void {
    const { schedule, random } = this.world;
    const wait = LINK_LIMITS.deadAfterMs + random.between(0, LINK_LIMITS.pingAfterMs);
    schedule.after(wait, () => {
      if (this.held || !this.up) this.other?.down();
    });
  }

  private transmit(messages: readonly Carried[]): void {
    if (!this.up || messages.length === 0) return;
    let bytes = 0;
    for (const message of messages) bytes += wireSize(message);
    this.world.sent(this, messages, bytes);
    this.push(bytes, messages);
    if (this.queued >= LINK_LIMITS.queueLow) this.wasHigh = true;
    if (this.queued >= LINK_LIMITS.queueHigh) this.world.schedule.soon(() => this.down());
  }

  private push(bytes: number, messages: readonly Carried[] | undefined): void {
    const { schedule, random } = this.world;
    const { now } = schedule;
    const rate = Math.min(this.host.rate, this.other?.host.rate ?? Infinity);
    this.busyUntil = Math.max(this.busyUntil, now) + bytes / rate;
    const due = this.busyUntil + this.facts.latency * random.between(0.8, 1.5);
    this.lastArrival = Math.max(this.lastArrival, due);
    this.outstanding += bytes;
    this.packets.push({ arrival: this.lastArrival, bytes, messages });
    this.pump();
  }

  /** Has the next chunk arrive when it is due; one appointment at a time. */
  private pump(): void {
    const first = this.packets[0];
    if (this.pumping || this.held || !first || this.other?.paused === true) return;
    this.pumping = true;
    const { schedule } = this.world;
    schedule.after(Math.max(0, first.arrival - schedule.now), () => {
      this.pumping = false;
      if (!this.held && this.other?.paused !== true) this.arrive();
      this.pump();
    });
  }

  private arrive(): void {
    const { now } = this.world.schedule;
    const chunk: Carried[] = [];
    let [taken, bytes, ended] = [0, 0, false];
    for (const packet of this.packets) {
      if (packet.arrival > now || bytes >= CHUNK_BYTES || ended) break;
      taken++;
      bytes += packet.bytes;
      if (packet.messages) for (const message of packet.messages) chunk.push(message);
      else ended = true;
    }
    this.packets.splice(0, taken);
    this.outstanding -= bytes;
    if (this.other?.up === true && chunk.length > 0) this.other.read(chunk, bytes);
    if (ended) this.other?.down();
    if (this.wasHigh && this.up && this.queued < LINK_LIMITS.queueLow) {
      this.wasHigh = false;
      this.host.drain(this);
    }
  }

  /** What the real link sees to itself before its owner hears of a chunk. */
  private read(chunk: readonly Carried[], bytes: number): void {
    this.world.arrived(this, chunk, bytes);
    const seen: Carried[] = [];
    const left = new Set<ChannelName>();
    let fatal = false;
    for (const message of chunk) {
      if (!isCarried(message)) {
        if (message.type === 'left') left.add(message.channel);
        if (message.type === 'joined') {
          this.channels.add(message.channel);
          left.delete(message.channel);
        }
        if (message.type === 'error' && message.fatal) {
          fatal = true;
          break;
        }
      }
      seen.push(message);
    }
    // The machines read no field of a carried entry but its type before the codec has unpacked it.
    if (seen.length > 0) this.host.messages(this, seen as LinkMessage[]);
    // What was answered before the `left` was read is no breach.
    for (const channel of left) this.channels.delete(channel);
    if (fatal) this.down();
  }
}
