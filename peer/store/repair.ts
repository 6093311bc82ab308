/**
 * A damaged history is moved aside and made anew from what is sound in it (docs/decisions/damage.md). A note beside it says
 * that this is under way, so that it is finished, whenever the process dies, before anything is read or written.
 */
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import type { DeviceId } from '../../protocol/ids.js';
import { isFile } from '../identity/files.js';
import { guarded } from './guarded.js';
import type { Fork } from './rewrites.js';
import { prepare } from './schema.js';
import { recover } from './recovery.js';

export interface Repaired {
  /** What was found. */
  readonly why: string;
  /** The damaged file; undefined where the history was gone altogether. */
  readonly aside: string | undefined;
  /** Nothing was damaged: own entries from these places on were taken out, to be written again. */
  readonly forks: readonly Fork[] | undefined;
  /** Entries that were kept. */
  readonly entries: number;
  /** Whether this device may go on under its key: nothing that it wrote is missing. */
  ownLogsWhole(device: DeviceId): boolean;
  /** To be called once everybody concerned has been told and the key was seen to: until then it begins anew. */
  done(): void;
}

interface Note {
  readonly time: string;
  readonly why: string;
  readonly forks?: readonly Fork[];
}

const noteFile = (directory: string): string => join(directory, 'history.mend.json');
const historyFile = (directory: string): string => join(directory, 'history.db');

/** Durable when this returns. A note that stands is kept: it is the older one. */
export function noteDamage(directory: string, why: string, now: number, forks?: readonly Fork[]): void {
  if (existsSync(noteFile(directory))) return;
  const time = new Date(now).toISOString().replaceAll(':', '-');
  const beside = `${noteFile(directory)}.new`;
  writeFileSync(beside, JSON.stringify({ time, why, ...(forks ? { forks } : {}) } satisfies Note), {
    mode: 0o600,
    flush: true,
  });
  renameSync(beside, noteFile(directory));
  syncDirectory(directory);
}

/** Does nothing without a note. The lock on the directory must be held. @throws the system's or SQLite's error */
export function repair(directory: string): Repaired | undefined {
  const note = readNote(directory);
  if (!note) return undefined;
  const aside = moveAside(directory, `history.db.${note.forks ? 'forked' : 'damaged'}-${note.time}`);
  const recovered = build(directory, aside, note.forks ?? []);
  return {
    why: note.why,
    aside,
    forks: note.forks,
    ...recovered,
    done() {
      rmSync(noteFile(directory), { force: true });
      syncDirectory(directory);
    },
  };
}

function readNote(directory: string): Note | undefined {
  if (!isFile(noteFile(directory))) return undefined;
  try {
    return JSON.parse(readFileSync(noteFile(directory), 'utf8')) as Note;
  } catch {
    return { time: 'unknown', why: 'The note of what was found is damaged too.' };
  }
}

/** The database goes last: while it stands in its place, nothing else does. */
function moveAside(directory: string, name: string): string | undefined {
  const [file, aside] = [historyFile(directory), join(directory, name)];
  if (!existsSync(aside) && existsSync(file)) {
    if (existsSync(`${file}-wal`)) renameSync(`${file}-wal`, `${aside}-wal`);
    rmSync(`${file}-shm`, { force: true });
    renameSync(file, aside);
    syncDirectory(directory);
  }
  // What an earlier attempt had begun.
  for (const part of ['', '-wal', '-shm']) rmSync(`${file}${part}`, { force: true });
  return existsSync(aside) ? name : undefined;
}

function build(
  directory: string,
  aside: string | undefined,
  forks: readonly Fork[],
): Pick<Repaired, 'entries' | 'ownLogsWhole'> {
  const file = historyFile(directory);
  closeSync(openSync(file, 'a', 0o600));
  const to = new DatabaseSync(file);
  const from = aside === undefined ? undefined : new DatabaseSync(join(directory, aside));
  try {
    const fresh = guarded(to, () => undefined);
    prepare(fresh);
    const found =
      from &&
      recover(
        guarded(from, () => undefined),
        fresh,
        forks,
      );
    // Into the file itself, synced.
    fresh.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    return found ?? { entries: 0, ownLogsWhole: () => false };
  } finally {
    from?.close();
    to.close();
  }
}

/** Windows cannot open a directory, and does not need it. */
function syncDirectory(directory: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(directory, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
