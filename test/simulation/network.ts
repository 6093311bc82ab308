/**
 * The simulated network: who can reach whom, and how a dial becomes a link. A handshake takes its round trips, so that both
 * ends may dial at once, change their minds, or die in the middle; which of two links stays is decided by the real rule.
 */
import { acceptedStays, dialledStays } from '../../peer/link/duplicate-links.js';
import type { LinkPlaces } from '../../peer/link/links-options.js';
import { LINK_LIMITS } from '../../peer/link/types.js';
import { ParleyError, type ErrorCode } from '../../protocol/errors.js';
import type { ChannelName, DeviceId } from '../../protocol/ids.js';
import { RECEIPTS_FEATURE, TREE_FEATURE } from '../../protocol/channel-messages.js';
import { PRUNED_FEATURE } from '../../protocol/pruned.js';
import { RANGES_FEATURE } from '../../protocol/range-messages.js';
import { FILES_FEATURE, type LinkClaim } from '../../protocol/link-messages.js';
import type { Address } from '../../protocol/tracker-api.js';
import type { Random } from './random.js';
import type { Schedule } from './schedule.js';
import { Side, type Host, type SideFacts, type SideWorld } from './side.js';

/** A process that listens. */
export interface NetworkHost extends Host {
  readonly certificate: string;
  readonly running: boolean;
  /** Grows with each start: what an earlier life began does not reach a later one. */
  readonly life: number;
  readonly links: Map<DeviceId, Side>;
  readonly dials: Set<Dial>;
  /** Whether it takes files. */
  readonly acceptFiles?: unknown;
  /** Whether it compares logs by digests. */
  readonly digests?: boolean;
  /** Whether a router lets nobody in to it. */
  readonly isBehindRouter?: boolean;
  /** Absent: for all. */
  readonly places?: LinkPlaces | undefined;
  channels(): Iterable<ChannelName>;
  linked(side: Side): void;
}

export interface Dial {
  readonly to: DeviceId;
  /** Undefined on a circuit. */
  readonly address: Address | undefined;
  readonly life: number;
  greeted: boolean;
  over: boolean;
  readonly resolve: (side: Side) => void;
  readonly reject: (error: ParleyError) => void;
}

export interface DuplicateRules {
  readonly acceptedStays: typeof acceptedStays;
  readonly dialledStays: typeof dialledStays;
}

/** One end of a circuit. */
export interface Circuit {
  /** Where the other side of it is, who takes a link there only from the device that it expects. */
  readonly other:
    { readonly host: NetworkHost; readonly expected: DeviceId | undefined; readonly destroyed: boolean } | undefined;
  /** One way, milliseconds. */
  readonly latency: number;
  once(event: 'close', listener: () => void): unknown;
}

export interface NetworkWorld extends SideWorld {
  /** Something was done that promises wait for. */
  unsettled(): void;
}

export class Network {
  readonly sides = new Set<Side>();
  /** Whether what the first sends does not reach the second. */
  blocked: (from: Host, to: Host) => boolean = () => false;
  /** Whether one of the two shows the other a certificate that is over by its own clock or the other's. */
  refused: (a: NetworkHost, b: NetworkHost) => boolean = () => false;
  /** The same for what goes through the relay. */
  relayBlocked: (from: Host, to: Host) => boolean = () => true;
  /** One link is about to take the place of another. */
  replaced: (host: NetworkHost, old: Side, by: Side) => void = () => {};
  /** Somebody dials an address. */
  dialled: (host: NetworkHost) => void = () => {};
  private readonly listeners = new Map<string, NetworkHost>();
  private moment = 0;

  constructor(
    private readonly world: NetworkWorld,
    /** Which of two connections stays. */
    private readonly rules: DuplicateRules = { acceptedStays, dialledStays },
  ) {}

  private get schedule(): Schedule {
    return this.world.schedule;
  }

  private get random(): Random {
    return this.world.random;
  }

