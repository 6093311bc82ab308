/** Links over a relay, for devices that cannot be dialled (SPEC.md section 12): asks others to come, and comes when asked. */
import type { Duplex } from 'node:stream';
import type { CircuitEvent } from '../../protocol/circuit.js';
import { ParleyError } from '../../protocol/errors.js';
import type { DeviceId } from '../../protocol/ids.js';
import type { Links } from '../link/links.js';
import type { FileConnection, Link, Log, Timers } from '../link/types.js';
import type { CircuitApi } from '../tracker-client/circuit-api.js';

/** The asker may be reached directly: it is dialled at once, and has this head start on the relay. Milliseconds. */
const HEAD_START_MS = 300;
/** Circuits that this peer comes to at once; a tracker could name any number. */
const COMING_MAX = 16;

export interface CircuitsOptions {
  readonly api: Pick<CircuitApi, 'invite' | 'open'>;
  readonly links: Pick<Links, 'get' | 'attachRelayed' | 'attachFiles' | 'accept'>;
  /** Whether nobody links with that device any more. */
  readonly isRevoked: (device: DeviceId) => boolean;
  /** Somebody who is not linked asks: they are to be dialled at once. */
  readonly callBack: (device: DeviceId) => void;
  readonly timers: Timers;
  readonly log: Log;
}

export class Circuits {
  private readonly coming = new Set<{ timer?: unknown }>();
  private readonly end = new AbortController();

  constructor(private readonly options: CircuitsOptions) {}

  /** As `Links.dial`. @throws ParleyError, also those of the tracker */
  async dial(device: DeviceId, signal: AbortSignal): Promise<Link> {
    const stream = await this.meet(device, signal);
    return this.options.links.attachRelayed(stream, device, signal);
  }

  /** As `Links.dialFiles`. */
  async dialFiles(device: DeviceId): Promise<FileConnection> {
    return this.options.links.attachFiles(await this.meet(device, this.end.signal), device);
  }

  /** The tracker says that another device asks for this one. */
  called(event: CircuitEvent): void {
    const { links, timers, isRevoked, callBack, log } = this.options;
    const device = event.from.device as DeviceId;
    if (this.end.signal.aborted || isRevoked(device)) return;
    if (this.coming.size >= COMING_MAX)
      return log.warn({ device }, 'too many circuits are asked for at once: one is left out');
    const isLinked = links.get(device) !== undefined;
    const ticket: { timer?: unknown } = {};
    this.coming.add(ticket);
    const come = (): void => {
      // It has been reached without the relay.
      const isReached = !isLinked && links.get(device) !== undefined;
      void (isReached ? Promise.resolve() : this.come(event, device)).finally(() => this.coming.delete(ticket));
    };
    // Beside a link it is for files, or that link is dead over there.
    if (isLinked) return come();
    callBack(device);
    ticket.timer = timers.setTimeout(come, HEAD_START_MS);
  }

  close(): void {
    this.end.abort(new ParleyError('unavailable'));
    for (const ticket of this.coming) this.options.timers.clearTimeout(ticket.timer);
    this.coming.clear();
  }

  private async meet(device: DeviceId, signal: AbortSignal): Promise<Duplex> {
    const { api } = this.options;
    return api.open(await api.invite(device), AbortSignal.any([signal, this.end.signal]));
  }

  private async come(event: CircuitEvent, device: DeviceId): Promise<void> {
    const { api, links, log } = this.options;
    try {
      links.accept(await api.open(event, this.end.signal), device);
    } catch (err) {
      log.debug({ err, device }, 'nothing came of a circuit');
    }
  }
}
