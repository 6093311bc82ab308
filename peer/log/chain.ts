/** Turns posts into the next entries of this device's log (SPEC.md section 5): pure, given the end of the log and a clock. */
import { entryId, type Entry } from '../../protocol/entry.js';
import { isMessage } from '../../protocol/entry-kinds.js';
import type { ConversationId, DeviceId, EntryId, Username } from '../../protocol/ids.js';
import { runCost, signedPlaces } from '../../protocol/signed-runs.js';
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
 * One signature covers the burst; one of many entries or bytes is signed in between as well.
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
  const signed = signedPlaces(posts.map(runCost));
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
    return signed.has(i) ? { ...fields, id, sig: author.sign(id) } : { ...fields, id };
  });
}
