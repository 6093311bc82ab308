/** The peer's tracker client, given what it asks for: identity, secrets, pins, notices. */
import type { ChannelName } from '../../protocol/ids.js';
import type { PeerConfig } from '../config.js';
import type { Identity } from '../identity/identity.js';
import { Accounts, type AccountsOptions } from '../people/accounts.js';
import type { Clock, Log } from '../services.js';
import type { Document } from '../settings/document.js';
import type { PinBook } from '../settings/pin-book.js';
import type { Secrets } from '../settings/secrets.js';
import type { TrackerClientEvents } from '../tracker-client/options.js';
import { TrackerClient } from '../tracker-client/tracker-client.js';
import { UsersApi } from '../tracker-client/users-api.js';
import { advertised } from './addresses.js';
import type { ClockWatch } from './clock-watch.js';

export interface TrackerParts extends Pick<
  TrackerClientEvents,
  'tracker' | 'certified' | 'heard' | 'lineage' | 'copied'
> {
  readonly config: PeerConfig;
  readonly identity: Identity;
  readonly secrets: Document<Secrets>;
  readonly pins: PinBook;
  readonly clocks: ClockWatch;
  readonly clock: Clock;
  readonly log: Log;
  p2p(): { host: string; port: number };
  channels(): readonly ChannelName[];
  marks(): readonly string[];
  status(): 'online' | 'away' | 'busy';
}

export function trackerClient(parts: TrackerParts): TrackerClient {
  const { config, identity, secrets, pins, clock, log, tracker, certified, heard } = parts;
  return new TrackerClient({
    urls: config.trackers,
    username: identity.username,
    device: identity.device,
    identity,
    p2p: () => ({ port: parts.p2p().port, ...advertised(parts.p2p()) }),
    channels: () => parts.channels(),
    lineage: () => parts.marks(),
    status: () => parts.status(),
    token: {
      get: () => secrets.data.trackerToken,
      set: (token) =>
        secrets.update((data) => {
          if (token === undefined) delete data.trackerToken;
          else data.trackerToken = token;
        }),
    },
    hasPin: () => pins.hasCa,
    trustsCa: (ca, url) => pins.trustsCa(ca, url),
    events: {
      tracker,
      certified,
      heard,
      lineage: (word) => parts.lineage?.(word),
      copied: () => parts.copied?.(),
      clockSkew: (ms) => parts.clocks.tracker(ms),
    },
    clock,
    timers: {
      after: (ms, work) => {
        const timer = setTimeout(work, ms);
        return () => clearTimeout(timer);
      },
    },
    random: Math.random,
    log,
    ca: config.trackerCa,
  });
}

/** Who has an account there. */
export function openAccounts(tracker: TrackerClient, parts: Omit<AccountsOptions, 'api' | 'connected'>): Accounts {
  const api = new UsersApi((call) => tracker.ask(call));
  return new Accounts({ ...parts, api, connected: () => tracker.view().state === 'connected' });
}
