/** What to clean where more lies here than the user allows. Pure. */

export interface Cleanable {
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  /** When somebody here last looked at it. Milliseconds since 1970. */
  readonly opened: number;
  /** Neither a pinned one nor an own one is ever cleaned: who pinned it wants it, and of an own one there may be no other copy. */
  readonly pinned: boolean;
  readonly own: boolean;
}

export interface Quota {
  /** Bytes that lie here. */
  readonly used: number;
  /** Bytes that may. */
  readonly quota: number;
  /** Bytes that are about to come. */
  readonly needed?: number;
}

/**
 * What to remove, the least recently opened first, until there is room; nothing more than that. Where it is not enough, all that
 * may go.
 * @param inUse what is being read or sent now: it stays
 */
export function toClean(
  blobs: readonly Cleanable[],
  { used, quota, needed = 0 }: Quota,
  inUse: (sha256: string) => boolean = () => false,
): Cleanable[] {
  let over = used + needed - quota;
  const cleaned: Cleanable[] = [];
  const order = blobs
    .filter(({ pinned, own }) => !pinned && !own)
    .sort((a, b) => a.opened - b.opened || (a.sha256 < b.sha256 ? -1 : 1));
  for (const blob of order) {
    if (over <= 0) break;
    if (inUse(blob.sha256)) continue;
    cleaned.push(blob);
    over -= blob.size;
  }
  return cleaned;
}

/** Whether so many more bytes of others may come: within the quota, once all that may go is gone. */
export function fits(blobs: readonly Cleanable[], quota: Quota): boolean {
  const freed = toClean(blobs, quota).reduce((sum, { size }) => sum + size, 0);
  return quota.used + (quota.needed ?? 0) - freed <= quota.quota;
}