  listen({ host, port }: Address, process: NetworkHost): void {
    this.listeners.set(`${host}:${port}`, process);
  }

  unlisten({ host, port }: Address): void {
    this.listeners.delete(`${host}:${port}`);
  }

  at({ host, port }: Address): NetworkHost | undefined {
    return this.listeners.get(`${host}:${port}`);
  }

  /** Applies a change of `blocked` or `relayBlocked` to the links that are up. */
  reroute(): void {
    for (const side of this.sides) {
      const { other } = side;
      if (!other) continue;
      const held = this.holds(side.host, other.host, side.relayed);
      if (held) side.hold();
      else if (side.held) side.release();
    }
  }

  dial(
    host: NetworkHost,
    { host: name, port, device, signal }: Address & { device: DeviceId; signal?: AbortSignal },
  ): Promise<Side> {
    return new Promise((resolve, reject) => {
      const present = host.links.get(device);
      if (present && !present.relayed) {
        resolve(present);
        return;
      }
      const dial = this.begin(host, { to: device, address: { host: name, port }, signal, resolve, reject });
      this.dialled(host);
      const latency = this.random.chance(0.1) ? this.random.between(50, 300) : this.random.between(1, 40);
      const listener = this.listeners.get(`${name}:${port}`);
      if (!listener?.running || listener.isBehindRouter === true || this.cut(host, listener)) {
        // Nobody listens there, which is said at once, or nothing comes back.
        const refused = !listener || (!listener.running && this.random.chance(0.7));
        this.fail(host, dial, refused ? 2 * latency : LINK_LIMITS.handshakeMs, 'unavailable');
        return;
      }
      this.schedule.after(2 * latency, () => this.greet(host, dial, listener, latency));
    });
  }

  /** A link over a circuit: the one who asked for it is the dialler. */
  attach(host: NetworkHost, end: Circuit, device: DeviceId, signal: AbortSignal): Promise<Side> {
    return new Promise((resolve, reject) => {
      const dial = this.begin(host, { to: device, address: undefined, signal, resolve, reject });
      const { other } = end;
      const { latency } = end;
      end.once('close', () => this.end(host, dial, 'unavailable'));
      this.schedule.after(2 * latency, () => {
        if (!other || other.expected !== host.device || other.destroyed) this.fail(host, dial, 0, 'unavailable');
        else this.greet(host, dial, other.host, latency);
      });
    });
  }

  private begin(
    host: NetworkHost,
    { signal, ...facts }: Pick<Dial, 'to' | 'address' | 'resolve' | 'reject'> & { signal: AbortSignal | undefined },
  ): Dial {
    const dial: Dial = { ...facts, life: host.life, greeted: false, over: false };
    host.dials.add(dial);
    signal?.addEventListener('abort', () => this.end(host, dial, 'unavailable'), { once: true });
    return dial;
  }

  private holds(from: Host, to: Host, relayed: boolean): boolean {
    return relayed ? this.relayBlocked(from, to) : this.blocked(from, to);
  }

  private cut(a: Host, b: Host, relayed = false): boolean {
    return this.holds(a, b, relayed) || this.holds(b, a, relayed);
  }

  private fail(
    host: NetworkHost,
    dial: Dial,
    ms: number,
    code: 'unavailable' | 'duplicate_link' | 'identity_mismatch' | 'too_many_links' | 'certificate_expired',
  ): void {
    this.schedule.after(ms, () => this.end(host, dial, code));
  }

  private end(host: NetworkHost, dial: Dial, code: ErrorCode): void {
    host.dials.delete(dial);
    if (dial.over || host.life !== dial.life) return;
    dial.over = true;
    this.world.unsettled();
    dial.reject(new ParleyError(code));
  }

