/**
 * Finds out how this device is reached: asks the tracker how it is seen, and to dial it, when it connects, when the network is another
 * one, and before what is known gets old. What comes of it is told to the tracker, and to people.
 */
import { isParleyError, type ErrorCode } from '../../protocol/errors.js';
import {
  CHECK_EVERY_MS,
  CHECKED_PORT_MIN,
  type Checked,
  type MappingView,
  type Reach,
  type ReachView,
} from '../../protocol/reach.js';
import type { Examined } from '../doctor/patient.js';
import type { Link, Log, Timers } from '../link/types.js';
import { canonical, isHeardAt, kindOf, ownAddresses, OwnNetworks, type Interfaces } from '../reach/addresses.js';
import { isBehindAnother } from '../reach/mapping/port-mapping.js';
import { reachOf, stepReach, UNKNOWN, type ReachInput } from '../reach/own-reach.js';
import { reflectTwice, type Reflection } from '../reach/reflect.js';
import type { ReachApi } from '../tracker-client/reach-api.js';

export interface ReachWatchOptions {
  readonly api: Pick<ReachApi, 'reflect' | 'check'>;
  /** Where this device listens. */
  readonly p2p: () => { readonly host: string; readonly port: number };
  readonly interfaces: () => Interfaces;
  /** Whether a router forwards a port to this device, by its own word. */
  readonly mapping: () => MappingView;
  /** A port that the router says it forwards was found shut. */
  readonly shut: () => void;
  readonly changed: () => void;
  readonly timers: Timers;
  /** Milliseconds, never going back. */
  readonly steady: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  readonly log: Log;
}

/** Twice within the time that a check counts for. Milliseconds. */
const AGAIN_MS = 14 * 60_000;
/** Those that come to a tracker together do not ask together. */
const SPREAD_MS = 3_000;
/** After a refusal that passes: many checks were under way, or one had just been. */
const LATER_MS = 35_000;
const PASSING: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['rate_limited', 'unavailable', 'tracker_unreachable']);

interface Asked {
  readonly seen: Reflection;
  readonly checked: Checked | undefined;
  /** As `#forwarded` was when it was asked. */
  readonly forwarded: string;
  /** Why there is no check. */
  readonly refusal?: unknown;
}

export class ReachWatch {
  #state = UNKNOWN;
  #told: string | undefined;
  #timer: unknown;
  /** `forwarded`: as `#forwarded` was. */
  #last:
    | { readonly seen: Reflection; readonly checked: Checked; readonly at: number; readonly forwarded: string }
    | undefined;
  /** That is under way, in this network. */
  #reflecting: Promise<Reflection> | undefined;
  /** Reflections and a check that are under way, in this network. */
  #asking: Promise<Asked> | undefined;
  #checkedAt = -Infinity;
  #isStopped = false;
  #isConnected = false;
  /** Grows with the network: what is under way has become worthless. */
  #life = 0;
  /** Grows with each look that is planned: the one before plans no other. */
  #turn = 0;

  constructor(private readonly options: ReachWatchOptions) {}

