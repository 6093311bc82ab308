/** Last-seen times, many in one record: those of a busy minute cost some writes, however many people come and go. */
import { createHash } from 'node:crypto';
import type { UserKey } from '../../../protocol/ids.js';

export type SeenShard = Readonly<Record<UserKey, number>>;

const SHARDS = 64;

/** The record in which the time of this account is. */
export function seenShard(key: UserKey): string {
  return String(createHash('sha256').update(key).digest().readUInt8(0) % SHARDS);
}
