/** Dials those whom the mesh should be linked to: all addresses of a device in one race, one race a device at a time, with back-off. */
import type { ChannelName, DeviceId } from '../../protocol/ids.js';
import { FULL_MESH_MAX } from '../../protocol/limits.js';
import type { Address } from '../../protocol/tracker-api.js';
import { ended, failed, FRESH, type Backoff } from '../link/backoff.js';
import { choicesOf, chooseNeighbours, crowdedChannels, membersByChannel } from '../mesh/neighbours.js';
import { SteadyClock } from '../clock/steady-clock.js';
import { untriedFirst } from '../reach/candidates.js';
import { race } from '../reach/race.js';
import { relayedToo } from '../reach/relayed-too.js';
import { isFull, verdictOf } from '../reach/trouble.js';
import type { Candidate, DiallerOptions } from './dialler-options.js';

/** Both sides of a pair may dial: the larger device id gives the other this head start, so that mostly one does. */
const HEAD_START_MS = 300;
/** Attempts under way at once; as many again within this process. */
const DIALS_MAX = 16;
/** Between looks for which nobody has asked. */
const LOOK_MS = 1_000;
const SOON_MS = 10;
/**
 * A look costs the more the more candidates there are, and one of many changes all the time: so long, for each candidate, from one look to the
 * next that is asked for, and to the next that is not; and at the most.
 */
const APART_MS = { asked: 5, unasked: 25 };
const APART_MAX_MS = { asked: LOOK_MS, unasked: 5 * LOOK_MS };
/**
 * So often, about, one of many more is linked in the place of the one that was chosen first: two halves that a fault had cut apart, each of
 * which lacks nothing, find each other by it, and whoever had all links of a peer keeps them no longer.
 */
const RENEW_MS = 120_000;
/** News of a device end its wait, but not sooner after the last race: whoever makes up addresses must not make us busy. */
const RENEWED_MS = 5_000;
/** And failures count for so many at the most then: the next waits are of seconds, not of a minute. */
const RENEWED_FAILURES = 4;

interface Attempt {
  backoff: Backoff;
  notBefore: number;
  /** As it was at the last look. */
  candidate?: Candidate;
  /** When the last race began. */
  began: number;
  /** Addresses for which it had no time. */
  untried: readonly Address[];
}

export class Dialler {
  private readonly attempts = new Map<DeviceId, Attempt>();
  private readonly dialling = new Map<DeviceId, AbortController>();
  /** Asked for by `need`, and not dialled yet. */
  private readonly urgent = new Set<DeviceId>();
  /** Of those, who has called us. */
  private readonly calling = new Set<DeviceId>();
  private readonly clock: SteadyClock;
  private timer: unknown;
  /** When the next look is due, and when the last one was. */
  private due = Infinity;
  private looked = -Infinity;
  private apartMs = 0;
  private renewAt: number;
  /** Candidates at the last look that are not in this process. */
  private outsideCount = 0;
  private crowded: ReadonlySet<ChannelName> = new Set();
  private stopped = false;

  constructor(private readonly options: DiallerOptions) {
    this.clock = new SteadyClock(options.clock);
    this.renewAt = this.clock.now() + RENEW_MS * options.random();
  }

  /** Candidates have changed: looks now whom to dial, or a little later together with what else changes until then. */
  look(): void {
    this.lookAt(this.clock.now());
  }

