/** Links over a relay, for devices that cannot be dialled (SPEC.md section 12): asks others to come, and comes when asked. */
import type { Duplex } from 'node:stream';
import type { CircuitEvent } from '../../protocol/circuit.js';
import { ParleyError } from '../../protocol/errors.js';
import type { DeviceId } from '../../protocol/ids.js';
import type { Links } from '../link/links.js';
import type { FileConnection, Link, Log, Timers } from '../link/types.js';
import { canonical, kindOf } from './addresses.js';
import type { CircuitApi } from '../tracker-client/circuit-api.js';

/** The asker may be reached directly: it is dialled at once, and has this head start on the relay. Milliseconds. */
const HEAD_START_MS = 300;
/** Circuits that this peer comes to at once: in all, and for one user. Beyond it whoever holds most of them loses the oldest. */
const COMING_MAX = 16;
const COMING_PER_USER_MAX = 4;
/** One that this peer was asked to. */
interface Coming {
  readonly user: string;
  readonly controller: AbortController;
  timer?: unknown;
}

export interface CircuitsOptions {
  readonly api: Pick<CircuitApi, 'invite' | 'open'>;
  readonly links: Pick<Links, 'get' | 'attachRelayed' | 'attachFiles' | 'accept'>;
  /** Whether nobody links with that device any more. */
  readonly isBarred: (device: DeviceId) => boolean;
  /** Somebody who is not linked asks: they may be reachable. */
  readonly callBack: (device: DeviceId) => void;
  readonly timers: Timers;
  readonly log: Log;
}

/** On this machine only where the tracker is there too: that a CA has signed something is no reason to open ports of this machine. */
export function mayOpen(relay: URL, tracker: URL): boolean {
  return !isHere(relay) || isHere(tracker);
}

function isHere({ hostname }: URL): boolean {
  const host = canonical(hostname.replace(/^\[|\]$/g, ''));
  return host === undefined || ['loopback', 'none'].includes(kindOf(host));
}

export class Circuits {
  private readonly coming = new Set<Coming>();
  /** Ours that are under way. */
  private readonly meeting = new Set<AbortController>();
  private isClosed = false;

  constructor(private readonly options: CircuitsOptions) {}

  /** As `Links.dial`. @throws ParleyError, also those of the tracker */
  async dial(device: DeviceId, signal: AbortSignal): Promise<Link> {
    const stream = await this.meet(device, signal);
    return taken(stream, () => this.options.links.attachRelayed(stream, device, signal));
  }

  /** As `Links.dialFiles`. */
  async dialFiles(device: DeviceId): Promise<FileConnection> {
    const controller = new AbortController();
    this.meeting.add(controller);
    try {
      const stream = await this.meet(device, controller.signal);
      return await taken(stream, () => this.options.links.attachFiles(stream, device));
    } finally {
      this.meeting.delete(controller);
    }
  }

  /** The tracker says that another device asks for this one. */
  called(event: CircuitEvent): void {
    const { links, timers, isBarred, callBack } = this.options;
    const device = event.from.device as DeviceId;
    if (this.isClosed || isBarred(device)) return;
    const coming: Coming = { user: event.from.username.toLowerCase(), controller: new AbortController() };
    this.coming.add(coming);
    this.makeRoom(coming.user);
    const isLinked = links.get(device) !== undefined;
    const come = (): void => {
      // It has been reached without the relay.
      const isReached = !isLinked && links.get(device) !== undefined;
      void (isReached ? Promise.resolve() : this.come(event, device, coming)).finally(() => this.coming.delete(coming));
    };
    // Beside a link it is for files, or that link is dead over there.
    if (isLinked) return come();
    callBack(device);
    coming.timer = timers.setTimeout(come, HEAD_START_MS);
  }

  close(): void {
    this.isClosed = true;
    for (const coming of this.coming) this.leave(coming);
    for (const controller of this.meeting) controller.abort();
  }

  /** Nobody keeps others out. */
  private makeRoom(user: string): void {
    const of = (name: string): Coming[] => [...this.coming].filter((other) => other.user === name);
    const own = of(user);
    if (own.length > COMING_PER_USER_MAX) return this.leave(own[0]);
    if (this.coming.size <= COMING_MAX) return;
    const most = [...this.coming].reduce((a, b) => (of(b.user).length > of(a.user).length ? b : a));
    this.leave(of(most.user)[0]);
  }

  private leave(coming: Coming | undefined): void {
    if (!coming) return;
    this.options.timers.clearTimeout(coming.timer);
    coming.controller.abort();
    this.coming.delete(coming);
  }

  private async meet(device: DeviceId, signal: AbortSignal): Promise<Duplex> {
    const { api } = this.options;
    if (this.isClosed) throw new ParleyError('unavailable', 'This peer is stopping.');
    return api.open(await api.invite(device, signal), signal);
  }

  private async come(event: CircuitEvent, device: DeviceId, { controller }: Coming): Promise<void> {
    const { api, links, log } = this.options;
    try {
      const stream = await api.open(event, controller.signal);
      await taken(stream, async () => links.accept(stream, device));
    } catch (err) {
      log.debug({ err, device }, 'nothing came of a circuit');
    }
  }
}

/** Whoever cannot take a stream does not keep it. */
async function taken<Result>(stream: Duplex, take: () => Promise<Result>): Promise<Result> {
  try {
    return await take();
  } catch (error) {
    stream.destroy();
    throw error;
  }
}
