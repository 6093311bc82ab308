/** How much lies here, and what goes where more is to come than the user, or the disk, has room for. */
import { ParleyError } from '../../protocol/errors.js';
import type { ConversationId } from '../../protocol/ids.js';
import type { FileUsage } from '../../protocol/local-api.js';
import type { Entry } from '../../protocol/entry.js';
import type { FileScope, FileStore } from '../store/files.js';
import type { BlobStore } from './blob-store.js';
import { fits, toClean } from './quota.js';

export interface RoomParts {
  readonly blobs: BlobStore;
  readonly store: FileStore;
  /** Bytes that may lie here, at most. */
  readonly quota: () => number;
  /** `isLow`: the disk has too little room for what others give. */
  readonly space: { isLow(): boolean; look(): Promise<{ readonly free: number }> };
  /** What the user may see: conversations that they are in, and nothing of whom they block. */
  readonly scope: () => FileScope;
  /** The entries of these bytes that they may see. */
  readonly showing: (sha256: string) => Entry[];
  /** It is being sent to somebody: it stays for now. */
  readonly inUse: (sha256: string) => boolean;
  /** It is not here any more. */
  readonly gone: (sha256: string) => void;
}

export interface CleanRequest {
  readonly conversation?: ConversationId;
  readonly sha256?: string;
  /** What no conversation shows any more that the user sees. */
  readonly elsewhere?: boolean;
}

export class Room {
  constructor(private readonly parts: RoomParts) {}

  async usage(): Promise<FileUsage> {
    const { blobs, store, quota, space } = this.parts;
    const disk = await space.look().catch(() => undefined);
    const scope = this.parts.scope();
    const elsewhere = store.unseen(scope);
    const bytes = elsewhere.reduce((sum, { size }) => sum + size, 0);
    return {
      used: blobs.used(),
      quota: quota(),
      ...(disk ? { free: Math.max(0, disk.free) } : {}),
      conversations: store.usage(scope),
      ...(elsewhere.length > 0 ? { elsewhere: { bytes, files: elsewhere.length } } : {}),
    };
  }

  /** @returns bytes. @throws (rejects with) ParleyError not_found, storage_failed */
  async clean({ conversation, sha256, elsewhere }: CleanRequest): Promise<number> {
    const { blobs, store } = this.parts;
    const before = blobs.used();
    if (sha256 !== undefined) {
      if (!blobs.has(sha256)) throw new ParleyError('not_found', 'That file is not here. Look at the list again.');
      await this.drop(sha256);
    } else if (elsewhere === true) {
      for (const one of store.unseen(this.parts.scope())) if (!one.own && !one.pinned) await this.drop(one.sha256);
    } else if (conversation === undefined) await this.makeRoom(0);
    else for (const one of this.ofConversation(conversation)) await this.drop(one);
    return Math.max(0, before - blobs.used());
  }

  /** Makes room for so many bytes more of others. Undefined once there is; else why there is none, and then nothing was cleaned. */
  async find(bytes: number): Promise<'quota_full' | 'storage_full' | undefined> {
    const { blobs, space } = this.parts;
    if (space.isLow()) return 'storage_full';
    try {
      await blobs.room(bytes);
    } catch {
      return 'storage_full';
    }
    return (await this.makeRoom(bytes)) ? undefined : 'quota_full';
  }

  /** What others gave, is not pinned, and is shown there alone, as far as the user sees. */
  private ofConversation(conversation: ConversationId): string[] {
    const { store, showing } = this.parts;
    const may = store.blobs.all().filter(({ own, pinned }) => !own && !pinned);
    return may.flatMap(({ sha256 }) => {
      const shown = showing(sha256);
      return shown.length > 0 && shown.every((entry) => entry.conversation === conversation) ? [sha256] : [];
    });
  }

  private async makeRoom(needed: number): Promise<boolean> {
    const { blobs, store, quota, inUse } = this.parts;
    const all = store.blobs.all();
    const limits = { used: blobs.used(), quota: quota(), needed };
    if (needed > 0 && !fits(all, limits)) return false;
    for (const { sha256 } of toClean(all, limits, inUse)) await this.drop(sha256);
    return true;
  }

  private async drop(sha256: string): Promise<void> {
    const { blobs, store, gone } = this.parts;
    await blobs.remove(sha256);
    store.blobs.remove(sha256);
    gone(sha256);
  }
}
