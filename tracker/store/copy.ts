/** A copy of all that a store holds, as one SQLite file: for each night, to be exported, and to be put back. */
import { rename, rm } from 'node:fs/promises';
import type { Clock } from '../clock.js';
import { openSqliteStore } from './sqlite/sqlite-store.js';
import type { Archive } from './tracker-store.js';

/** Whole or not at all: until then it is in `<file>.new`, which an earlier try may have left. */
export async function writeCopy(archive: Archive, file: string, clock: Clock): Promise<void> {
  const half = `${file}.new`;
  await removeHalf(half);
  const copy = openSqliteStore(half, clock);
  try {
    await copy.archive.restore(archive.records());
  } catch (error) {
    await copy.close();
    await removeHalf(half);
    throw error;
  }
  await copy.close();
  await rename(half, file);
}

async function removeHalf(half: string): Promise<void> {
  for (const rest of ['', '-wal', '-shm']) await rm(half + rest, { force: true });
}
