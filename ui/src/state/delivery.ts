/** How far an own entry has come, from what the others are known to hold and to have read. */
import { isMessage } from '../../../protocol/entry-kinds.js';
import type { ConversationView, EntryView } from '../../../protocol/local-api.js';
import { isFromOther, sameName } from './entries.js';
import type { Daemon } from './model.js';

type Marks = Readonly<Record<string, number>>;
/** For each other user, up to which `seq` of this device's log they hold it, and have read it. */
export interface Reach {
  readonly receipts?: ConversationView['receipts'] | undefined;
  readonly reads?: ConversationView['reads'];
}

/** `elsewhere`: another own device wrote it, and only that one knows how far it came. */
export type Delivery =
  | { readonly state: 'sent' | 'elsewhere' }
  /** Who holds it, and who of them has read it: names of others as the daemon keys them. Empty where only the daemon knows. */
  | { readonly state: 'delivered' | 'read'; readonly to: readonly string[]; readonly readBy: readonly string[] };

/** Undefined for entries of others: there is nothing to tell. */
export function deliveryOf(entry: EntryView, { receipts, reads }: Reach, me: Daemon['me']): Delivery | undefined {
  if (isFromOther(entry, me.username)) return undefined;
  if (entry.device !== me.device) return { state: 'elsewhere' };
  const readBy = reached(reads, entry.seq, me.username);
  // Who has read it holds it, even while not all of their devices do.
  const to = [...new Set([...reached(receipts, entry.seq, me.username), ...readBy])];
  if (readBy.length > 0 || entry.state === 'read') return { state: 'read', to, readBy };
  return to.length > 0 || entry.state === 'delivered' ? { state: 'delivered', to, readBy } : { state: 'sent' };
}

/**
 * The own messages at which it changes how far they came: the last that was read, the last that is with others, the last that is
 * here alone. The others say nothing that these do not.
 */
export function turningPoints(entries: readonly EntryView[], reach: Reach, me: Daemon['me']): ReadonlySet<string> {
  const points = new Set<string>();
  const told = new Set<string>();
  for (let at = entries.length - 1; at >= 0 && !told.has('read'); at--) {
    const entry = entries[at];
    if (!entry || !isMessage(entry) || entry.deleted === true) continue;
    const state = deliveryOf(entry, reach, me)?.state;
    if (state === undefined || told.has(state)) continue;
    told.add(state);
    points.add(entry.id);
  }
  return points;
}

function reached(marks: Marks | undefined, seq: number, self: string): readonly string[] {
  return Object.entries(marks ?? {})
    .filter(([user, upTo]) => upTo >= seq && !sameName(user, self))
    .map(([user]) => user);
}

/** `others`: how many there are besides the user. */
export function isReadByAll(delivery: Delivery, others: number): boolean {
  if (delivery.state !== 'read') return false;
  // Of whom the daemon alone knows who it was, there is but one.
  return others > 0 && Math.max(1, delivery.readBy.length) >= others;
}

/** The newest own text, while nobody else holds it. */
export function unreached(entries: readonly EntryView[], reach: Reach, me: Daemon['me']): EntryView | undefined {
  const newest = entries.findLast((entry) => isMessage(entry) && !isFromOther(entry, me.username));
  return newest && deliveryOf(newest, reach, me)?.state === 'sent' ? newest : undefined;
}
