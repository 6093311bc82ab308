/**
 * The simulated relay, and the tracker's part in it: who asks for a circuit, who is told, and how two ends become one way for a link. The
 * real `Circuits` of each process stand on it. It can be away, and it can stop handing on without a word.
 */
import { Duplex } from 'node:stream';
import { Circuits } from '../../peer/reach/circuits.js';
import { CIRCUIT_WAIT_MS } from '../../protocol/circuit.js';
import { ParleyError } from '../../protocol/errors.js';
import type { DeviceId } from '../../protocol/ids.js';
import type { Lifetime } from './lifetime.js';
import type { Network, NetworkHost } from './network.js';
import type { Random } from './random.js';
import type { Schedule } from './schedule.js';
import type { Host } from './side.js';
import type { Tracker } from './tracker.js';

/** A process that meets others at the relay. */
export interface RelayedHost extends NetworkHost {
  /** Out of reach of the tracker. */
  readonly alone: boolean;
}

export interface RelayWorld {
  readonly schedule: Schedule;
  /** Its own, so that what it draws changes nothing for others. */
  readonly random: Random;
  readonly tracker: Tracker;
  readonly network: Network;
  /** Over circuits as well. */
  readonly dialFiles: (host: RelayedHost, to: RelayedHost) => ReturnType<Circuits['dialFiles']>;
  unsettled(): void;
}

/** One end of a circuit, as the stream that the real code hands on. */
export class CircuitEnd extends Duplex {
  /** Where the other side of it is. */
  other: CircuitEnd | undefined;
  /** Whom the one who was called expects. */
  expected: DeviceId | undefined;

  constructor(
    readonly host: RelayedHost,
    /** One way, milliseconds. */
    readonly latency: number,
  ) {
    super();
  }

  override _read(): void {}
}

interface Meeting {
  readonly devices: readonly DeviceId[];
  first: { readonly end: CircuitEnd; readonly resolve: (end: CircuitEnd) => void } | undefined;
}

export class SimulatedRelay {
  up = true;
  /** It takes connections, and hands nothing on. */
  hung = false;
  private readonly present = new Map<DeviceId, { readonly host: RelayedHost; readonly circuits: Circuits }>();
  private readonly meetings = new Map<string, Meeting>();
  private count = 0;

  constructor(private readonly world: RelayWorld) {}

  /** Whether nothing that the first sends to the second gets through here. */
  blocked(from: Host, to: Host): boolean {
    return !this.up || this.hung || isAlone(from) || isAlone(to);
  }

  /** The circuits of a process that has begun. */
  open(host: RelayedHost, process: Lifetime, callBack: (device: DeviceId) => void): Circuits {
    const { network, dialFiles } = this.world;
    const links = {
      get: (device: DeviceId) => host.links.get(device),
      attachRelayed: (stream: CircuitEnd, device: DeviceId, signal: AbortSignal) =>
        network.attach(host, stream, device, signal),
      attachFiles: (stream: CircuitEnd) => dialFiles(host, otherHost(stream)),
      accept: (stream: CircuitEnd, device: DeviceId) => void (stream.expected = device),
    };
    const circuits = new Circuits({
      api: {
        invite: (to, signal) => this.invite(host, to, signal),
        open: ({ ticket }, signal) => this.join(host, ticket, signal),
      },
      links,
      isBarred: () => false,
      callBack,
      timers: process.timers,
      log: { debug() {}, info() {}, warn() {} },
    });
    this.present.set(host.device, { host, circuits });
    return circuits;
  }

  ended(host: RelayedHost): void {
    const known = this.present.get(host.device);
    if (known?.host !== host) return;
    known.circuits.close();
    this.present.delete(host.device);
  }

  /** Asks, and tells the other; a hostile device may do only this. */
  invite(
    host: RelayedHost,
    to: DeviceId,
    signal: AbortSignal = new AbortController().signal,
  ): Promise<{ relay: string; ticket: string }> {
    const { random, schedule, tracker } = this.world;
    const latency = random.between(1, 60);
    return this.answered(host, signal, 2 * latency, () => {
      const other = this.present.get(to);
      const isThere = other?.host.running === true && !other.host.alone;
      if (!this.up || !tracker.up || host.alone || !isThere) throw new ParleyError('not_online');
      const circuit = String(++this.count).padStart(22, '0');
      this.meetings.set(circuit, { devices: [host.device, to], first: undefined });
      const { life } = other.host;
      schedule.after(random.between(1, 60), () => {
        if (other.host.life !== life) return;
        const { username, device } = host;
        const place = { circuit, relay: '/circuit', ticket: circuit, expires: '' };
        other.circuits.called({ type: 'circuit', ...place, from: { username, device } });
        this.world.unsettled();
      });
      return { relay: '/circuit', ticket: circuit };
    });
  }

  /** Resolves once both are there. */
  private join(host: RelayedHost, circuit: string, signal: AbortSignal): Promise<Duplex> {
    const { random, schedule } = this.world;
    return this.answered(host, signal, random.between(1, 60), () => {
      const meeting = this.meetings.get(circuit);
      if (!this.up || host.alone || meeting?.devices.includes(host.device) !== true)
        throw new ParleyError('unavailable');
      const end = new CircuitEnd(host, random.between(2, 120));
      const { first } = meeting;
      if (first) {
        this.meetings.delete(circuit);
        end.other = first.end;
        first.end.other = end;
        first.resolve(first.end);
        this.world.unsettled();
        return end;
      }
      return new Promise<Duplex>((resolve, reject) => {
        const gone = (): void => {
          this.meetings.delete(circuit);
          this.world.unsettled();
          reject(new ParleyError('unavailable'));
        };
        meeting.first = { end, resolve };
        signal.addEventListener('abort', gone, { once: true });
        schedule.after(CIRCUIT_WAIT_MS, () => {
          if (!end.other) gone();
        });
      });
    });
  }

  /** Later, unless the process has ended by then: then nobody waits. */
  private answered<Answer>(
    host: RelayedHost,
    signal: AbortSignal,
    ms: number,
    answer: () => Answer | Promise<Answer>,
  ): Promise<Answer> {
    const { life } = host;
    return new Promise((resolve, reject) => {
      const gone = (): void => reject(new ParleyError('unavailable'));
      signal.addEventListener('abort', gone, { once: true });
      this.world.schedule.after(ms, () => {
        if (host.life !== life || signal.aborted) return;
        this.world.unsettled();
        resolve(Promise.resolve().then(answer));
      });
    });
  }
}

/** @throws ParleyError unavailable */
function otherHost({ other }: CircuitEnd): RelayedHost {
  if (!other) throw new ParleyError('unavailable');
  return other.host;
}

function isAlone(host: Host): boolean {
  return 'alone' in host && host.alone === true;
}
