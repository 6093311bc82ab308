/** Puts a device's key away for good: its log cannot be gone on with (docs/decisions/damage.md). */
import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { syncDirectory } from './files.js';

/** What was this key's, and the key itself; the tracker's CA stays pinned. */
const FILES = ['prekeys.json', 'certificate.pem', 'device-key.pem'];

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
