/**
 * Notices that the network is another one, or that the machine has slept: whatever waited for its turn to be dialled again may
 * work now. Looked at, for no system tells all of it: interfaces, the address by which the world is reached, and clocks that
 * jump. One for a process, however many peers are in it.
 */
import { createSocket } from 'node:dgram';
import { networkInterfaces } from 'node:os';
import { outerInterfaces, type Interfaces } from './addresses.js';

/** What has happened. */
export type Change = 'network' | 'woken';

export interface NetworkOptions {
  interfaces(): Interfaces;
  /** Our address on the way to the world, by either family; never rejects. */
  way(): Promise<string>;
  /** Milliseconds; the one never goes back, the other goes on while the machine sleeps. */
  readonly steady: () => number;
  readonly clock: { now(): number };
  readonly timers: { setTimeout(callback: () => void, ms: number): unknown; clearTimeout(timer: unknown): void };
}

const LOOK_MS = 5_000;
/** A look that comes so much too late was slept through. (A clock that was set ahead looks alike, and costs a few dials.) */
const SLEPT_MS = 15_000;

export class Network {
  private readonly heard = new Set<(change: Change) => void>();
  private timer: unknown;
  private known: string | undefined;
  private last: { readonly steady: number; readonly wall: number } | undefined;
  /** Grows with each start: a look of before does not go on. */
  private life = 0;

  constructor(private readonly options: NetworkOptions) {}

  /** Looks for as long as somebody wants to hear of it. @returns ends that */
  onChange(hear: (change: Change) => void): () => void {
    this.heard.add(hear);
    if (this.heard.size === 1) void this.look(++this.life);
    return () => {
      if (!this.heard.delete(hear) || this.heard.size > 0) return;
      this.life++;
      this.options.timers.clearTimeout(this.timer);
      this.known = undefined;
      this.last = undefined;
    };
  }

  private async look(life: number): Promise<void> {
    const { steady, clock, timers } = this.options;
    const before = this.last;
    this.last = { steady: steady(), wall: clock.now() };
    const passed = before ? Math.max(this.last.steady - before.steady, this.last.wall - before.wall) : 0;
    const network = `${this.addresses()} ${await this.options.way()}`;
    if (life !== this.life) return;
    const changed = this.known !== undefined && this.known !== network;
    this.known = network;
    this.timer = timers.setTimeout(() => void this.look(life), LOOK_MS);
    if (changed) this.tell('network');
    else if (passed > LOOK_MS + SLEPT_MS) this.tell('woken');
  }

  private addresses(): string {
    const found = outerInterfaces(this.options.interfaces()).map(({ address, cidr }) => cidr ?? address);
    return found.sort().join(' ');
  }

  private tell(change: Change): void {
    for (const hear of [...this.heard]) hear(change);
  }
}

/** That of this machine. */
export function systemNetwork(): Network {
  return new Network({
    interfaces: systemInterfaces,
    way: async () => (await Promise.all([sourceFor('192.0.2.1'), sourceFor('2001:db8::1')])).join(' '),
    steady: () => performance.now(),
    clock: { now: () => Date.now() },
    timers: {
      setTimeout: (callback, ms) => setTimeout(callback, ms).unref(),
      clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
    },
  });
}

/** None where the system does not tell them, as some phones do not. */
export function systemInterfaces(): Interfaces {
  try {
    return networkInterfaces();
  } catch {
    return {};
  }
}

/** Which address of ours leads there; undefined where there is no way. A UDP socket that is connected sends nothing. */
export function sourceFor(host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
    const done = (address: string | undefined): void => {
      resolve(address);
      socket
        .removeAllListeners()
        .on('error', () => undefined)
        .close();
    };
    socket.once('error', () => done(undefined));
    // What went wrong is told here as well, and by no event; the types do not say so.
    socket.connect(9, host, (error?: Error) => done(error ? undefined : socket.address().address));
  });
}
