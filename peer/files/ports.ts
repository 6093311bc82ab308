/**
 * What brings files here and gives them to others, as the service that the user speaks to sees it. Who is asked for which chunk is
 * its own matter; what is wanted, whether there is room, and what the user is told, is not.
 */
import type { ConversationId, EntryId, Username } from '../../protocol/ids.js';
import type { BlobFacts } from './blob-store.js';

export interface WantedFile {
  readonly entry: EntryId;
  readonly conversation: ConversationId;
  /** Who wrote the entry, and so has it. */
  readonly from: Username;
  readonly facts: BlobFacts;
  /** The user has said that it may come over relayed links, whatever its size. */
  readonly relayed?: boolean;
}

/** How it is with one that was asked for. */
export interface Coming {
  readonly sha256: string;
  /**
   * `asking`: somebody there is asked, or cannot be reached for now. `queued`: others come first. `nobody`: none of those who have it
   * is there. `relayed`: those who are there and may have it are linked over a relay, and it is so large that the user is asked. `gone`: its
   * author is there, and has it no more.
   */
  readonly state: 'running' | 'asking' | 'queued' | 'nobody' | 'relayed' | 'gone';
  /** Bytes that are here and right. */
  readonly done: number;
  /** Bytes a second. */
  readonly speed: number;
  /** Who is there and has some of it. */
  readonly sources: readonly Username[];
  /** Who has sent something else than they should have. */
  readonly liars: readonly Username[];
}

/** One that somebody gets from here. */
export interface Going {
  readonly sha256: string;
  readonly entry: EntryId;
  readonly user: Username;
  /** Bytes, in all. */
  readonly sent: number;
  readonly speed: number;
}

/** Why it came to an end by itself. After `storage_full` it may be fetched again: what came is kept, as after all but `file_wrong`. */
export type Outcome = 'complete' | 'file_wrong' | 'file_gone' | 'storage_full' | 'storage_failed';

export interface FileMover {
  /** Brings it, and goes on with what an earlier process left of it. Nothing happens for one that comes already. */
  fetch(file: WantedFile): void;
  /** Asks for no more of it. What came stays. Resolves when nothing of it is written any more. */
  stop(sha256: string): Promise<void>;
  /** It is here, and did not come by this: who has asked for it is told. */
  arrived(sha256: string): void;
  /** Bytes a second (0: no limit), and files that come at once. */
  limit(limits: { readonly down: number; readonly up: number; readonly atOnce: number }): void;
}

/** Called as often as there is something to tell: whoever listens keeps to its own pace. */
export interface FileMoverEvents {
  coming(file: Coming): void;
  /** Nothing more is told of it. `complete`: it was published, and is in the store. */
  over(sha256: string, outcome: Outcome): void;
  /** `over`: they have all that they asked for, or are gone. */
  going(file: Going, over: boolean): void;
}
