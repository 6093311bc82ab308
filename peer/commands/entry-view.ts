import { toWire, type Entry } from '../../protocol/entry.js';
import type { DeviceId } from '../../protocol/ids.js';
import type { EntryView } from '../../protocol/local-api.js';
import type { PeerServices } from '../services.js';

/** What decides an entry's state: whose device this is, and how far other users hold its log (user key → seq). */
export interface Viewer {
  readonly device: DeviceId;
  readonly receipts: Readonly<Record<string, number>>;
}

/** An own entry is `delivered` once at least one other user holds it; what came from elsewhere has been delivered: here. */
export function entryState(entry: Pick<Entry, 'device' | 'seq'>, { device, receipts }: Viewer): 'sent' | 'delivered' {
  if (entry.device !== device) return 'delivered';
  return Object.values(receipts).some((seq) => seq >= entry.seq) ? 'delivered' : 'sent';
}

/** The wire form of section 5, its conversation and its state. One literal: spreading made it twenty times as slow. */
export function entryView(entry: Entry, viewer: Viewer): EntryView {
  const { type, id, from, device, channel, to, seq, prev, time, kind, message, data, sig } = toWire(entry);
  const { conversation } = entry;
  const state = entryState(entry, viewer);
  const view: EntryView = {
    type,
    id,
    conversation,
    from,
    device,
    channel,
    seq,
    prev,
    time,
    kind,
    message,
    data,
    state,
  };
  if (to !== undefined) view.to = to;
  if (sig !== undefined) view.sig = sig;
  return view;
}

/** Views of entries of any conversations; receipts are read once for each that holds an own one. */
export function entryViews(
  services: Pick<PeerServices, 'account' | 'conversations'>,
  entries: readonly Entry[],
): EntryView[] {
  const { device } = services.account;
  const known = new Map<string, Record<string, number>>();
  return entries.map((entry) => {
    if (entry.device !== device) return entryView(entry, { device, receipts: {} });
    const receipts = known.get(entry.conversation) ?? services.conversations.receipts(entry.conversation);
    known.set(entry.conversation, receipts);
    return entryView(entry, { device, receipts });
  });
}