  /** TLS stands: each knows the other's certificate; the dialler says what it is in. */
  private greet(host: NetworkHost, dial: Dial, listener: NetworkHost, latency: number): void {
    if (dial.over || host.life !== dial.life || !host.running) return;
    if (listener.device !== dial.to) {
      this.fail(host, dial, 0, 'identity_mismatch');
      return;
    }
    if (this.refused(host, listener)) {
      this.fail(host, dial, 0, 'certificate_expired');
      return;
    }
    const greeted = [...host.dials].some((rival) => rival !== dial && rival.to === dial.to && rival.greeted);
    const relayed = dial.address === undefined;
    if (!this.rules.dialledStays({ relayed, link: host.links.get(dial.to), greeted })) {
      this.fail(host, dial, 0, 'duplicate_link');
      return;
    }
    dial.greeted = true;
    const accepted = ++this.moment;
    const claim = { channels: [...host.channels()], need: host.places?.need(listener.device) };
    const { life } = listener;
    this.schedule.after(latency, () => {
      if (!listener.running || listener.life !== life || this.cut(host, listener, relayed)) {
        this.fail(host, dial, LINK_LIMITS.handshakeMs, 'unavailable');
        return;
      }
      this.answer(host, dial, listener, { accepted, claim, latency });
    });
  }

  private answer(
    host: NetworkHost,
    dial: Dial,
    listener: NetworkHost,
    { accepted, claim, latency }: { accepted: number; claim: LinkClaim; latency: number },
  ): void {
    const link = listener.links.get(host.device);
    const greeted = [...listener.dials].some((rival) => rival.to === host.device && rival.greeted && !rival.over);
    const relayed = dial.address === undefined;
    if (!this.rules.acceptedStays(listener.device, host.device, accepted, { relayed, link, greeted })) {
      this.fail(host, dial, latency, 'duplicate_link');
      return;
    }
    const isFull = listener.places?.takes(host.device, claim) === false || listener.links.size >= LINK_LIMITS.links;
    if (!link && isFull) {
      this.fail(host, dial, latency, 'too_many_links');
      return;
    }
    const theirs = [...listener.channels()];
    const facts = { relayed, latency };
    const far = this.side(listener, host, { ...facts, channels: claim.channels, dialled: false, address: undefined });
    const near = this.side(host, listener, { ...facts, channels: theirs, dialled: true, address: dial.address });
    far.other = near;
    near.other = far;
    this.establish(listener, far);
    // What the listener sends before the dialler has heard of the link waits in its kernel.
    near.pause();
    this.schedule.after(latency, () => {
      host.dials.delete(dial);
      const gone = dial.over || host.life !== dial.life || !host.running;
      if (gone || !near.up || this.cut(host, listener, relayed)) {
        near.finish();
        near.vanish();
        near.silent();
        if (!gone) this.fail(host, dial, LINK_LIMITS.handshakeMs, 'unavailable');
        return;
      }
      this.establish(host, near);
      near.resume();
      dial.over = true;
      this.world.unsettled();
      dial.resolve(near);
    });
  }

  private side(host: NetworkHost, remote: NetworkHost, facts: Omit<SideFacts, 'id' | 'remote' | 'features'>): Side {
    const { username, device, certificate } = remote;
    const features = [TREE_FEATURE, RECEIPTS_FEATURE, PRUNED_FEATURE];
    if (host.digests && remote.digests) features.push(RANGES_FEATURE);
    if (host.acceptFiles && remote.acceptFiles) features.push(FILES_FEATURE);
    const id = ++this.moment;
    return new Side(this.world, host, { id, remote: { username, device, certificate }, features, ...facts });
  }

  private establish(host: NetworkHost, side: Side): void {
    const { device } = side.remote;
    const old = host.links.get(device);
    if (old) {
      this.replaced(host, old, side);
      old.down();
    }
    host.places?.comes({ device, dialled: side.dialled, channels: side.channels });
    host.links.set(device, side);
    this.sides.add(side);
    if (side.other && this.holds(side.host, side.other.host, side.relayed)) side.hold();
    for (const rival of host.dials) {
      if (rival.to !== device || rival.over || side.dialled) continue;
      rival.over = true;
      this.world.unsettled();
      rival.resolve(side);
    }
    host.linked(side);
  }
}
