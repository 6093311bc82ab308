/**
 * Finds other peers of the same tracker on the local network, with nobody's help (SPEC.md section 4), and lets itself be found.
 * What it finds are addresses to try; the links prove who is there.
 */
import { isIPv4 } from 'node:net';
import { networkInterfaces, type NetworkInterfaceInfo } from 'node:os';
import type { DeviceId } from '../../protocol/ids.js';
import type { Address } from '../../protocol/tracker-api.js';
import type { Clock, Log } from '../services.js';
import { Alleged } from './alleged.js';
import type { Mdns } from './mdns.js';

export interface LanOptions {
  readonly device: DeviceId;
  /** True: also on loopback, when the port is bound there. Undefined: unless the port is for this machine alone. */
  readonly wanted: boolean | undefined;
  readonly p2p: () => Address;
  /** Fingerprint of the pinned CA; undefined before this device is certified. */
  readonly ca: () => string | undefined;
  /** There is somebody new to dial. */
  readonly found: () => void;
  readonly clock: Clock;
  readonly log: Log;
}

/** After the start it asks at once, and then ever more seldom: who comes later announces itself. */
const FIRST_QUERY_MS = 1_000;
const QUERY_MAX_MS = 3600_000;
/** How often it looks whether the interfaces are others now. */
const INTERFACES_MS = 15_000;

/** More interfaces are not used: each costs a socket. */
const INTERFACES_MAX = 4;

export class Lan {
  readonly alleged = new Alleged();
  readonly #options: LanOptions;
  readonly #open = new Map<string, Mdns>();
  #started: Promise<void> | undefined;
  #queries: NodeJS.Timeout | undefined;
  #watch: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: LanOptions) {
    this.#options = options;
  }

  /** Does nothing without a certificate, or when it runs. To be called again once there is one. */
  start(): void {
    const { wanted, p2p, ca } = this.#options;
    if (this.#started || this.#stopped || p2p().port === 0) return;
    if (!(wanted ?? isForOthers(p2p().host))) return;
    // Last: it reads a certificate, and this is asked with each event of the tracker.
    if (ca() === undefined) return;
    this.#started = this.#start().catch((err: unknown) => this.#failed(err));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#queries);
    clearInterval(this.#watch);
    await this.#started;
    await Promise.all([...this.#open.values()].map((mdns) => mdns.close()));
    this.#open.clear();
  }

  async #start(): Promise<void> {
    // Loaded when it is needed: a peer that does not look around starts without it.
    const [library, { openMdns }] = await Promise.all([import('bonjour-service'), import('./mdns.js')]);
    const look = (): void => {
      const { p2p, ca, device, clock } = this.#options;
      const fingerprint = ca();
      if (fingerprint === undefined) return;
      const wanted = new Set(lanInterfaces(p2p().host, networkInterfaces()));
      for (const [address, mdns] of this.#open) {
        if (wanted.has(address)) continue;
        this.#open.delete(address);
        void mdns.close();
      }
      for (const address of wanted) {
        if (this.#open.has(address)) continue;
        const mdns = openMdns(library, {
          address,
          port: p2p().port,
          device,
          ca: fingerprint,
          heard: ({ device: other, port, gone }, host) => this.#heard(other, { host, port }, gone),
          failed: (err) => this.#failed(err),
          now: () => clock.now(),
        });
        this.#open.set(address, mdns);
        this.#ask(FIRST_QUERY_MS);
      }
    };
    if (this.#stopped) return;
    look();
    this.#watch = setInterval(look, INTERFACES_MS).unref();
    this.#options.log.info({ interfaces: [...this.#open.keys()] }, 'looking for peers on the local network');
  }

  #ask(againMs: number): void {
    for (const mdns of this.#open.values()) mdns.query();
    clearTimeout(this.#queries);
    this.#queries = setTimeout(() => this.#ask(Math.min(againMs * 8, QUERY_MAX_MS)), againMs).unref();
  }

  #heard(device: DeviceId, address: Address, gone: boolean): void {
    if (device === this.#options.device) return;
    if (gone) this.alleged.gone(device, address);
    else if (this.alleged.heard(device, address)) {
      this.#options.log.debug({ device, ...address }, 'heard of a peer on the local network');
      this.#options.found();
    }
  }

  /** Discovery is a help: without multicast here, the tracker and what was known before remain. */
  #failed(err: unknown): void {
    this.#options.log.debug({ err }, 'discovery on the local network failed here');
  }
}

/**
 * IPv4 addresses of interfaces. Of a port that is bound to one address, that one, if it is one of this machine; of a port
 * bound to all, every interface but loopback.
 */
export function lanInterfaces(bound: string, all: NodeJS.Dict<NetworkInterfaceInfo[]>): string[] {
  const local = Object.values(all)
    .flatMap((list) => list ?? [])
    .filter(({ address }) => isIPv4(address));
  const everywhere = bound === '0.0.0.0' || bound === '::' || bound === '';
  return local
    .filter(({ address, internal }) => (everywhere ? !internal : address === bound))
    .map(({ address }) => address)
    .sort()
    .slice(0, INTERFACES_MAX);
}

/** Where nothing else was said: a port that only this machine reaches is not announced. */
export function isForOthers(bound: string): boolean {
  return bound !== '::1' && !bound.startsWith('127.') && bound !== 'localhost';
}
