/** Last-seen times, many in one record: those of a busy minute cost some writes, however many people come and go. */
import { createHash } from 'node:crypto';
import type { DeviceId, UserKey } from '../../../protocol/ids.js';
import type { Bucket } from './bucket.js';

export type SeenShard = Readonly<Record<string, number>>;

const SHARDS = 64;

/** The record in which the time of this account is. */
export function seenShard(key: UserKey): string {
  return shardOf(key);
}

/** The record in which the time of this device is. */
export function deviceShard(device: DeviceId): string {
  return `d${shardOf(device)}`;
}

/** A time never goes back. */
export async function keepLatest<Key extends string>(
  bucket: Bucket<SeenShard>,
  times: readonly (readonly [Key, number])[],
  shardFor: (key: Key) => string,
): Promise<void> {
  const shards = new Map<string, (readonly [Key, number])[]>();
  for (const time of times) {
    const shard = shardFor(time[0]);
    const others = shards.get(shard);
    if (others) others.push(time);
    else shards.set(shard, [time]);
  }
  for (const [shard, seen] of shards) {
    await bucket.update(shard, (known = {}) => {
      const later = seen.filter(([key, at]) => at > (known[key] ?? 0));
      return later.length > 0 ? { ...known, ...Object.fromEntries(later) } : undefined;
    });
  }
}

function shardOf(key: string): string {
  return String(createHash('sha256').update(key).digest().readUInt8(0) % SHARDS);
}