  private lookNow(): void {
    if (this.stopped) return;
    const { places, random } = this.options;
    const now = this.clock.now();
    const candidates = new Map(this.options.candidates().map((candidate) => [candidate.device, candidate]));
    candidates.delete(this.options.self);
    for (const [device, attempt] of this.attempts) {
      const candidate = candidates.get(device);
      if (candidate) renew(attempt, candidate, now);
      else this.attempts.delete(device);
    }
    for (const set of [this.urgent, this.calling])
      for (const device of set) if (!candidates.has(device)) set.delete(device);
    const linked = places.linked();
    const beside: ReadonlySet<DeviceId> = this.options.beside?.() ?? new Set();
    const outside = (devices: Iterable<DeviceId>): Set<DeviceId> =>
      new Set([...devices].filter((device) => !beside.has(device)));
    const open = [...candidates.keys()].map((device) => ({ device, notBefore: this.attempt(device, now).notBefore }));
    this.outsideCount = outside(candidates.keys()).size;
    const needed = (): Set<DeviceId> => outside([...this.options.needed(), ...this.urgent]);
    const members = membersByChannel(this.options.channels(), candidates.values(), beside);
    this.crowded = crowdedChannels(this.outsideCount, members, this.crowded);
    this.options.crowded?.(this.crowded);
    const isCrowd = this.outsideCount > FULL_MESH_MAX;
    places.look({ members, needed, beside, choices: isCrowd ? choicesOf(this.outsideCount) : 0 }, now);
    const renews = isCrowd && now >= this.renewAt;
    if (renews) places.renew();
    if (now >= this.renewAt) this.renewAt = now + RENEW_MS * (0.5 + random());
    const chosen = chooseNeighbours({
      candidates: open.filter(({ device }) => !beside.has(device)),
      linked: outside([...linked, ...this.dialling.keys()]),
      own: outside([...places.chosen(), ...this.dialling.keys()]),
      needed: needed(),
      channels: [...members.values()],
      besides: renews ? 1 : 0,
      now,
      random,
    });
    const free = (): number => DIALS_MAX - outside(this.dialling.keys()).size;
    this.dialAll(chosen.slice(0, Math.max(0, free())), candidates);
    const busy = (device: DeviceId): boolean => this.dialling.has(device);
    this.dialAll(this.options.dueUpgrades?.(Math.max(0, free()), busy) ?? [], candidates);
    // Dials within the process and those of the network keep no places from each other.
    const within = open.filter(
      ({ device, notBefore }) =>
        beside.has(device) && notBefore <= now && !linked.has(device) && !this.dialling.has(device),
    );
    const taken = this.dialling.size - outside(this.dialling.keys()).size;
    this.dialAll(
      within.slice(0, Math.max(0, DIALS_MAX - taken)).map(({ device }) => device),
      candidates,
    );
    this.looked = now;
    this.apartMs = Math.min(APART_MAX_MS.asked, candidates.size * APART_MS.asked);
    this.due = Infinity;
    this.lookAt(this.nextLook(now, linked));
  }

  private dialAll(devices: readonly DeviceId[], candidates: ReadonlyMap<DeviceId, Candidate>): void {
    for (const device of devices) {
      const candidate = candidates.get(device);
      if (candidate && !this.dialling.has(device)) void this.dial(candidate);
    }
  }

  /** A message waits for these devices: they are dialled at once, whatever the back-off. Later `needed` tells of them. */
  need(devices: Iterable<DeviceId>): void {
    for (const device of devices) {
      this.urgent.add(device);
      const attempt = this.attempts.get(device);
      if (attempt) attempt.notBefore = 0;
    }
    this.lookNow();
  }

  /** The network is another one, or may be: nothing of what failed says anything any more. Whoever waits is dialled at once. */
  anew(): void {
    this.attempts.clear();
    for (const controller of [...this.dialling.values()]) controller.abort();
    this.look();
  }

  /**
   * The device waits for us at a relay, and may be reachable. It is dialled, without a circuit of our own, but no sooner after the last
   * race than for other news: whoever asks again and again must not make us busy.
   */
  called(device: DeviceId): void {
    const attempt = this.attempts.get(device);
    if (!attempt) return;
    const now = this.clock.now();
    this.urgent.add(device);
    this.calling.add(device);
    attempt.notBefore = Math.min(attempt.notBefore, Math.max(now, attempt.began + RENEWED_MS));
    this.lookSoon();
  }

  down(device: DeviceId, upForMs: number): void {
    const attempt = this.attempt(device, this.clock.now());
    this.wait(attempt, ended(attempt.backoff, upForMs, this.options.random));
    this.lookSoon();
  }

  stop(): void {
    this.stopped = true;
    this.options.timers.clearTimeout(this.timer);
    for (const controller of [...this.dialling.values()]) controller.abort();
  }

  /** One look for all that happens together: many links end with one partition. */
  private lookSoon(): void {
    this.lookAt(this.clock.now() + SOON_MS);
  }

  /** Not too soon after the last one, and not where one is due before. */
  private lookAt(time: number): void {
    const due = Math.max(time, this.looked + this.apartMs);
    if (this.stopped || this.due <= due) return;
    const { timers } = this.options;
    const wait = due - this.clock.now();
    timers.clearTimeout(this.timer);
    if (wait <= 0) return this.lookNow();
    this.due = due;
    this.timer = timers.setTimeout(() => this.lookNow(), wait);
  }

