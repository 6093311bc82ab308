/** How entries look to a window: the wire form, their state, and what was said of them. */
import { openWireText, toWire, type Entry } from '../../protocol/entry.js';
import { ParleyError } from '../../protocol/errors.js';
import { fileFacts } from '../../protocol/file-facts.js';
import type { ConversationId, DeviceId } from '../../protocol/ids.js';
import type { EntryView } from '../../protocol/local-api.js';
import type { Related } from '../../protocol/related.js';
import type { Files, PeerServices } from '../services.js';

/** What decides an entry's state: whose device this is, and how far others hold and have read its log (user key → seq). */
export interface Viewer {
  readonly device: DeviceId;
  readonly receipts: Readonly<Record<string, number>>;
  readonly reads?: Readonly<Record<string, number>> | undefined;
  readonly files?: Pick<Files, 'isHere'>;
}

/**
 * An own entry is `delivered` once at least one other user holds it on all their devices, `read` once one has read it; what
 * came from elsewhere has been delivered: here.
 */
export function entryState(
  entry: Pick<Entry, 'device' | 'seq'>,
  { device, receipts, reads }: Viewer,
): 'sent' | 'delivered' | 'read' {
  if (entry.device !== device) return 'delivered';
  if (reads && Object.values(reads).some((seq) => seq >= entry.seq)) return 'read';
  return Object.values(receipts).some((seq) => seq >= entry.seq) ? 'delivered' : 'sent';
}

/** The wire form of section 5, its conversation and its state, and what was said of it. */
export function entryView(entry: Entry, viewer: Viewer, related?: Related): EntryView {
  // Assigned, not spread: spreading made it twenty times as slow.
  const view = Object.assign(toWire(entry), { conversation: entry.conversation, state: entryState(entry, viewer) });
  if (entry.at !== undefined) Object.assign(view, { at: entry.at });
  if (isHere(entry, viewer) && related?.deleted !== true) Object.assign(view, { here: true });
  return related ? Object.assign(view, shown(related)) : view;
}

function isHere(entry: Entry, { files }: Viewer): boolean {
  const facts = files && fileFacts(entry);
  return facts !== undefined && files?.isHere(facts.sha256) === true;
}

function shown({ deleted, edited, ...rest }: Related): Partial<EntryView> {
  if (deleted) return { deleted, message: '', data: {} };
  const { reactions, ...others } = rest;
  const view: Partial<EntryView> = { ...others };
  if (reactions) view.reactions = reactions.map(({ emoji, users }) => ({ emoji, users: [...users] }));
  if (edited) Object.assign(view, { edited: edited.time, message: edited.message, data: edited.data });
  return view;
}

/** What decides the states of own entries of a conversation, at this moment. */
export function viewerOf(
  { account, conversations, files }: Pick<PeerServices, 'account' | 'conversations' | 'files'>,
  id: ConversationId,
): Viewer {
  return { device: account.device, receipts: conversations.receipts(id), reads: conversations.reads?.(id), files };
}

/** The same of an entry of which nothing was said, as JSON text, made without the object: tens of thousands a second pass here. */
export function entryViewText(entry: Entry, viewer: Viewer, client?: string): string {
  const mark = client === undefined ? '' : `,"client":${JSON.stringify(client)}`;
  const at = entry.at === undefined ? '' : `,"at":"${entry.at}"`;
  const here = isHere(entry, viewer) ? ',"here":true' : '';
  return `${openWireText(entry)},"conversation":"${entry.conversation}","state":"${entryState(entry, viewer)}"${at}${here}${mark}}`;
}

/** Views of entries of any conversations; receipts are read once for each that holds an own one. */
export function entryViews(
  services: Pick<PeerServices, 'account' | 'conversations' | 'files' | 'history'>,
  entries: readonly Entry[],
): EntryView[] {
  const { files } = services;
  const { device } = services.account;
  const known = new Map<string, Viewer>();
  return entries.map((entry) => {
    const related = services.history.related(entry);
    if (entry.device !== device) return entryView(entry, { device, receipts: {}, files }, related);
    const viewer = known.get(entry.conversation) ?? viewerOf(services, entry.conversation);
    known.set(entry.conversation, viewer);
    return entryView(entry, viewer, related);
  });
}

/** How an entry looks now. */
export function viewNow(services: Parameters<typeof entryViews>[0], entry: Entry): EntryView {
  const [view] = entryViews(services, [entry]);
  if (!view) throw new ParleyError('internal');
  return view;
}
