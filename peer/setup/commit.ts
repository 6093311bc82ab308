/** Writes down whose peer this is. The settings come last: without the name in them, nothing of it counts. */
import { mkdir } from 'node:fs/promises';
import { hash } from '@node-rs/argon2';
import type { Username } from '../../protocol/ids.js';
import { hashedForm } from '../../protocol/password.js';
import { LocalSessions } from '../local/sessions.js';
import type { Clock, Log } from '../services.js';
import { openSecrets } from '../settings/secrets.js';
import { openSettings } from '../settings/settings.js';
import { lock } from '../store/open.js';
import { otherTracker, pinInvited, remember } from './remember.js';
import { localProfileIn } from './local-profile.js';

export interface SetupResult {
  readonly dataDir: string;
  readonly username: Username;
  readonly trackers: readonly string[];
  readonly trackerCa: string | undefined;
  /** Fingerprint of the CA that is pinned. */
  readonly ca: string;
  /** What the device is to be called; undefined: as its machine. */
  readonly deviceName?: string | undefined;
  /** Of the session at the tracker. */
  readonly trackerToken: string;
  /** Undefined for a guest, who has none. */
  readonly password: string | undefined;
}

/** Whether this user may live in this directory. @throws ParleyError certificate_unknown for another tracker's */
export async function checkFree(dataDir: string, ca: string, log: Log): Promise<void> {
  const profile = await localProfileIn(dataDir, log);
  if (profile?.ca !== undefined && profile.ca !== ca) throw otherTracker(profile.username);
}

/**
 * The token of a session of the browser that did it, once all is on the disk. A crash on the way leaves a directory that
 * counts as nobody's, and the next set-up overwrites it.
 * @throws ParleyError unavailable when a peer runs on the directory, certificate_unknown; SettingsError
 */
export async function commitSetup(result: SetupResult, clock: Clock, log: Log): Promise<string> {
  const { dataDir, username, trackers, trackerCa, ca, deviceName, trackerToken, password } = result;
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const unlock = lock(dataDir);
  try {
    await checkFree(dataDir, ca, log);
    const passwordHash = password === undefined ? undefined : await hashOf(password);
    const secrets = await openSecrets(dataDir, log);
    secrets.update((data) => {
      data.trackerToken = trackerToken;
      if (passwordHash !== undefined) data.passwordHash = passwordHash;
    });
    const save = (list: readonly { hash: string; expires: number }[]): Promise<void> => {
      secrets.update((data) => (data.uiSessions = [...list]));
      return secrets.flush();
    };
    const sessions = new LocalSessions({ storage: { load: () => secrets.data.uiSessions, save }, clock });
    const token = await sessions.create();
    const settings = await openSettings(dataDir, log);
    pinInvited(settings, ca);
    if (deviceName !== undefined) settings.update((data) => (data.deviceName = deviceName));
    remember(settings, { username, trackers, trackerCa });
    await settings.flush();
    return token;
  } finally {
    unlock();
  }
}

function hashOf(password: string): Promise<string> {
  return hash(hashedForm(password), { memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 });
}