  private attempt(device: DeviceId, now: number): Attempt {
    const known = this.attempts.get(device);
    if (known) return known;
    const notBefore = device < this.options.self ? now + HEAD_START_MS : now;
    const attempt: Attempt = { backoff: FRESH, notBefore, began: -Infinity, untried: [] };
    this.attempts.set(device, attempt);
    return attempt;
  }

  /** With many others, members of a channel reach each other through members: only what comes by no other way is worth a circuit. */
  private isWorthRelaying({ device, online }: Candidate): boolean {
    const isFew = this.outsideCount <= FULL_MESH_MAX || this.options.relayOnly === true;
    return online !== false && (isFew || this.options.needed().has(device));
  }

  private wait(attempt: Attempt, { backoff, waitMs }: { backoff: Backoff; waitMs: number }): void {
    attempt.backoff = backoff;
    attempt.notBefore = this.clock.now() + waitMs;
  }

  /** When somebody's wait is over, else after a while. */
  private nextLook(now: number, linked: ReadonlySet<DeviceId>): number {
    let next = now + Math.max(LOOK_MS, Math.min(APART_MAX_MS.unasked, this.attempts.size * APART_MS.unasked));
    for (const [device, { notBefore }] of this.attempts) {
      if (notBefore > now && notBefore < next && !linked.has(device)) next = notBefore;
    }
    return Math.max(now + SOON_MS, next);
  }

  private async dial(candidate: Candidate): Promise<void> {
    const { device, addresses } = candidate;
    const { dial, order, places, timers, random } = this.options;
    const controller = new AbortController();
    const { signal } = controller;
    this.dialling.set(device, controller);
    this.urgent.delete(device);
    const isCalled = this.calling.delete(device);
    const { untried } = Object.assign(this.attempt(device, this.clock.now()), { began: this.clock.now() });
    const { relay } = this.options;
    try {
      const outcome = await relayedToo({
        dial: (stop) =>
          race<unknown>({
            addresses: untriedFirst(order?.(addresses) ?? addresses, untried),
            dial: (address, stopped) => dial({ ...address, device, signal: stopped }),
            judge: verdictOf,
            signal: stop,
            timers,
          }),
        relay: relay && !isCalled && this.isWorthRelaying(candidate) ? (stop) => relay(device, stop) : undefined,
        signal,
        timers,
      });
      if ('won' in outcome || signal.aborted || places.linked().has(device)) return;
      const attempt = this.attempt(device, this.clock.now());
      attempt.untried = outcome.untried;
      this.wait(attempt, failed(attempt.backoff, random));
      // What has become news since the race began.
      const { candidate: latest = candidate } = attempt;
      renew(Object.assign(attempt, { candidate }), latest, this.clock.now());
      // It can be reached, and has links enough: nothing that anybody would have to know.
      if (!isFull(outcome.failures)) this.options.failed(candidate, outcome.failures);
    } finally {
      this.dialling.delete(device);
      this.lookSoon();
    }
  }
}

/** Whoever has come online, or has another address, need not wait for what failed before. */
function renew(attempt: Attempt, candidate: Candidate, now: number): void {
  const before = attempt.candidate;
  if (before === candidate) return;
  attempt.candidate = candidate;
  if (!before || attempt.backoff.failures === 0) return;
  const isKnown = ({ host, port }: Address): boolean =>
    before.addresses.some((other) => other.host === host && other.port === port);
  const isNews = (candidate.online === true && before.online === false) || !candidate.addresses.every(isKnown);
  if (!isNews) return;
  attempt.backoff = { failures: Math.min(attempt.backoff.failures, RENEWED_FAILURES) };
  attempt.notBefore = Math.min(attempt.notBefore, Math.max(now, attempt.began + RENEWED_MS));
}

/**
 * Those online by the tracker's word; those met before as well while there are few, or while the tracker is away. Peers of this process are
 * not counted: to reach them costs nothing, and however many there are, a daemon elsewhere that was met before is dialled.
 */
export function worthDialling<Known extends { readonly device: DeviceId; readonly online: boolean }>(
  all: Known[],
  isHere: (device: DeviceId) => boolean,
): Known[] {
  const online = all.filter((candidate) => candidate.online);
  const elsewhere = all.filter(({ device }) => !isHere(device));
  return online.length === 0 || elsewhere.length <= FULL_MESH_MAX ? all : online;
}