  get reach(): Reach | undefined {
    return reachOf(this.#state, this.options.steady());
  }

  /** What people are shown. */
  view(): ReachView {
    const { reach } = this;
    const { host, code } = this.#state;
    const known = {
      ...(reach && { reach }),
      // What a tracker on this machine sees leads nobody else here.
      ...(host !== undefined && kindOf(host) !== 'loopback' && { host }),
      ...(code !== undefined && { code }),
    };
    return { ...known, mapping: this.#mapping(host) };
  }

  /**
   * The router has said something else than before. A check counts on unless the port is forwarded now and was not, or the reverse: the
   * tracker makes no second one soon, and most routers only come to say that they forward nothing.
   */
  mapped(): void {
    if (this.#last?.forwarded !== this.#forwarded()) this.#last = undefined;
    this.#say();
    if (this.#isConnected && this.options.mapping().state === 'mapped') {
      const since = this.options.steady() - this.#checkedAt;
      this.#lookAfter(Math.max(0, CHECK_EVERY_MS + 1_000 - since));
    }
  }

  tracker(isConnected: boolean): void {
    if (isConnected === this.#isConnected) return;
    this.#isConnected = isConnected;
    this.#lookAfter(isConnected ? this.options.random() * SPREAD_MS : undefined);
  }

  network(): void {
    this.#life += 1;
    this.#last = undefined;
    this.#reflecting = undefined;
    this.#asking = undefined;
    this.#feed({ type: 'network' });
    this.#lookAfter(this.#isConnected ? this.options.random() * SPREAD_MS : undefined);
  }

  up({ dialled, relayed, address }: Pick<Link, 'dialled' | 'relayed' | 'address'>): void {
    if (dialled || relayed || !address) return;
    const near = new OwnNetworks(this.options.interfaces());
    this.#feed({ type: 'came', from: address.host, isNear: near.includes(canonical(address.host) ?? '') });
  }

  /**
   * Whether the router of this network keeps one port for all destinations, as it is known, else as the tracker says now; undefined: that
   * cannot be told. @throws as `TrackerHttp.call` where the tracker does not answer
   */
  async isSteady(): Promise<boolean | undefined> {
    const { isSteady: known } = this.#state;
    if (known !== undefined) return known;
    const life = this.#life;
    const { host, isSteady } = await this.#reflect();
    if (life === this.#life) this.#feed({ type: 'reflected', host, isSteady });
    return isSteady;
  }

  /** For the doctor: as it was found out just now, else anew. @throws as `TrackerHttp.call` where the tracker does not answer */
  async examine(): Promise<Examined> {
    if (this.#last && this.options.steady() - this.#last.at < CHECK_EVERY_MS + 5_000) {
      const { seen, checked } = this.#last;
      return { seen, checked, reach: this.reach, mapping: this.#mapping(seen.host) };
    }
    const life = this.#life;
    const asked = await this.#ask();
    const { seen, checked } = asked;
    if (life === this.#life) this.#found(asked);
    return { seen, checked, reach: this.reach, mapping: this.#mapping(seen.host) };
  }

  /** Who asks meanwhile gets the same answer. @throws as `examine` */
  #reflect(): Promise<Reflection> {
    const asked = (this.#reflecting ??= reflectTwice(this.options.api).finally(() => {
      if (this.#reflecting === asked) this.#reflecting = undefined;
    }));
    return asked;
  }

  /** Who asks meanwhile gets the same: the tracker checks a device once in a while. @throws as `examine` */
  #ask(): Promise<Asked> {
    const asked = (this.#asking ??= this.#askOnce().finally(() => {
      if (this.#asking === asked) this.#asking = undefined;
    }));
    return asked;
  }

  /** A check that is refused, as where another program has just asked for the same device, spoils no reflection. @throws as `examine` */
  async #askOnce(): Promise<Asked> {
    const { api, steady } = this.options;
    const seen = await this.#reflect();
    this.#checkedAt = steady();
    const forwarded = this.#forwarded();
    try {
      return { seen, checked: await api.check(this.#ports(seen.host)), forwarded };
    } catch (refusal) {
      return { seen, checked: undefined, forwarded, refusal };
    }
  }

  #found({ seen, checked, forwarded }: Asked): void {
    this.#feed({ type: 'reflected', host: seen.host, isSteady: seen.isSteady });
    const result = checked?.results.find(({ open }) => open) ?? checked?.results[0];
    if (!checked || !result) return;
    const { steady, p2p, interfaces, mapping, shut } = this.options;
    if (!result.open && mapping().state === 'mapped') shut();
    if (forwarded === this.#forwarded()) this.#last = { seen, checked, at: steady(), forwarded };
    // Shut where this device does not listen: no word about where it does.
    if (!result.open && !isHeardAt(checked.host, p2p().host, ownAddresses(interfaces()))) return;
    this.#feed({ type: 'checked', host: checked.host, code: result.open ? undefined : (result.code ?? 'silent') });
  }

  /** That which the router forwards, as far as it leads here from where the tracker dials; and the one here. */
  #ports(seen: string): number[] {
    const { port } = this.options.p2p();
    const { state, port: outer, behindAnother } = this.#mapping(seen);
    const isForwarded = state === 'mapped' && behindAnother !== true && outer !== undefined;
    return isForwarded && outer !== port && outer >= CHECKED_PORT_MIN ? [outer, port] : [port];
  }

  /** The port outside that the router says it forwards; empty: none. */
  #forwarded(): string {
    const { state, port } = this.options.mapping();
    return state === 'mapped' ? String(port) : '';
  }

  #mapping(seen: string | undefined): MappingView {
    const view = this.options.mapping();
    return view.host !== undefined && isBehindAnother(view.host, seen) ? { ...view, behindAnother: true } : view;
  }

  stop(): void {
    this.#isStopped = true;
    this.#lookAfter(undefined);
  }

  #lookAfter(ms: number | undefined): void {
    const turn = (this.#turn += 1);
    const { timers } = this.options;
    timers.clearTimeout(this.#timer);
    if (ms === undefined || this.#isStopped) return;
    this.#timer = timers.setTimeout(() => void this.#look(turn), ms);
  }

  async #look(turn: number): Promise<void> {
    const life = this.#life;
    const { p2p, log } = this.options;
    const { host } = p2p();
    // Nobody else is meant to come in.
    if (kindOf(canonical(host) ?? host) === 'loopback') return;
    const asked = await this.#ask().catch((refusal: unknown) => ({ refusal }));
    if (life !== this.#life || this.#isStopped) return;
    // Also where another look is planned by now: the tracker has made the check, and makes no second one soon.
    if ('seen' in asked) this.#found(asked);
    if (turn !== this.#turn) return;
    const { refusal } = asked;
    if (refusal !== undefined) log.debug({ err: refusal }, 'how this device is reached could not be found out now');
    this.#lookAfter(isPassing(refusal) ? LATER_MS : AGAIN_MS);
  }

  #feed(input: ReachInput): void {
    this.#state = stepReach(this.#state, input, this.options.steady());
    this.#say();
  }

  #say(): void {
    const told = JSON.stringify(this.view());
    if (told === this.#told) return;
    this.#told = told;
    this.options.changed();
  }
}

/** Whether it may go otherwise soon. A tracker that sees nobody, such as one behind an unknown proxy, says the same again and again. */
function isPassing(refusal: unknown): boolean {
  return isParleyError(refusal) ? PASSING.has(refusal.code) : refusal !== undefined;
}
