/** How far an own entry has come, from what the others are known to hold. */
import type { EntryView } from '../../../protocol/local-api.js';
import { isFromOther, sameName } from './entries.js';
import type { Daemon } from './model.js';

/** For each other user, up to which `seq` of this device's log they hold it. */
type Receipts = Readonly<Record<string, number>>;

export type Delivery =
  | { readonly state: 'sent' }
  /** `to`: how many others hold it; absent where this device cannot tell (an entry of another own device). */
  | { readonly state: 'delivered'; readonly to?: number }
  | { readonly state: 'read' };

/** Undefined for entries of others: there is nothing to tell. */
export function deliveryOf(entry: EntryView, receipts: Receipts | undefined, me: Daemon['me']): Delivery | undefined {
  if (isFromOther(entry, me.username)) return undefined;
  if (entry.state === 'read') return { state: 'read' };
  const to = entry.device === me.device ? holders(entry, receipts, me.username) : 0;
  if (to > 0) return { state: 'delivered', to };
  return entry.state === 'delivered' ? { state: 'delivered' } : { state: 'sent' };
}

function holders(entry: EntryView, receipts: Receipts | undefined, self: string): number {
  return Object.entries(receipts ?? {}).filter(([user, seq]) => seq >= entry.seq && !sameName(user, self)).length;
}

/** Whether the newest own text of a direct conversation waits for the other party, who is not the user themself. */
export function isPending(entries: readonly EntryView[], receipts: Receipts | undefined, me: Daemon['me']): boolean {
  const newest = entries.findLast((entry) => entry.kind === 'text' && !isFromOther(entry, me.username));
  return newest?.type === 'chat' && deliveryOf(newest, receipts, me)?.state === 'sent';
}
