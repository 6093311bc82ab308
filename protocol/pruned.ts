/**
 * Entries without their content (SPEC.md section 5, pruning): a device forgets what a message said, and keeps what proves that it was
 * said. Only the hash of the content is signed, so the chain of the log still holds.
 */
import { ParleyError } from './errors.js';
import { RETENTION_MIN_DAYS } from './limits.js';

/** The feature of those who take entries without their content, from the devices of their author. */
export const PRUNED_FEATURE = 'pruned';

/** The kind of such an entry here, in memory and on the disk. No wire has a kind with a hyphen: nobody can send one that only looks so. */
export const PRUNED_KIND = '-pruned';

const DAY_MS = 24 * 3600_000;
/** The clocks of two devices differ, and one of them may have been wrong when it pruned. */
const SLACK_MS = DAY_MS;

/** The kinds of which a device may forget what they say: all others are small, and hold now. */
const FORGETTABLE: ReadonlySet<string> = new Set(['text', 'file', 'edit']);

export function isForgettable(kind: string): boolean {
  return FORGETTABLE.has(kind);
}

export interface PrunedContent {
  /** The kind that was signed. */
  readonly kind: string;
  /** SHA-256 of the canonical JSON of its message and data, base64url. */
  readonly body: string;
}

/**
 * What a wire entry with a `body` is here.
 * @throws ParleyError bad_entry where it has content as well, which its id would not cover, or is of a kind that nobody forgets
 */
export function prunedOf(
  wire: { readonly kind: string; readonly message: string; readonly data: Readonly<Record<string, unknown>> },
  body: string,
): { kind: string; message: string; data: Record<string, never>; pruned: PrunedContent } {
  if (!isForgettable(wire.kind)) throw new ParleyError('bad_entry', 'Entries of that kind keep their content.');
  if (wire.message !== '' || Object.keys(wire.data).length > 0)
    throw new ParleyError('bad_entry', 'An entry has its content, and a hash in place of it.');
  return { kind: PRUNED_KIND, message: '', data: {}, pruned: { kind: wire.kind, body } };
}

/** Whether an entry is old enough that its author may have forgotten it: a new one without content would only be kept from some. */
export function mayBePruned(time: number, now: number): boolean {
  return time <= now - RETENTION_MIN_DAYS * DAY_MS + SLACK_MS;
}

/** How the store keeps it, in the place of the message. */
export function prunedText({ kind, body }: PrunedContent): string {
  return `${kind} ${body}`;
}

/** @throws Error where it is no such text */
export function readPruned(text: string): PrunedContent {
  const match = /^([a-z_]{1,32}) ([A-Za-z0-9_-]{43})$/.exec(text);
  if (!match?.[1] || !match[2]) throw new Error('no pruned entry');
  return { kind: match[1], body: match[2] };
}
