/**
 * Digests over ranges of a channel's logs (SPEC.md section 5, ranges): two sides find out in which logs they differ, and say no more than that.
 * Logs are in the plain order of their device ids. Each part of a line covers the range from the end of the one before up to `to`.
 */
import Type, { type Static } from 'typebox';
import { isHeads } from './heads.js';
import { parseConversationId, type ConversationId, type DeviceId } from './ids.js';
import { DEVICE_ID_LENGTH, RANGE_PARTS_MAX, SEQ_MAX } from './limits.js';

/** The feature of those who compare by digests. */
export const RANGES_FEATURE = 'ranges';

/** A beginning of a device id, at or before the first one that it stands before. */
const Bound = Type.String({ pattern: `^[A-Za-z0-9_-]{1,${DEVICE_ID_LENGTH}}$` });
const Logs = Type.Unsafe<Record<DeviceId, number>>(Type.Object({}));
const Count = Type.Integer({ minimum: 1, maximum: SEQ_MAX });

/**
 * What the sender holds of a range: its digest, or all its logs; else what the other side has said of it, `but` for these logs
 * (0: nothing is here).
 */
export const RangePart = Type.Object({
  /** The range ends before it; absent: it has no end. */
  to: Type.Optional(Bound),
  /** SHA-256, base64url, over `parley/ranges/1\n` and a line `<device> <seq>\n` for each log. */
  digest: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' })),
  logs: Type.Optional(Logs),
  but: Type.Optional(Logs),
});
export type RangePart = Static<typeof RangePart>;

export const Ranges = Type.Object({
  type: Type.Literal('ranges'),
  conversation: Type.Unsafe<ConversationId>(Type.String({ maxLength: 80 })),
  /** The exchange, as its sender counts them on this link. */
  number: Count,
  /** The same exchange, as the other side counts; absent: the line opens it. */
  answers: Type.Optional(Count),
  /** Where the first part begins; absent: at the first log. */
  from: Type.Optional(Bound),
  /** None: all was told by `have` instead. */
  parts: Type.Array(RangePart, { maxItems: RANGE_PARTS_MAX }),
});
export type Ranges = Static<typeof Ranges>;

/** What the schema cannot say: ranges that follow each other, each with one thing said of it, and only logs that are within. */
export function isRanges({ conversation, from = '', parts }: Ranges): boolean {
  if (parseConversationId(conversation) === undefined || !conversation.startsWith('#')) return false;
  let before: string | undefined = from;
  return parts.every((part) => {
    const [first, end] = [before, part.to];
    before = end;
    if (first === undefined || (end !== undefined && end <= first)) return false;
    const said = [part.digest, part.logs, part.but].filter((it) => it !== undefined);
    const logs: unknown = part.logs ?? part.but ?? {};
    return said.length <= 1 && isHeads(logs) && Object.keys(logs).every((id) => id >= first && !(end && id >= end));
  });
}
