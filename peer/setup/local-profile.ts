/** Whose data a directory holds, so that a start without flags knows who it is for. */
import { X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseUsername, type Username } from '../../protocol/ids.js';
import type { Log } from '../services.js';
import { openSettings } from '../settings/settings.js';

export interface LocalProfile {
  readonly username: Username;
  /** As the last start that reached one had them; may be empty. */
  readonly trackers: readonly string[];
  /** PEM. */
  readonly trackerCa: string | undefined;
  /** Fingerprint of the pinned CA. */
  readonly ca: string | undefined;
  readonly dataDir: string;
}

/**
 * Undefined for a directory that is missing, or where a set-up never came to its end. A peer from before settings kept
 * the name has it in its certificate.
 * @throws SettingsError
 */
export async function localProfileIn(dataDir: string, log: Log): Promise<LocalProfile | undefined> {
  if (!existsSync(join(dataDir, 'settings.json')) && !existsSync(join(dataDir, 'identity'))) return undefined;
  const { data } = await openSettings(dataDir, log);
  const username = parseUsername(data.username ?? '') ?? (await certifiedName(dataDir));
  if (!username) return undefined;
  return { username, trackers: data.trackers, trackerCa: data.trackerCa, ca: data.pins.ca, dataDir };
}

/**
 * Of all directories in a folder, in the order of their names. One that cannot be read is passed over with a warning, so
 * that it stops nobody else's peer; where nobody else is there, it is told.
 * @throws SettingsError, or the system's error
 */
export async function localProfilesUnder(folder: string, log: Log): Promise<LocalProfile[]> {
  const names = await readdir(folder).catch(() => []);
  const looked = await Promise.allSettled(names.sort().map((name) => localProfileIn(join(folder, name), log)));
  const found = looked.flatMap((result) => (result.status === 'fulfilled' && result.value ? [result.value] : []));
  const broken = looked.flatMap((result) => (result.status === 'rejected' ? [result.reason as Error] : []));
  const [first] = broken;
  if (first && found.length === 0) throw first;
  for (const { message } of broken) log.warn({}, `passed over: ${message}`);
  return found;
}

async function certifiedName(dataDir: string): Promise<Username | undefined> {
  try {
    const pem = await readFile(join(dataDir, 'identity', 'certificate.pem'), 'utf8');
    return parseUsername(/^CN=(.*)$/m.exec(new X509Certificate(pem).subject)?.[1] ?? '');
  } catch {
    return undefined;
  }
}
