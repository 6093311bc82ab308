/**
 * Guests of a gateway: each has an account that the tracker makes for one visit, and a peer with a key and a folder of its own. When
 * the visit is over the session at the tracker ends, and the folder is removed, with the key and all that was read.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isGuestName } from '../../protocol/confusable.js';
import { ParleyError } from '../../protocol/errors.js';
import { userKey, type Username } from '../../protocol/ids.js';
import type { Seat } from '../doors/host.js';
import type { Clock, Log } from '../services.js';
import { openSecrets } from '../settings/secrets.js';
import { commitSetup } from '../setup/commit.js';
import { lock } from '../store/open.js';
import { askTracker } from '../setup/sign-up.js';
import { probeTrackers } from '../tracker-client/probe.js';
import { Departures } from './departures.js';
import type { Hosted } from './hosted.js';
import { GuestPlaces } from './guest-places.js';

export interface GuestsParts {
  readonly trackers: readonly string[];
  /** PEM. */
  readonly trackerCa: string | undefined;
  /** Of guests alone, one folder each. */
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Makes the hosted peer on the data there. `putAway`: to be called once it is closed for good. */
  readonly host: (username: Username, dataDir: string, putAway: () => Promise<void>) => Hosted;
}

const PROBE_MS = 8_000;
const LEAVE_MS = 2_000;

export class Guests {
  readonly #parts: GuestsParts;
  readonly #places: GuestPlaces;
  readonly #departures: Departures;

  constructor(parts: GuestsParts) {
    this.#parts = parts;
    this.#places = new GuestPlaces(parts.clock);
    const logout = (token: string, signal: AbortSignal): Promise<void> => this.#logout(token, signal);
    this.#departures = new Departures({ logout, log: parts.log, random: Math.random, after });
  }

  /** Removes what visits left that a crash cut off: nobody comes back to them. @throws the system's error */
  async open(): Promise<void> {
    const { folder, log } = this.#parts;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const tokens: string[] = [];
    for (const name of await readdir(folder)) {
      const dataDir = join(folder, name);
      if (!isFree(dataDir)) {
        log.warn({ dataDir }, 'the folder of a guest is in use, perhaps by another gateway, and is left as it is');
        continue;
      }
      const secrets = await openSecrets(dataDir, log).catch(() => undefined);
      if (secrets?.data.trackerToken !== undefined) tokens.push(secrets.data.trackerToken);
      await this.#remove(dataDir);
    }
    void this.#departures.leave(tokens);
  }

  /** @throws as the tracker refuses: forbidden, bad_name, rate_limited, tracker_unreachable; unavailable where there is no place */
  async enter(asked: string, address: string): Promise<Seat> {
    const giveBack = this.#places.take(address);
    let guest: Hosted | undefined;
    try {
      guest = await this.#make(asked, giveBack);
      const seat = await guest.seat();
      this.#places.came(address);
      return seat;
    } catch (error) {
      if (guest) await guest.end(new ParleyError('unavailable'));
      else giveBack();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#departures.close();
  }

  async #make(asked: string, gone: () => void): Promise<Hosted> {
    const { trackers, trackerCa, folder, clock, log, host } = this.#parts;
    const { tracker, ca } = await probeTrackers(trackers, { clock, timeoutMs: PROBE_MS, trackerCa });
    const base = new URL(`${tracker}/`);
    const { username, token } = await askTracker({ clock, trackerCa }, (api) => api.guest(base, asked));
    // Of this visit alone: whatever names the tracker gives, no visit has, or removes, the folder of another one.
    const dataDir = join(folder, `${userKey(username)}.${randomUUID()}`);
    try {
      // What a tracker says is a name of a guest is one, or it could be that of somebody with an account here.
      if (!isGuestName(username)) throw new ParleyError('unavailable', 'The tracker gave a name that no guest has.');
      await commitSetup(
        { dataDir, username, trackers, trackerCa, ca, trackerToken: token, password: undefined },
        clock,
        log,
      );
      return host(username, dataDir, async () => {
        gone();
        await this.#remove(dataDir);
        await this.#departures.leave([token]);
      });
    } catch (error) {
      await this.#remove(dataDir);
      await this.#departures.leave([token]);
      throw error;
    }
  }

  /** It is tried again at the next start. */
  async #remove(dataDir: string): Promise<void> {
    await rm(dataDir, { recursive: true, force: true, maxRetries: 3 }).catch((err: unknown) =>
      this.#parts.log.error({ err }, 'the folder of a guest could not be removed'),
    );
  }

  async #logout(token: string, signal: AbortSignal): Promise<void> {
    const { trackers, trackerCa, clock } = this.#parts;
    const calls = { clock, trackerCa, timeoutMs: LEAVE_MS };
    const { tracker } = await probeTrackers(trackers, calls);
    await askTracker(calls, (api) => api.logout({ base: new URL(`${tracker}/`), token, signal }));
  }
}

function after(ms: number, work: () => void): () => void {
  const timer = setTimeout(work, ms).unref();
  return () => clearTimeout(timer);
}

/** No peer runs on it. */
function isFree(dataDir: string): boolean {
  try {
    lock(dataDir)();
    return true;
  } catch {
    return false;
  }
}
