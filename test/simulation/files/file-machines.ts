/** The real machines of files of one peer, wired as in peer/core, to given surroundings. Planted bugs replace parts of them here. */
import { EventEmitter } from 'node:events';
import type { BlobDisk } from '../../../peer/files/blob-disk.js';
import { BlobStore } from '../../../peer/files/blob-store.js';
import type { BufferPool } from '../../../peer/files/buffer-pool.js';
import { FileService, type FilesParts } from '../../../peer/files/files.js';
import { Mover, type MoverParts } from '../../../peer/files/mover.js';
import { isParleyError } from '../../../protocol/errors.js';
import type { FileStore } from '../../../peer/store/files.js';
import type { PeerEmitter } from '../../../peer/services.js';

export const BLOBS = 'blobs';

export interface FileSurroundings
  extends
    Pick<MoverParts, 'dial' | 'entry' | 'entriesOf' | 'origins' | 'shares' | 'seek' | 'now' | 'timers' | 'random'>,
    Pick<FilesParts, 'self' | 'filter' | 'personal' | 'channels' | 'conversations' | 'space' | 'clock'> {
  readonly disk: BlobDisk;
  readonly store: FileStore;
  readonly pool: BufferPool;
  /** An error that no disk explains. */
  readonly bug: (error: unknown) => void;
}

export interface FileMachines {
  readonly blobs: BlobStore;
  readonly mover: Mover;
  readonly service: FileService;
  readonly events: PeerEmitter;
}

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

/** Reads what lies on the disk, as a process does before all else. @throws (rejects with) ParleyError as the store */
export async function openFiles(around: FileSurroundings): Promise<FileMachines> {
  const { disk, store, space, pool } = around;
  const blobs = await BlobStore.open(BLOBS, { log: quiet, disk, pool, space: () => space.look() });
  const mover = new Mover({ ...around, blobs });
  const events: PeerEmitter = new EventEmitter();
  const service = new FileService({
    ...{ ...around, blobs, store, events },
    log: { ...quiet, error: ({ err }: { err?: unknown }) => isOfDisk(err) || around.bug(err) },
    mover: (told) => mover.tellTo(told),
  });
  return { blobs, mover, service, events };
}

function isOfDisk(error: unknown): boolean {
  return isParleyError(error) && (error.code === 'storage_full' || error.code === 'storage_failed');
}
