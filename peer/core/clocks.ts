/**
 * Whose clock is wrong (SPEC.md section 3; docs/decisions/clocks.md): a vote among our own clock, the tracker's and those
 * of the people who are linked. Pure. Each user has one voice, however many devices they have, and nobody is told that
 * their own clock is wrong unless the tracker's is among those that agree on another time.
 */
import { userKey, type DeviceId, type UserKey, type Username } from '../../protocol/ids.js';
import { CLOCKS_AGREE_MS, NO_CLOCK_BEFORE_MS } from '../../protocol/limits.js';

/** Voices that are counted; a large mesh has no more links. */
const VOICES_MAX = 256;

export interface PeerClock {
  readonly username: Username;
  readonly device: DeviceId;
  /** How far it is ahead of ours (negative: behind). Milliseconds. */
  readonly aheadMs: number;
}

export interface Heard {
  /** Our own clock, milliseconds since 1970. */
  readonly now: number;
  /** How far the tracker's is ahead of ours; undefined while it was not heard. */
  readonly trackerMs: number | undefined;
  readonly peers: readonly PeerClock[];
}

export interface Judgement {
  /** `differ`: the tracker's and ours do, and there is no majority that says which is wrong. */
  readonly whose: 'none' | 'own' | 'tracker' | 'differ';
  /** How far the wrong one is ahead of the right time; of `differ`, how far the tracker's is ahead of ours. */
  readonly aheadMs: number;
  /** Whose clocks agree on the right time, besides ours and the tracker's. */
  readonly witnesses: readonly Username[];
  /** People whose clocks are not right, the farthest first; `certain`: a majority, to which we belong, says so. */
  readonly peers: readonly { readonly username: Username; readonly aheadMs: number; readonly certain: boolean }[];
}

interface Voice {
  readonly by: 'us' | 'tracker' | 'user';
  readonly username?: Username;
  /** How far it is ahead of ours. */
  readonly at: number;
}

/** @param agreeMs clocks that differ by no more agree */
export function judgeClocks({ now, trackerMs, peers }: Heard, agreeMs = CLOCKS_AGREE_MS): Judgement {
  const isPossible = (at: number): boolean => now + at >= NO_CLOCK_BEFORE_MS;
  const voices: Voice[] = [{ by: 'us', at: 0 }];
  if (trackerMs !== undefined) voices.push({ by: 'tracker', at: trackerMs });
  for (const { username, aheadMs } of voicesOf(peers)) voices.push({ by: 'user', username, at: aheadMs });
  const counted = voices.filter(({ at }) => isPossible(at));
  const agreeing = (at: number): Voice[] => counted.filter((other) => Math.abs(other.at - at) <= agreeMs);
  const isMajority = (some: readonly Voice[]): boolean => some.length * 2 > counted.length;
  const differs = trackerMs !== undefined && Math.abs(trackerMs) > agreeMs;

  if (!isPossible(0)) {
    const right = counted.map(({ at }) => agreeing(at)).find(isMajority);
    return own(right ?? [], right ? median(right) : NO_CLOCK_BEFORE_MS - now);
  }
  const ours = agreeing(0);
  if (isMajority(ours)) {
    // Alone we are no majority of anything, but a clock that cannot be right needs no other to say so.
    const isTracker = differs && (ours.length > 1 || !isPossible(trackerMs));
    return {
      whose: isTracker ? 'tracker' : 'none',
      aheadMs: isTracker ? trackerMs : 0,
      witnesses: namesOf(ours),
      peers: astray(peers, agreeMs, true),
    };
  }
  const others = counted
    .map(({ at }) => agreeing(at))
    .find((some) => isMajority(some) && some.every(({ by }) => by !== 'us'));
  if (differs && others?.some(({ by }) => by === 'tracker')) return own(others, median(others));
  if (differs) return { whose: 'differ', aheadMs: trackerMs, witnesses: [], peers: [] };
  return { whose: 'none', aheadMs: 0, witnesses: [], peers: astray(peers, agreeMs, false) };
}

function own(right: readonly Voice[], at: number): Judgement {
  return { whose: 'own', aheadMs: -at, witnesses: namesOf(right), peers: [] };
}

/** One a user: of their devices the one that is nearest to ours. */
function voicesOf(peers: readonly PeerClock[]): PeerClock[] {
  const nearest = new Map<UserKey, PeerClock>();
  for (const peer of peers) {
    const known = nearest.get(userKey(peer.username));
    if (!known || Math.abs(peer.aheadMs) < Math.abs(known.aheadMs)) nearest.set(userKey(peer.username), peer);
  }
  return [...nearest.values()].slice(0, VOICES_MAX);
}

function astray(peers: readonly PeerClock[], agreeMs: number, certain: boolean): Judgement['peers'] {
  const farthest = new Map<UserKey, { username: Username; aheadMs: number; certain: boolean }>();
  for (const { username, aheadMs } of peers) {
    if (Math.abs(aheadMs) <= agreeMs) continue;
    const known = farthest.get(userKey(username));
    if (!known || Math.abs(aheadMs) > Math.abs(known.aheadMs))
      farthest.set(userKey(username), { username, aheadMs, certain });
  }
  return [...farthest.values()].sort((a, b) => Math.abs(b.aheadMs) - Math.abs(a.aheadMs));
}

function namesOf(voices: readonly Voice[]): Username[] {
  return voices.flatMap(({ username }) => username ?? []).sort();
}

function median(voices: readonly Voice[]): number {
  const sorted = voices.map(({ at }) => at).sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}
