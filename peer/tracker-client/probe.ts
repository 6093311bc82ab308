/** Is there a tracker at an address, and which one? Asked before anything is sent there. */
import { X509Certificate } from 'node:crypto';
import { ParleyError } from '../../protocol/errors.js';
import { caFingerprint } from '../settings/pins.js';
import type { Clock } from '../services.js';
import { notATracker } from './failures.js';
import { TrackerHttp } from './http.js';

export interface ProbeOptions {
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** PEM to trust over https. */
  readonly trackerCa?: string | undefined;
}

/**
 * The fingerprint of the CA that the tracker at `tracker` (an address as `parseTracker` makes it) shows.
 * @throws ParleyError tracker_unreachable in a sentence with the next step, also for what is no tracker
 */
export async function probeTracker(tracker: string, { clock, timeoutMs, trackerCa }: ProbeOptions): Promise<string> {
  const http = new TrackerHttp({ clock, timers, timeoutMs, ca: trackerCa, dated: () => undefined });
  try {
    const base = new URL(`${tracker}/`);
    const pem = await http.text(base, { method: 'GET', path: 'ca' });
    const fingerprint = isAuthority(pem) ? caFingerprint(pem) : undefined;
    if (fingerprint === undefined) throw notATracker(base.href, 'it shows no certificate authority');
    return fingerprint;
  } finally {
    http.close();
  }
}

/** The one that answers first by the order of the list. @throws what the first one said, when none answers */
export async function probeTrackers(
  trackers: readonly string[],
  options: ProbeOptions,
): Promise<{ tracker: string; ca: string }> {
  const asked = await Promise.allSettled(trackers.map((tracker) => probeTracker(tracker, options)));
  for (const [at, outcome] of asked.entries()) {
    const tracker = trackers[at];
    if (outcome.status === 'fulfilled' && tracker !== undefined) return { tracker, ca: outcome.value };
  }
  const [first] = asked;
  throw first?.status === 'rejected' ? first.reason : new ParleyError('tracker_unreachable');
}

function isAuthority(pem: string): boolean {
  try {
    return new X509Certificate(pem).ca;
  } catch {
    return false;
  }
}

const timers = {
  after: (ms: number, work: () => void): (() => void) => {
    const timer = setTimeout(work, ms);
    return () => clearTimeout(timer);
  },
};
