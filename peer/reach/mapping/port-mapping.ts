/**
 * Keeps a port of the home's router forwarded to this device for as long as it runs: asks when it begins and when the network is another
 * one, renews at half of the time that was granted, takes it back in the end. Nothing waits for it.
 */
import type { MappingView } from '../../../protocol/reach.js';
import type { Log, Timers } from '../../link/types.js';
import { canonical, kindOf } from '../addresses.js';
import type { Granted, Home, Outcome, Wish } from './types.js';

export interface PortMappingOptions {
  /** False: no router is asked. */
  readonly wanted: boolean;
  /** Where this device listens. */
  readonly p2p: () => { readonly host: string; readonly port: number };
  /** As `findHome`. */
  readonly home: () => Promise<Home | 'public' | undefined>;
  /** As `askForMapping`. */
  readonly ask: (wish: Wish, home: Home, signal: AbortSignal) => Promise<Outcome>;
  /** What `view` tells is otherwise. */
  readonly changed: () => void;
  readonly timers: Timers;
  readonly log: Log;
}

/** As RFC 6886 recommends. */
export const LEASE_MS = 2 * 3600_000;
/** A router that grants less is not asked more often. */
const RENEW_MIN_MS = 60_000;
/** For routers that were not ready, or have been told to forward since. */
const AGAIN_MS = 30 * 60_000;
/** After which a router that does not answer has its mapping run out by itself. */
const REMOVE_MS = 1_000;

export class PortMapping {
  #view: MappingView = { state: 'off' };
  #granted: Granted | undefined;
  #timer: unknown;
  #running: AbortController | undefined;
  #looking: Promise<void> | undefined;
  #isStopped = false;

  constructor(private readonly options: PortMappingOptions) {}

  get view(): MappingView {
    return this.#view;
  }

  /** Once the port is open; and whenever what was found out may be over. */
  anew(): void {
    if (this.#isStopped || !this.options.wanted) return;
    this.#running?.abort();
    this.options.timers.clearTimeout(this.#timer);
    const running = new AbortController();
    this.#running = running;
    this.#looking = this.#look(running, this.#looking);
  }

  /** Never rejects; takes a second or two at most. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#running?.abort();
    this.options.timers.clearTimeout(this.#timer);
    await Promise.all([this.#takeBack(this.#granted?.remove), this.#looking]);
  }

  /** @param former what was ended for this: else it would take back what is asked for now. Never rejects. */
  async #look(running: AbortController, former: Promise<void> | undefined): Promise<void> {
    const isOver = (): boolean => running.signal.aborted;
    await former;
    const place = await this.#place();
    if (isOver()) return;
    if (typeof place === 'string') {
      this.#granted = undefined;
      return this.#show({ state: place }, AGAIN_MS);
    }
    const { port } = this.options.p2p();
    if (this.#view.state !== 'mapped') this.#tell({ state: 'asking' });
    // The same port outside as before, so that those who know it find this device.
    const wish = { inner: port, outer: this.#granted?.port ?? port, lifetimeMs: LEASE_MS };
    const outcome = await this.options.ask(wish, place, running.signal);
    // What a router may have made although its answer has not come is left to nobody.
    if (outcome.state !== 'mapped') await this.#takeBack(outcome.undo);
    // Whoever has ended this meanwhile asks again, or has stopped: then nothing is to be left.
    if (isOver()) {
      if (this.#isStopped && outcome.state === 'mapped') await this.#takeBack(outcome.granted.remove);
      return;
    }
    this.#granted = outcome.state === 'mapped' ? outcome.granted : undefined;
    const renewMs = Math.max(RENEW_MIN_MS, (this.#granted?.lifetimeMs ?? 0) / 2);
    this.#show(viewOf(outcome), this.#granted ? renewMs : AGAIN_MS);
  }

  /** Where a router can be asked; else why none is. */
  async #place(): Promise<Home | 'unneeded' | 'unanswered'> {
    const { host } = this.options.p2p();
    const bound = canonical(host) ?? host;
    const isAny = bound === '0.0.0.0' || bound === '::';
    if (!isAny && kindOf(bound) !== 'private') return 'unneeded';
    const home = await this.options.home();
    if (home === undefined) return 'unanswered';
    // What the router forwards comes to the address by which it was asked.
    return home !== 'public' && (isAny || bound === home.ours) ? home : 'unneeded';
  }

  #show(view: MappingView, againMs: number): void {
    this.#tell(view);
    this.#timer = this.options.timers.setTimeout(() => this.anew(), againMs);
  }

  #tell(view: MappingView): void {
    if (JSON.stringify(view) === JSON.stringify(this.#view)) return;
    this.#view = view;
    this.options.log.debug({ mapping: view }, 'whether the router forwards a port to this device');
    this.options.changed();
  }

  async #takeBack(remove: Granted['remove'] | undefined): Promise<void> {
    await remove?.(AbortSignal.timeout(REMOVE_MS)).catch(() => undefined);
  }
}

function viewOf(outcome: Outcome): MappingView {
  if (outcome.state === 'unanswered') return { state: 'unanswered' };
  const { host } = outcome.state === 'mapped' ? outcome.granted : outcome;
  const seen = host === undefined ? {} : { host };
  if (outcome.state === 'refused')
    return { state: 'refused', ...seen, ...(outcome.isHidden && { behindAnother: true }) };
  const { by, port } = outcome.granted;
  return { state: 'mapped', by, port, ...seen };
}

/**
 * Whether another router stands before the one that says that it has this address.
 * @param seen where the tracker sees this device; it tells nothing where that is in a network of ours
 */
export function isBehindAnother(host: string, seen: string | undefined): boolean {
  const kind = kindOf(canonical(host) ?? '');
  // A router without an address outside says 0.0.0.0.
  if (kind === 'none' || kind === 'name') return false;
  if (kind !== 'public4') return true;
  const from = seen === undefined ? undefined : canonical(seen);
  return from !== undefined && kindOf(from) === 'public4' && from !== host;
}
