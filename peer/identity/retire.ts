/** Puts a device's key away for good: its log cannot be gone on with (docs/decisions/damage.md). */
import { existsSync } from 'node:fs';
import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { createPublicKey } from 'node:crypto';
import { join } from 'node:path';
import type { DeviceId } from '../../protocol/ids.js';
import { deviceIdOfKey } from './certificate.js';
import { readIfThere, replaceFile, syncDirectory } from './files.js';

/** What was this key's, and the key itself; the tracker's CA stays pinned. */
const FILES = ['prekeys.json', 'certificate.pem', 'lineage.json', 'device-key.pem'];
/** Says that the key is to be put away at the next opening. */
const NOTE = 'retire.json';

export function hasKey(directory: string): boolean {
  return existsSync(join(directory, 'device-key.pem'));
}

/** The next `Identity.open` makes a new key. The key goes last: until it has gone, nothing has happened. */
export async function retireKey(directory: string, now: number): Promise<void> {
  const suffix = `retired-${new Date(now).toISOString().replaceAll(':', '-')}`;
  for (const file of FILES) {
    const path = join(directory, file);
    if (existsSync(path)) await rename(path, `${path}.${suffix}`);
  }
  await syncDirectory(directory);
}

/** The key in use is a copy's: the next opening puts it away, whenever this process ends. Durable when it resolves. */
export async function noteRetirement(directory: string): Promise<void> {
  await replaceFile(join(directory, NOTE), '{}');
}

export async function retirementNoted(directory: string): Promise<boolean> {
  return (await readIfThere(join(directory, NOTE))) !== undefined;
}

export async function forgetRetirement(directory: string): Promise<void> {
  await rm(join(directory, NOTE), { force: true });
  await syncDirectory(directory);
}

/** The devices that this one was before. A file that cannot be read is none. */
export async function retiredDevices(directory: string): Promise<Set<DeviceId>> {
  const devices = new Set<DeviceId>();
  for (const file of await readdir(directory)) {
    if (!file.startsWith('device-key.pem.retired-')) continue;
    try {
      devices.add(deviceIdOfKey(createPublicKey(await readFile(join(directory, file)))));
    } catch {
      continue;
    }
  }
  return devices;
}
