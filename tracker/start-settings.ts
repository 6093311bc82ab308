import { isIP } from 'node:net';
import { parseTracker } from '../protocol/invite.js';
import { TRACKERS_MAX } from '../protocol/limits.js';
import type { TrackerConfig } from './config.js';
import type { DataDir } from './data-dir.js';
import { isProxyAddress } from './plugins/security.js';
import { relaysOf } from './relay/other-relays.js';
import { loadSettings, type Registration, type RunningSettings, type Settings } from './settings.js';
import { StartError } from './start-error.js';

/** settings.json, and what the command line adds to it. @param members addresses of all trackers of the cluster. Errors: StartError. */
export async function settingsFor(
  config: TrackerConfig,
  dataDir: DataDir,
  members: readonly string[],
): Promise<RunningSettings> {
  const loaded = await loadSettings(dataDir.file('settings.json'));
  const trustedProxies = [...loaded.trustedProxies, ...(config.trustedProxies ?? [])];
  const wrong = trustedProxies.find((one) => !isProxyAddress(one));
  if (wrong !== undefined) {
    throw new StartError(
      `"${wrong}" is no proxy to trust. Write an address, a block as 10.0.0.0/8, or loopback (--trust-proxy, settings.json).`,
    );
  }
  const guests = config.guests ?? loaded.guests;
  const named = config.trackers ?? loaded.trackers;
  const trackers = trackersOf(named.length > 0 ? named : members);
  relaysOf(loaded.relays);
  // Behind a proxy on this machine anybody may be, and so where addresses of others lead here.
  const isAlone = trustedProxies.length === 0 && config.othersGetIn !== true && trackers.every(isOnLoopback);
  const isLocal = isLoopback(config.host) && isAlone;
  const chosen = config.registration ?? loaded.registration;
  const registration = registrationOf(config, isLocal)(chosen);
  const limits = { ...loaded.limits, ...config.limits };
  return { ...loaded, guests, trackers, trustedProxies, limits, registration, chosen, isLocal };
}

/** What is meant by `auto` here. */
export function registrationOf(config: TrackerConfig, isLocal: boolean) {
  return (chosen: Settings['registration']): Registration => {
    if (chosen !== 'auto') return chosen;
    return config.autoRegistration ?? (isLocal ? 'open' : 'invite');
  };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

function isOnLoopback(url: string): boolean {
  return isLoopback(new URL(url).hostname.replace(/^\[|\]$/g, ''));
}

/** Each in its one form. Errors: StartError. */
function trackersOf(given: readonly string[]): string[] {
  if (given.length > TRACKERS_MAX) throw new StartError(`At most ${TRACKERS_MAX} trackers can be named (--trackers).`);
  return given.map((text) => {
    const tracker = parseTracker(text);
    if (tracker !== undefined) return tracker;
    throw new StartError(
      `"${text}" is no address of a tracker. Write it as http://192.168.1.5:8001 (--trackers, settings.json).`,
    );
  });
}
