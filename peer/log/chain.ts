/** Turns posts into the next entries of this device's log (SPEC.md section 5): pure, given the end of the log and a clock. */
import { entryId, type Entry } from '../../protocol/entry.js';
import { isMessage } from '../../protocol/entry-kinds.js';
import type { ConversationId, DeviceId, EntryId, Username } from '../../protocol/ids.js';
import { UNSIGNED_RUN_MAX } from '../../protocol/limits.js';
import { nextTime, type Newest } from '../../protocol/time.js';
import type { LogEnd } from './ports.js';

export interface Post {
  readonly kind: string;
  readonly message: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface Author {
  readonly username: Username;
  readonly device: DeviceId;
  sign(id: EntryId): string;
}

/**
 * One signature covers the burst; a longer one is signed at least every `UNSIGNED_RUN_MAX` entries.
 * @param replacing no entry that may replace an earlier one of this author is signed before this; milliseconds since 1970
 */
export function chainPosts(
  conversation: ConversationId,
  posts: readonly Post[],
  author: Author,
  end: LogEnd | undefined,
  newest: Newest | undefined,
  now: number,
  replacing = -Infinity,
): Entry[] {
  let { seq, id: prev } = end ?? { seq: 0, id: '' as const };
  const time = nextTime(now, newest, author.device);
  const iso = new Date(time).toISOString();
  const notBefore = replacing > time ? new Date(replacing).toISOString() : iso;
  return posts.map(({ kind, message, data }, i) => {
    const fields = {
      conversation,
      from: author.username,
      device: author.device,
      seq: ++seq,
      prev,
      time: isMessage({ kind }) ? iso : notBefore,
      kind,
      message,
      data,
    };
    const id = entryId(fields);
    prev = id;
    const signed = i === posts.length - 1 || (i + 1) % UNSIGNED_RUN_MAX === 0;
    return signed ? { ...fields, id, sig: author.sign(id) } : { ...fields, id };
  });
}
