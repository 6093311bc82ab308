/** The daemon's part of the state: a snapshot, brought up to date by events. */
import type { ConversationView, EntryView, LocalEvent, Snapshot } from '../../../protocol/local-api.js';
import { isMessage } from '../../../protocol/entry-kinds.js';
import { isFromOther } from './entries.js';
import type { Daemon } from './model.js';
import { compareEntries } from './order.js';

/** For each other user, up to which `seq` of this device's log. */
type Marks = Record<string, number>;

export function fromSnapshot(snapshot: Snapshot): Daemon {
  return {
    me: snapshot.me,
    tracker: snapshot.tracker,
    p2p: snapshot.p2p,
    reach: snapshot.reach,
    people: keyed(snapshot.people, (person) => person.username.toLowerCase()),
    blocked: snapshot.blocked,
    channels: keyed(snapshot.channels, (channel) => channel.name),
    conversations: keyed(snapshot.conversations, (conversation) => conversation.id),
    notices: snapshot.notices,
    preferences: snapshot.preferences,
    transfers: keyed(snapshot.transfers, (transfer) => transfer.id),
    ...(snapshot.history && { history: snapshot.history }),
  };
}

export function reduceDaemon(daemon: Daemon, event: LocalEvent): Daemon {
  switch (event.type) {
    case 'entries':
      return withConversation(daemon, event.conversation, (known) =>
        withEntries(known, event.entries, daemon.me.username),
      );
    case 'changed':
      return withChanged(daemon, event.conversation, event.entries);
    case 'receipts':
      return withConversation(daemon, event.conversation, (known) => withReceipts(known, event, daemon.me.device));
    case 'conversation':
      return withConversation(daemon, event.conversation.id, (known) => withKept(known, event.conversation));
    case 'conversation_removed':
      return { ...daemon, conversations: without(daemon.conversations, event.id) };
    case 'person':
      return { ...daemon, people: { ...daemon.people, [event.person.username.toLowerCase()]: event.person } };
    case 'channel':
      return { ...daemon, channels: { ...daemon.channels, [event.channel.name]: event.channel } };
    case 'tracker':
      return { ...daemon, tracker: event.tracker };
    case 'reach':
      return { ...daemon, reach: event.reach };
    case 'notice':
      return { ...daemon, notices: [...daemon.notices.filter(({ id }) => id !== event.notice.id), event.notice] };
    case 'notice_removed':
      return { ...daemon, notices: daemon.notices.filter(({ id }) => id !== event.id) };
    case 'preferences':
      return { ...daemon, preferences: event.preferences };
    case 'history': {
      const { history: _before, ...rest } = daemon;
      return event.history ? { ...rest, history: event.history } : rest;
    }
    case 'file': {
      const { transfer } = event;
      // The last that is told of it: what has come is told of its entries, by `changed`.
      if (transfer.state === 'done') return withoutTransfer(daemon, transfer.id);
      return { ...daemon, transfers: { ...daemon.transfers, [transfer.id]: transfer } };
    }
    case 'file_removed':
      return withoutTransfer(daemon, event.id);
    default:
      // A daemon newer than this page may send more kinds of events.
      return daemon;
  }
}

function withoutTransfer(daemon: Daemon, id: string): Daemon {
  return id in daemon.transfers ? { ...daemon, transfers: without(daemon.transfers, id) } : daemon;
}

function withConversation(daemon: Daemon, id: string, change: (known: ConversationView) => ConversationView): Daemon {
  const known = daemon.conversations[id] ?? { id, unread: 0, receipts: {} };
  return { ...daemon, conversations: { ...daemon.conversations, [id]: change(known) } };
}

/**
 * Only what sorts after `latest` counts as new: a `conversation` event that came before these entries has counted them
 * already, one that comes after replaces the count. So either order of the two ends in the daemon's own figure.
 */
function withEntries(known: ConversationView, entries: readonly EntryView[], self: string): ConversationView {
  let { unread, latest } = known;
  for (const entry of [...entries].sort(compareEntries)) {
    if (latest && compareEntries(entry, latest) <= 0) continue;
    latest = entry;
    if (isMessage(entry) && isFromOther(entry, self)) unread++;
  }
  return latest ? { ...known, unread, latest } : known;
}

/** An entry that looks different now matters here only where it is the newest of its conversation. */
function withChanged(daemon: Daemon, id: string, changed: readonly EntryView[]): Daemon {
  const known = daemon.conversations[id];
  const latest = changed.findLast((entry) => entry.id === known?.latest?.id);
  return known && latest ? withConversation(daemon, id, () => ({ ...known, latest })) : daemon;
}

/** Equal marks stay the same object: each drawn message watches them, and the unread count changes far more often. */
function withKept(known: ConversationView, view: ConversationView): ConversationView {
  const receipts = equalMarks(known.receipts, view.receipts) ? known.receipts : view.receipts;
  const kept = { ...view, receipts };
  return known.reads && view.reads && equalMarks(known.reads, view.reads) ? { ...kept, reads: known.reads } : kept;
}

/** What somebody holds or has read never shrinks; and it is what the state of the newest entry follows from. */
function withReceipts(
  known: ConversationView,
  told: { receipts: Marks; reads?: Marks | undefined },
  device: string,
): ConversationView {
  const receipts = raised(known.receipts, told.receipts);
  const reads = told.reads ? raised(known.reads ?? {}, told.reads) : known.reads;
  const next = { ...known, receipts, ...(reads ? { reads } : {}) };
  const { latest } = known;
  if (latest?.device !== device) return next;
  const reached = (marks: Marks | undefined): boolean => Object.values(marks ?? {}).some((seq) => seq >= latest.seq);
  const state = reached(reads) ? 'read' : reached(receipts) ? 'delivered' : latest.state;
  return state === latest.state ? next : { ...next, latest: { ...latest, state } };
}

function equalMarks(a: Marks, b: Marks): boolean {
  const users = Object.keys(b);
  return users.length === Object.keys(a).length && users.every((user) => a[user] === b[user]);
}

function raised(known: Marks, told: Marks): Marks {
  const merged = new Map(Object.entries(known));
  for (const [user, seq] of Object.entries(told)) merged.set(user, Math.max(seq, merged.get(user) ?? 0));
  return Object.fromEntries(merged);
}

function keyed<T>(values: readonly T[], key: (value: T) => string): Record<string, T> {
  return Object.fromEntries(values.map((value) => [key(value), value]));
}

function without<T>(record: Readonly<Record<string, T>>, key: string): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));
}
