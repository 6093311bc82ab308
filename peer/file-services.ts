/** What a peer offers to its doors of files: a part of `peer/services.ts`. */
import type { Readable } from 'node:stream';
import type { ConversationId, EntryId } from '../protocol/ids.js';
import type { FileUsage, FileView, TransferView } from '../protocol/local-api.js';

/** Bytes that were taken in, and what the entry that shows them has to say. */
export interface TakenFile {
  readonly sha256: string;
  readonly size: number;
  readonly chunks: string;
  /** What its first bytes say that it is. */
  readonly mime: string;
}

/** A file whose bytes are here, to be read. */
export interface OpenFile {
  readonly size: number;
  /** What it may be sent as. */
  readonly mime: string;
  /** By the entry that shows it last. */
  readonly name: string;
  /** From byte `start` up to, and without, byte `end`. */
  read(start: number, end: number): Readable;
}

/**
 * Nothing of whom the user blocks, and nothing of a conversation that they have left, is told by any of these; but how much of it lies
 * here, in one sum, so that it can be cleaned.
 */
export interface Files {
  /**
   * Takes bytes in, which end in an own entry; durable when it resolves. On an error nothing is left, and the body goes on.
   * @throws (rejects with) file_too_large, storage_full, storage_failed, bad_request
   */
  take(body: Readable, about: { readonly mime?: string; readonly length?: number }): Promise<TakenFile>;
  /** Of bytes that are here, wherever they came from. @param claimed what they are said to be */
  taken(sha256: string, claimed?: string): Promise<TakenFile | undefined>;
  /** What is complete; it counts as opened now. */
  open(sha256: string): Promise<OpenFile | undefined>;
  isHere(sha256: string): boolean;
  /**
   * Asks for it, or lets it come on; kept when it resolves. @param relayed also over relayed links where it is large
   * @throws (rejects with) not_found where no entry shows it
   */
  fetch(sha256: string, conversation?: ConversationId, relayed?: boolean): Promise<void>;
  /** @throws (rejects with) not_found where it is not on its way */
  pause(sha256: string): Promise<void>;
  /** @throws (rejects with) not_found where it is not on its way */
  cancel(sha256: string): Promise<void>;
  /** @throws not_found where it is not here */
  pin(sha256: string, on: boolean): void;
  /** Newest first. */
  list(request: FileListRequest): { files: FileView[]; more: boolean };
  usage(): Promise<FileUsage>;
  /** @returns bytes. @throws (rejects with) not_found */
  clean(request: {
    readonly conversation?: ConversationId;
    readonly sha256?: string;
    readonly elsewhere?: boolean;
  }): Promise<number>;
  transfers(): TransferView[];
}

export interface FileListRequest {
  readonly conversation?: ConversationId | undefined;
  readonly kind?: FileView['kind'] | undefined;
  readonly before?: EntryId | undefined;
  readonly limit: number;
}
