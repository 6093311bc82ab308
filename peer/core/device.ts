/**
 * What a device has before its tracker has certified it: its disk, its key, its user's choices, a port that turns everybody
 * away, and the tracker client, which gets the certificate. Everything else is made on top of it, in `core.ts`.
 */
import { join } from 'node:path';
import { RECEIPTS_FEATURE, TREE_FEATURE } from '../../protocol/channel-messages.js';
import { RANGES_FEATURE } from '../../protocol/range-messages.js';
import { FILES_FEATURE } from '../../protocol/link-messages.js';
import { PRUNED_FEATURE } from '../../protocol/pruned.js';
import { PUNCH_FEATURE } from '../../protocol/punch-messages.js';
import type { PeerConfig } from '../config.js';
import { BlobStore } from '../files/blob-store.js';
import { Listeners, shut } from '../link/listeners.js';
import { Links } from '../link/links.js';
import { linkLimits } from '../link/types.js';
import { Places } from '../mesh/link-places.js';
import type { Clock, Log, PeerEmitter, PeerEvents } from '../services.js';
import { NoticeBoard } from '../settings/notice-board.js';
import type { PortMapping } from '../reach/mapping/port-mapping.js';
import { openKnown, type Known } from '../trust/open-trust.js';
import type { TrackerClient } from '../tracker-client/tracker-client.js';
import { BlockFilter } from './block-filter.js';
import { ClockWatch } from './clock-watch.js';
import type { Continuity } from './continuity.js';
import { linkEvents, newEmitter, type InternalEmitter, type InternalEvents } from './internal-events.js';
import { JoinedChannels } from './joined-channels.js';
import { openParts, type OpenParts } from './opening.js';
import { Personal } from './personal.js';
import type { ReachWatch } from './reach-watch.js';
import { openTracker } from './tracker.js';

/**
 * Why a peer is to be closed and opened anew: what it found on its disk, what became of its tracker, that it is a copy, or that its user
 * wants it to be reached in another way.
 */
export type WhyOver = 'damaged' | 'tracker' | 'copied' | 'reach';

export interface Device extends Omit<OpenParts, 'continuity'>, Known {
  readonly config: PeerConfig;
  readonly log: Log;
  readonly clock: Clock;
  /** What browsers are told. */
  readonly events: PeerEmitter;
  /** What parts tell those above them. */
  readonly internal: InternalEmitter;
  readonly over: (why: WhyOver) => void;
  readonly notices: NoticeBoard;
  readonly continuity: Continuity;
  readonly personal: Personal;
  /** What is shown of the history: nothing of whom the user blocks. */
  readonly filter: BlockFilter;
  readonly channels: JoinedChannels;
  /** The bytes of files, beside the history. */
  readonly blobs: BlobStore;
  readonly links: Links;
  /** Which of them there is a place for. */
  readonly places: Places;
  /** Nobody is told where it is: all of its links go over a relay. As long as it is open; a user who chooses otherwise has it opened anew. */
  readonly relayOnly: boolean;
  /** What the clocks of others show, and whose is wrong. */
  readonly clocks: ClockWatch;
  readonly tracker: TrackerClient;
  /** How others reach it. */
  readonly reach: ReachWatch;
  /** Has the router of the home let others in. */
  readonly mapping: PortMapping;
}

const timers = { setTimeout, clearTimeout: (timer: unknown) => clearTimeout(timer as NodeJS.Timeout) };

/**
 * @param over now or later: close this peer and open it anew
 * @throws as `openParts`
 */
export async function openDevice(config: PeerConfig, log: Log, over: (why: WhyOver) => void): Promise<Device> {
  const disk = await openParts(config, log, () => over('damaged'));
  try {
    const space = config.space ?? (() => disk.store.space());
    const blobs = await BlobStore.open(join(config.dataDir, 'blobs'), { log, space });
    return deviceOn(disk, blobs, config, log, over);
  } catch (error) {
    disk.store.close();
    throw error;
  }
}

function deviceOn(
  disk: OpenParts,
  blobs: BlobStore,
  config: PeerConfig,
  log: Log,
  over: (why: WhyOver) => void,
): Device {
  const { store, identity, settings, secrets } = disk;
  const clock = { now: () => Date.now() };
  const events = newEmitter<PeerEvents>();
  const internal = newEmitter<InternalEvents>();
  const notices = new NoticeBoard({
    store: settings,
    clock,
    events: {
      notice: (notice) => void events.emit('notice', notice),
      removed: (id) => void events.emit('notice_removed', id),
    },
  });
  const continuity = disk.continuity(notices, () => over('copied'));
  // A gateway has one address for all of its peers, which everybody knows.
  const mayHide = config.entrance === undefined;
  const chosen = config.relayOnly;
  if (chosen !== undefined && mayHide) settings.update(({ preferences }) => void (preferences.relayOnly = chosen));
  const { deviceName } = config;
  if (deviceName !== undefined) settings.update((data) => void (data.deviceName = deviceName));
  const relayOnly = mayHide && settings.data.preferences.relayOnly === true;
  const personal = new Personal({ settings, clock, events, internal, mayHide });
  const filter = new BlockFilter(store, personal.people);
  const channels = new JoinedChannels(store.conversations.opened());
  const known = openKnown({
    ...{ identity, store, settings, notices, clock, log },
    verified: (username) => void internal.emit('verified', username),
  });
  const { keylog, linkTimeoutMs } = config;
  const places: Places = new Places(
    () => links.all(),
    (device) => links.get(device)?.close(),
  );
  const links: Links = new Links({
    identity,
    places,
    limits: linkLimits(linkTimeoutMs),
    clock,
    timers,
    log,
    barred: ({ device, username }) => {
      if (known.revocations.has(device)) return 'device_revoked';
      const isShut = known.accountWords.isShut(username) || known.accountWords.isShut(identity.username);
      return isShut ? 'account_disabled' : undefined;
    },
    channels: () => channels.list(),
    events: linkEvents(internal),
    features: [
      FILES_FEATURE,
      TREE_FEATURE,
      RANGES_FEATURE,
      RECEIPTS_FEATURE,
      PRUNED_FEATURE,
      ...(relayOnly ? [] : [PUNCH_FEATURE]),
    ],
    files: (connection) => {
      if (!internal.emit('file_link', connection)) connection.socket.destroy();
    },
    ...(keylog ? { keylog } : {}),
    ...(config.local ? { local: config.local } : {}),
    ...(config.entrance ? { entrance: config.entrance(identity.device) } : {}),
    ...(relayOnly ? { entrance: shut(new Listeners(log)) } : {}),
  });
  const clocks = new ClockWatch({
    ...{ clock, log, notices, links },
    steady: () => performance.now(),
    timers: { ...timers, setTimeout: (run, ms) => setTimeout(run, ms).unref() },
    wasSet: () => void internal.emit('clock_set'),
    known: () => void internal.emit('clock_known'),
  });
  const parts = {
    ...{ config, log, clock, events, internal, over, notices, continuity, personal, channels, links, places, clocks },
    relayOnly,
  };
  const { tracker, reach, mapping } = openTracker({
    ...{ ...parts, identity, secrets, settings, pins: known.pins },
    foreign: () => over('tracker'),
  });
  return { ...parts, ...known, filter, store, blobs, identity, settings, secrets, tracker, reach, mapping };
}
