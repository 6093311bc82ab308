/**
 * Direct links between devices of which neither can be dialled (SPEC.md section 13): performs what the machine in protocol/punch.ts says,
 * for each relayed link.
 */
import type { DeviceId, Username } from '../../protocol/ids.js';
import { PUNCH_FEATURE, type SeenAt } from '../../protocol/punch-messages.js';
import { NEW_PUNCH, type PunchEffect, type PunchInput, type PunchState } from '../../protocol/punch-state.js';
import { stepPunch } from '../../protocol/punch.js';
import type { LinkMessage } from '../../protocol/link-messages.js';
import type { Links } from '../link/links.js';
import type { Link, Log, RemoteIdentity, Timers } from '../link/types.js';
import { mayPunch, punchThrough } from './punch-socket.js';

/** Under way at once. */
const PUNCHES_MAX = 4;
/** Devices of which is remembered how their last attempts ended, beside those that are linked. */
const REMEMBERED_MAX = 256;
/** From a connection to the link. Milliseconds. */
const GREET_MS = 6_000;

/** As the tracker sees a connection from `localPort`, which is free. */
export interface Seen {
  readonly localPort: number;
  readonly host: string;
  /** Undefined behind a proxy. */
  readonly port: number | undefined;
}

export interface PuncherOptions {
  readonly self: DeviceId;
  readonly links: Pick<Links, 'attach'>;
  readonly reflect: (signal: AbortSignal) => Promise<Seen>;
  /** Whether this side's router keeps the port for each destination; undefined: that cannot be told. */
  readonly isSteady: () => Promise<boolean | undefined>;
  readonly permits?: typeof mayPunch;
  readonly timers: Timers;
  /** Steady. Milliseconds. */
  readonly now: () => number;
  readonly random: () => number;
  readonly log: Log;
}

interface Pair {
  readonly device: DeviceId;
  readonly username: Username;
  state: PunchState;
  link?: Link | undefined;
  timer?: unknown;
  /** What is under way. */
  controller: AbortController;
  localPort: number;
}

export class Puncher {
  private readonly pairs = new Map<DeviceId, Pair>();
  /** Of this network: asked once, when the first relayed link comes up. */
  private isHard: boolean | undefined;
  private asking = new AbortController();
  private isClosed = false;

  constructor(private readonly options: PuncherOptions) {}

  up(link: Link): void {
    if (!link.relayed || !link.features.includes(PUNCH_FEATURE)) return;
    if (this.isHard === undefined) void this.askOnce();
    const pair = this.pairOf(link.remote);
    pair.link = link;
    this.feed(pair, { type: 'up' });
  }

  down(link: Link): void {
    const pair = this.pairs.get(link.remote.device);
    if (pair?.link !== link) return;
    pair.link = undefined;
    this.feed(pair, { type: 'down' });
  }

  messages(link: Link, messages: readonly LinkMessage[]): void {
    const pair = this.pairs.get(link.remote.device);
    if (pair?.link !== link) return;
    for (const message of messages) if (message.type === 'punch') this.feed(pair, { type: 'message', message });
  }

  /** The network is another one, or may be. */
  anew(): void {
    this.asking.abort();
    this.asking = new AbortController();
    this.isHard = undefined;
    if ([...this.pairs.values()].some(({ link }) => link)) void this.askOnce();
    for (const pair of this.pairs.values()) this.feed(pair, { type: 'anew' });
  }

  close(): void {
    this.isClosed = true;
    this.asking.abort();
    for (const pair of this.pairs.values()) {
      this.options.timers.clearTimeout(pair.timer);
      pair.controller.abort();
    }
    this.pairs.clear();
  }

  private pairOf({ device, username }: RemoteIdentity): Pair {
    const known = this.pairs.get(device);
    if (known) return known;
    const forgettable = [...this.pairs.values()].filter(({ link, state }) => !link && state.phase.name === 'idle');
    if (forgettable.length >= REMEMBERED_MAX) this.pairs.delete(forgettable[0]?.device ?? device);
    const pair: Pair = { device, username, state: NEW_PUNCH, controller: new AbortController(), localPort: 0 };
    this.pairs.set(device, pair);
    return pair;
  }

  private feed(pair: Pair, input: PunchInput): void {
    const { self, permits = mayPunch, timers, now, random } = this.options;
    if (this.isClosed) return;
    const others = [...this.pairs.values()].filter((other) => other !== pair && other.state.phase.name !== 'idle');
    const { state, effects } = stepPunch(pair.state, input, {
      now: now(),
      leads: self < pair.device,
      isBusy: others.length >= PUNCHES_MAX,
      isHard: this.isHard === true,
      permits,
      random,
    });
    const wasDue = pair.state.due;
    pair.state = state;
    if (state.due !== wasDue || input.type === 'time') this.wait(pair, timers);
    for (const effect of effects) this.perform(pair, effect);
  }

  private async askOnce(): Promise<void> {
    const { signal } = this.asking;
    this.isHard = false;
    // Who cannot tell is taken for one whose router lets holes be made.
    const isSteady = await this.options.isSteady().catch(() => undefined);
    if (!signal.aborted) this.isHard = isSteady === false;
  }

  private wait(pair: Pair, timers: Timers): void {
    const { due } = pair.state;
    timers.clearTimeout(pair.timer);
    if (due === undefined) return;
    pair.timer = timers.setTimeout(
      () => this.feed(pair, { type: 'time' }),
      Math.max(0, Math.ceil(due - this.options.now())),
    );
  }

  private perform(pair: Pair, effect: PunchEffect): void {
    switch (effect.type) {
      case 'send':
        pair.link?.send(effect.message);
        return;
      case 'release':
        pair.controller.abort();
        return;
      case 'reflect':
        pair.controller = new AbortController();
        void this.reflect(pair, effect.run, pair.controller.signal);
        return;
      case 'connect':
        void this.connect(pair, effect, pair.controller);
        return;
    }
  }

  private async reflect(pair: Pair, run: number, signal: AbortSignal): Promise<void> {
    let seen: SeenAt | undefined;
    try {
      const { localPort, host, port } = await this.options.reflect(signal);
      if (signal.aborted) return;
      pair.localPort = localPort;
      if (port !== undefined) seen = { host, port };
    } catch (err) {
      this.options.log.debug({ err, device: pair.device }, 'the tracker does not say how this peer is seen');
    }
    this.feed(pair, { type: 'reflected', run, seen });
  }

  private async connect(
    pair: Pair,
    { run, target, role }: Extract<PunchEffect, { type: 'connect' }>,
    controller: AbortController,
  ): Promise<void> {
    const { links, timers, random, log } = this.options;
    const { device, localPort } = pair;
    const { signal } = controller;
    let linked = false;
    let timer: unknown;
    try {
      const socket = await punchThrough({ localPort, target, signal, random });
      timer = timers.setTimeout(() => controller.abort(), GREET_MS);
      try {
        signal.throwIfAborted();
        await links.attach(socket, role, device, signal);
      } catch (error) {
        socket.destroy();
        throw error;
      }
      linked = true;
      log.info({ peer: pair.username, device, target }, 'a hole was made: the link is direct');
    } catch (err) {
      log.debug({ err, peer: pair.username, device, target }, 'no hole was made');
    }
    timers.clearTimeout(timer);
    this.feed(pair, { type: 'ended', run, linked });
  }
}
