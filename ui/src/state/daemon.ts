/** The daemon's part of the state: a snapshot, brought up to date by events. */
import type { ConversationView, EntryView, LocalEvent, Snapshot } from '../../../protocol/local-api.js';
import { isFromOther } from './entries.js';
import type { Daemon } from './model.js';
import { compareEntries } from './order.js';

export function fromSnapshot(snapshot: Snapshot): Daemon {
  return {
    me: snapshot.me,
    tracker: snapshot.tracker,
    p2p: snapshot.p2p,
    people: keyed(snapshot.people, (person) => person.username.toLowerCase()),
    channels: keyed(snapshot.channels, (channel) => channel.name),
    conversations: keyed(snapshot.conversations, (conversation) => conversation.id),
    notices: snapshot.notices,
  };
}

export function reduceDaemon(daemon: Daemon, event: LocalEvent): Daemon {
  switch (event.type) {
    case 'entries':
      return withConversation(daemon, event.conversation, (known) =>
        withEntries(known, event.entries, daemon.me.username),
      );
    case 'receipts':
      return withConversation(daemon, event.conversation, (known) => withReceipts(known, event.receipts));
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
    case 'notice':
      return { ...daemon, notices: [...daemon.notices.filter(({ id }) => id !== event.notice.id), event.notice] };
    case 'notice_removed':
      return { ...daemon, notices: daemon.notices.filter(({ id }) => id !== event.id) };
    default:
      // A daemon newer than this page may send more kinds of events.
      return daemon;
  }
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
    if (entry.kind === 'text' && isFromOther(entry, self)) unread++;
  }
  return latest ? { ...known, unread, latest } : known;
}

/** Equal receipts stay the same object: each drawn message watches them, and the unread count changes far more often. */
function withKept(known: ConversationView, view: ConversationView): ConversationView {
  const users = Object.keys(view.receipts);
  const equal =
    users.length === Object.keys(known.receipts).length &&
    users.every((user) => view.receipts[user] === known.receipts[user]);
  return equal ? { ...view, receipts: known.receipts } : view;
}

/** What somebody holds never shrinks. */
function withReceipts(known: ConversationView, receipts: Readonly<Record<string, number>>): ConversationView {
  const merged = { ...known.receipts };
  for (const [user, seq] of Object.entries(receipts)) merged[user] = Math.max(seq, merged[user] ?? 0);
  return { ...known, receipts: merged };
}

function keyed<T>(values: readonly T[], key: (value: T) => string): Record<string, T> {
  return Object.fromEntries(values.map((value) => [key(value), value]));
}

function without<T>(record: Readonly<Record<string, T>>, key: string): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));
}
