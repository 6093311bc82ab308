/** What a simulated disk is made of, what it stands in, and what a backup takes of it. */
import type { Entry } from '../../protocol/entry.js';
import type { ConversationId, DeviceId, EntryId } from '../../protocol/ids.js';
import type { BucketRows, LogBucket, UserBucket } from '../../peer/log/buckets.js';
import type { RunMark } from '../../peer/identity/lineage.js';
import type { ContentsImage } from './retention/contents.js';
import type { RewriteShelf } from './rewrites.js';

export interface StoredLog {
  readonly entries: Entry[];
  durable: number;
}

export interface Transaction {
  readonly entries: readonly Entry[];
  readonly marks: ReadonlyMap<string, EntryId>;
  /** How full they are with these entries. */
  readonly buckets: BucketRows | undefined;
}

export interface FilledBuckets {
  readonly logs: Map<string, LogBucket>;
  readonly users: Map<string, UserBucket>;
}

export interface DiskWorld {
  /** A sync that was asked for calls `done` some time later. */
  later(done: () => void): void;
  /** What one transaction is about to write. */
  writing(entries: readonly Entry[]): void;
  wrong(what: string): void;
}

/** All that is durable: what a backup takes. */
export interface DiskImage {
  readonly logs: ReadonlyMap<ConversationId, ReadonlyMap<DeviceId, readonly Entry[]>>;
  readonly marks: ReadonlyMap<string, Entry>;
  readonly buckets: BucketRows;
  readonly rewrites: RewriteShelf;
  readonly runMark: RunMark | undefined;
  readonly contents: ContentsImage;
}
