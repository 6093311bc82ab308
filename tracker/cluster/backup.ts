/** A copy of all that a cluster stores, each night, in the data directory of each of its trackers: one SQLite file, seven kept. */
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { RepeatedWork } from '../background.js';
import type { Clock } from '../clock.js';
import { DIRECTORY_MODE } from '../data-dir.js';
import type { Log } from '../log.js';
import { writeCopy } from '../store/copy.js';
import type { Archive } from '../store/tracker-store.js';

const KEPT = 7;
const LOOK_MS = 15 * 60_000;
const NAME = /^\d{4}-\d{2}-\d{2}\.db$/;

export interface BackupOptions {
  folder: string;
  archive: Archive;
  clock: Clock;
  log: Log;
}

/** Makes the copy of a day (of UTC) where it is missing, now and from time to time. @returns what ends it */
export function backUpNightly(options: BackupOptions): () => void {
  let cancel = (): void => {};
  let isOver = false;
  const copies = new RepeatedWork(options.log, `the daily copy in ${options.folder}`, 'look whether the disk is full');
  const look = async (): Promise<void> => {
    await copies.run(() => backUp(options));
    if (!isOver) cancel = options.clock.after(LOOK_MS, () => void look());
  };
  cancel = options.clock.after(LOOK_MS, () => void look());
  return () => {
    isOver = true;
    cancel();
  };
}

/** Whole or not at all. Does nothing where the copy of this day is there. */
export async function backUp({ folder, archive, clock }: BackupOptions): Promise<void> {
  await mkdir(folder, { recursive: true, mode: DIRECTORY_MODE });
  const name = `${new Date(clock.now()).toISOString().slice(0, 10)}.db`;
  const known = (await readdir(folder)).filter((file) => NAME.test(file)).sort();
  if (known.includes(name)) return;
  await writeCopy(archive, join(folder, name), clock);
  for (const old of [...known, name].slice(0, -KEPT)) await rm(join(folder, old), { force: true });
}
