/** The peer's tracker client, and what it does with what that hears. There before this device is certified: it brings that about. */
import { randomInt, verify } from 'node:crypto';
import { ParleyError } from '../../protocol/errors.js';
import type { PeerConfig } from '../config.js';
import type { Identity } from '../identity/identity.js';
import type { Links } from '../link/links.js';
import type { Clock, Log, PeerEmitter } from '../services.js';
import type { Document } from '../settings/document.js';
import type { PinBook } from '../settings/pin-book.js';
import type { Secrets } from '../settings/secrets.js';
import type { Settings } from '../settings/settings.js';
import { askForMapping } from '../reach/mapping/ask.js';
import { findHome } from '../reach/mapping/gateway.js';
import { PortMapping } from '../reach/mapping/port-mapping.js';
import { systemInterfaces } from '../reach/network.js';
import { ReachApi } from '../tracker-client/reach-api.js';
import { TrackerClient } from '../tracker-client/tracker-client.js';
import { advertised, hiddenAt, PORT_MAX } from './addresses.js';
import type { ClockWatch } from './clock-watch.js';
import type { Continuity } from './continuity.js';
import type { InternalEmitter } from './internal-events.js';
import type { JoinedChannels } from './joined-channels.js';
import type { Personal } from './personal.js';
import { ReachWatch } from './reach-watch.js';

const timers = {
  setTimeout: (run: () => void, ms: number) => setTimeout(run, ms).unref(),
  clearTimeout: (timer: unknown) => clearTimeout(timer as NodeJS.Timeout),
};

export interface TrackerParts {
  readonly config: PeerConfig;
  readonly identity: Identity;
  readonly secrets: Document<Secrets>;
  readonly settings: Document<Settings>;
  readonly pins: PinBook;
  readonly channels: JoinedChannels;
  readonly personal: Personal;
  readonly continuity: Continuity;
  readonly links: Links;
  /** As `Device` has it. */
  readonly relayOnly: boolean;
  readonly clocks: ClockWatch;
  readonly events: PeerEmitter;
  readonly internal: InternalEmitter;
  readonly clock: Clock;
  readonly log: Log;
  /** It is another tracker than that of this device's key: to be opened anew. */
  readonly foreign: () => void;
}

export function openTracker(parts: TrackerParts): {
  tracker: TrackerClient;
  reach: ReachWatch;
  mapping: PortMapping;
} {
  const { config, identity, secrets, settings, pins, channels, personal, continuity, links, clocks } = parts;
  const { events, internal, clock, log, relayOnly } = parts;
  const drawn = randomInt(1, PORT_MAX);
  const mapping = new PortMapping({
    // A gateway has one port for all of its peers, whoever runs it sees to that.
    wanted: config.portMapping === true && config.entrance === undefined,
    p2p: () => links.address,
    home: findHome,
    ask: (wish, home, signal) => askForMapping(wish, { home, signal, random: Math.random }),
    changed: () => reach.mapped(),
    ...{ timers, log },
  });
  const reach: ReachWatch = new ReachWatch({
    api: new ReachApi((call) => tracker.ask(call), identity.device),
    p2p: () => links.address,
    interfaces: systemInterfaces,
    mapping: () => mapping.view,
    shut: () => mapping.anew(),
    changed: () => {
      events.emit('reach');
      tracker.announce();
    },
    ...{ timers, random: Math.random, steady: () => performance.now(), log },
  });
  const tracker: TrackerClient = new TrackerClient({
    urls: config.trackers,
    learned: {
      get: () => settings.data.learnedTrackers ?? [],
      set: (urls) => settings.update((data) => void (data.learnedTrackers = [...urls])),
    },
    username: identity.username,
    device: identity.device,
    identity,
    p2p: () =>
      relayOnly
        ? hiddenAt(links.address.port, drawn)
        : { port: links.address.port, ...advertised(links.address, mapping.view) },
    channels: () => channels.list(),
    lineage: () => continuity.forTracker.marks(),
    about: config.about && { ...config.about, name: settings.data.deviceName ?? config.about.name },
    epoch: () => continuity.forTracker.epoch(),
    reach: () => reach.reach,
    status: () => personal.status,
    token: {
      get: () => secrets.data.trackerToken,
      set: (token) =>
        secrets.update((data) => {
          delete data.trackerToken;
          if (token === undefined) return;
          delete data.signedOut;
          data.trackerToken = token;
        }),
      end: () => {
        secrets.update((data) => {
          delete data.trackerToken;
          data.signedOut = true;
          // Who signed in here did so by the same password.
          data.uiSessions = [];
        });
        // After the answer to who has asked for it.
        setImmediate(() => events.emit('signed_out'));
      },
    },
    key: {
      // A token that came since is of a password.
      isUsable: () => !secrets.data.signedOut || secrets.data.trackerToken !== undefined,
      certificate: () => identity.certificatePem,
      sign: (bytes) => identity.sign(bytes),
      isOfCa: (bytes, sig) =>
        identity.authority !== undefined &&
        verify(null, bytes, identity.authority.publicKey, Buffer.from(sig, 'base64url')),
    },
    hasPin: () => pins.hasCa,
    trustsCa: (ca, url) => pins.trustsCa(ca, url),
    events: {
      tracker: (view) => void events.emit('tracker', view),
      certified: (issued) => certified(parts, issued),
      heard: (event) => void internal.emit('heard', event),
      lineage: (word) => continuity.forTracker.lineage(word),
      copied: () => continuity.forTracker.copied(),
      clockSkew: (ms) => clocks.tracker(ms),
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
    inviteCode: config.inviteCode,
  });
  return { tracker, reach, mapping };
}

async function certified(
  { identity, links, internal, clock, foreign }: TrackerParts,
  issued: { certificate: string; ca: string },
): Promise<void> {
  // A person may have removed the pin by hand. The key has served under the former authority, and serves no other.
  if (identity.isForeign(issued.ca)) {
    foreign();
    throw new ParleyError('unavailable', 'This device begins anew with its tracker. Try again in a moment.');
  }
  await identity.keep(issued, clock.now());
  links.updateCredentials();
  internal.emit('certified');
}
