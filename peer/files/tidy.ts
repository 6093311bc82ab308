/**
 * At a start: what the disk holds and what the history says of it are brought together. Either may be older than the other: the
 * history was put back or made anew, a folder was moved, a process died between the two.
 */
import { fileFacts } from '../../protocol/file-facts.js';
import type { EntryId, Username } from '../../protocol/ids.js';
import type { Log } from '../services.js';
import type { FileStore } from '../store/files.js';
import type { BlobFacts, BlobStore } from './blob-store.js';

/** A window may have taken bytes in, and not have written its entry yet. */
const UNPOSTED_MS = 24 * 3600_000;

export interface TidyOptions {
  readonly self: Username;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly log: Log;
}

/** @throws (rejects with) ParleyError as the store */
export async function tidy(blobs: BlobStore, files: FileStore, { self, now, log }: TidyOptions): Promise<void> {
  files.blobs.reconcile(blobs.all(), self, now);
  for (const { sha256 } of files.transfers.all()) if (blobs.has(sha256)) files.transfers.remove(sha256);
  await dropUnneeded(blobs, files);
  for (const sha256 of files.blobs.abandoned(now - UNPOSTED_MS)) await drop(blobs, files, sha256);
  for (const facts of await blobs.begun()) {
    if (files.transfers.get(facts.sha256)) continue;
    const entry = blobs.has(facts.sha256) ? undefined : entryOf(files, facts);
    // What was asked for is known no more: the user says whether it is still wanted.
    if (entry) files.transfers.put({ sha256: facts.sha256, entry: entry.id, state: 'paused', added: now });
    else await blobs.discard(facts);
    log.info({ sha256: facts.sha256, kept: entry !== undefined }, 'part of a file that nobody had asked for');
  }
}

/**
 * Drops the bytes of what was taken back and is shown by no other entry; to be called when entries have changed.
 * @param changed only what these show
 * @returns what was dropped. @throws (rejects with) ParleyError as the store
 */
export async function dropUnneeded(
  blobs: BlobStore,
  files: FileStore,
  changed?: readonly EntryId[],
): Promise<string[]> {
  const unneeded = files.unneeded(changed);
  for (const sha256 of unneeded) await drop(blobs, files, sha256);
  return unneeded;
}

/** The bytes go first: a row without them is put right at the next start, bytes without a row would stay. */
async function drop(blobs: BlobStore, files: FileStore, sha256: string): Promise<void> {
  await blobs.remove(sha256);
  for (const facts of await blobs.begun()) if (facts.sha256 === sha256) await blobs.discard(facts);
  files.blobs.remove(sha256);
  files.transfers.remove(sha256);
}

function entryOf(files: FileStore, { sha256, size, chunks }: BlobFacts): { id: EntryId } | undefined {
  return files.entriesOf(sha256).find((entry) => {
    const facts = fileFacts(entry);
    return facts?.size === size && facts.chunks === chunks;
  });
}
