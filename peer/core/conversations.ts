/**
 * The user's conversations as the doors see them: which there are, how much is unread, the newest entry. Counts are kept
 * in memory and moved with each commit, so that an event costs nothing however much is unread.
 */
import type { Entry } from '../../protocol/entry.js';
import { isMessage, isRow } from '../../protocol/entry-kinds.js';
import { isParleyError, ParleyError } from '../../protocol/errors.js';
import {
  conversationParts,
  directConversation,
  otherParty,
  sameUser,
  userKey,
  type ConversationId,
  type DeviceId,
  type EntryId,
  type UserKey,
  type Username,
} from '../../protocol/ids.js';
import type { ConversationView, PersonView } from '../../protocol/local-api.js';
import { compareShown } from '../../protocol/order.js';
import { callsUser } from '../../protocol/relations.js';
import { entryView } from '../commands/entry-view.js';
import type { Conversations, Files, PeerEmitter } from '../services.js';
import type { ChosenPeople } from '../settings/chosen-people.js';
import type { Elsewhere } from '../store/elsewhere.js';
import type { Effects } from '../store/relations.js';
import type { Store } from '../store/store.js';
import { UNREAD_MAX } from '../store/unread.js';
import type { BlockFilter } from './block-filter.js';
import type { PendingBook } from './pending-book.js';
import type { Personal } from './personal.js';
import type { Receipts } from './receipts.js';

interface State {
  unread: number;
  mentions: number;
  /** Something was taken back: how much is unread is looked up when it is asked for. */
  recount: boolean;
  latest: Entry | undefined;
  readUpTo: EntryId | undefined;
  elsewhere: Elsewhere;
}

export interface ConversationBookParts {
  readonly self: { readonly username: Username; readonly device: DeviceId };
  readonly store: Store;
  readonly events: PeerEmitter;
  readonly receipts: Pick<Receipts, 'of' | 'readsOf'>;
  readonly delivery: { readonly pending: Pick<PendingBook, 'text'>; marked(id: ConversationId): void };
  /** Of whom nothing counts: blocked and muted people. */
  readonly personal: Pick<Personal, 'notify' | 'autoFetch'> & {
    readonly people: Pick<ChosenPeople, 'isSilent' | 'silent'>;
  };
  /** What is shown, and counted as the newest; whom it hides, their conversation stays out of the list until it is opened. */
  readonly filter: Pick<BlockFilter, 'hides' | 'latest' | 'related' | 'marks'>;
  readonly directory: { person(username: Username): PersonView | undefined };
  readonly files: Pick<Files, 'isHere'>;
  /** What stands before this time, ms, is older than this device of a user who has others; 0: it is their first one. */
  readonly older: () => number;
}

export class ConversationBook implements Omit<Conversations, 'members' | 'setNotify' | 'setAutoFetch' | 'typed'> {
  private readonly states = new Map<ConversationId, State>();

  constructor(private readonly parts: ConversationBookParts) {
    const { store, filter } = parts;
    const open = new Set(store.conversations.opened());
    for (const id of store.conversations.all()) {
      const direct = conversationParts(id)?.kind === 'direct';
      if (open.has(id) || (direct && !this.isBlocked(id) && filter.latest(id))) this.load(id);
    }
  }

  has(id: ConversationId): boolean {
    return this.states.has(id);
  }

  ids(): ConversationId[] {
    return [...this.states.keys()];
  }

  list(): ConversationView[] {
    return [...this.states.keys()].flatMap((id) => this.get(id) ?? []);
  }

  /** The others of direct conversations, those of the latest first. */
  partners(): Username[] {
    const latest = (id: ConversationId): string => this.states.get(id)?.latest?.time ?? '';
    const ids = this.ids().sort((a, b) => (latest(a) < latest(b) ? 1 : -1));
    return ids.flatMap((id) => (otherParty(id, this.parts.self.username) ?? []) as string as Username);
  }

  get(id: ConversationId): ConversationView | undefined {
    const state = this.states.get(id);
    if (!state) return undefined;
    if (state.recount) this.count(id, state);
    const { self, filter, delivery, personal, files } = this.parts;
    const receipts = this.receipts(id);
    const reads = this.reads(id);
    const pending = delivery.pending.text(id);
    const { unread, mentions, readUpTo, latest } = state;
    const [notify, autoFetch] = [personal.notify(id), personal.autoFetch(id)];
    return {
      id,
      unread,
      receipts,
      ...(mentions > 0 ? { mentions } : {}),
      ...(notify === undefined ? {} : { notify }),
      ...(autoFetch === undefined ? {} : { autoFetch }),
      ...(Object.keys(reads).length > 0 ? { reads } : {}),
      ...(pending === undefined ? {} : { pending }),
      ...(readUpTo === undefined ? {} : { readUpTo }),
      ...(latest
        ? { latest: entryView(latest, { device: self.device, receipts, reads, files }, filter.related(latest)) }
        : {}),
    };
  }

  markRead(id: ConversationId, upTo: EntryId): void {
    const { store, events } = this.parts;
    const entry = store.entry(upTo);
    const state = this.states.get(id);
    if (!state || entry?.conversation !== id || !isRow(entry)) throw new ParleyError('not_found');
    if (state.recount) this.count(id, state);
    if (state.unread === 0) return;
    // What arrived late stands above what was read before: the line between them does not go back.
    const read = state.readUpTo && store.entry(state.readUpTo);
    const line = read && compareShown(read, entry) > 0 ? read.id : upTo;
    store.entries.transaction(() =>
      store.unread.markRead(id, { ...entry, time: Date.parse(entry.at ?? entry.time) }, line),
    );
    this.count(id, state);
    state.readUpTo = store.unread.readUpTo(id);
    state.elsewhere = store.unread.elsewhere.of(id);
    this.parts.delivery.marked(id);
    events.emit('conversation', id);
  }

  markUnread(id: ConversationId, from: EntryId): void {
    const { store, events } = this.parts;
    const entry = store.entry(from);
    const state = this.states.get(id);
    if (!state || entry?.conversation !== id || !isRow(entry)) throw new ParleyError('not_found');
    const read = state.readUpTo && store.entry(state.readUpTo);
    const kept = !read || compareShown(read, entry) < 0;
    const upTo = kept ? state.readUpTo : store.page(id, { before: from }, 1).entries[0]?.id;
    store.entries.transaction(() =>
      store.unread.markUnread(id, { ...entry, time: Date.parse(entry.at ?? entry.time) }, upTo),
    );
    this.count(id, state);
    state.readUpTo = upTo;
    events.emit('conversation', id, 'unread');
  }

  openDirect(username: Username): ConversationId {
    const { self, directory } = this.parts;
    if (!sameUser(username, self.username) && !directory.person(username)) throw new ParleyError('unknown_user');
    const id = directConversation(self.username, username);
    this.open(id);
    return id;
  }

  receipts(id: ConversationId): Record<string, number> {
    return this.parts.filter.marks(this.parts.receipts.of(id));
  }

  reads(id: ConversationId): Record<string, number> {
    return this.parts.filter.marks(this.parts.receipts.readsOf(id));
  }

  /** Makes the conversation appear, durably. */
  open(id: ConversationId): void {
    if (this.states.has(id)) return;
    const { store, events } = this.parts;
    store.entries.transaction(() => store.conversations.setOpen(id, true));
    this.load(id);
    events.emit('conversation', id);
  }

  /** Takes it from the list; its history stays. */
  close(id: ConversationId): void {
    const { store, events } = this.parts;
    store.entries.transaction(() => store.conversations.setOpen(id, false));
    if (this.states.delete(id)) events.emit('conversation_removed', id);
  }

  /** Committed entries of one conversation: moves its state, before anybody is told. */
  added(id: ConversationId, entries: readonly Entry[], { awaited, deleted, moved }: Effects): void {
    const state = this.states.get(id);
    if (!state) {
      // The first entry of a direct conversation that the other side began. What is not shown of a channel was left.
      const wanted = !this.isBlocked(id) || entries.some(({ from }) => sameUser(from, this.parts.self.username));
      if (conversationParts(id)?.kind === 'direct' && wanted) this.load(id);
      return;
    }
    // What had been taken back before it came does not count either.
    state.recount ||= deleted || awaited.size > 0;
    for (const entry of entries) {
      if (this.parts.filter.hides(entry.from)) continue;
      if (isRow(entry) && (!state.latest || compareShown(entry, state.latest) > 0)) state.latest = entry;
      if (!isMessage(entry) || this.isSilent(entry.from) || state.unread >= UNREAD_MAX) continue;
      if (this.isReadElsewhere(entry, state.elsewhere)) continue;
      state.unread++;
      if (callsUser(entry, this.parts.self.username)) state.mentions++;
    }
    if (!moved) return;
    state.latest = this.parts.filter.latest(id);
    state.recount = true;
  }

  /** The user blocks or mutes somebody, or no longer does: what they wrote counts for nothing, or again. */
  chosen(user: UserKey): void {
    const { self, filter, events } = this.parts;
    const direct = directConversation(self.username, user);
    if (filter.hides(user)) this.close(direct);
    else if (!this.states.has(direct) && filter.latest(direct)) {
      this.load(direct);
      events.emit('conversation', direct);
    }
    for (const [id, state] of this.states) {
      const { unread } = state;
      state.latest = filter.latest(id);
      this.count(id, state);
      if (unread !== state.unread) events.emit('conversation', id);
    }
  }

  /** It is known now which entries are older than this device. */
  olderKnown(): void {
    for (const id of this.states.keys()) this.recount(id);
  }

  /** What was read at another device of the user is another now. */
  recount(id: ConversationId): void {
    const state = this.states.get(id);
    if (!state) return;
    const { unread } = state;
    state.elsewhere = this.parts.store.unread.elsewhere.of(id);
    this.count(id, state);
    if (unread === state.unread) return;
    this.moveLine(id, state);
    this.parts.events.emit('conversation', id);
  }

  /** To just before the first entry that is unread now; never back. */
  private moveLine(id: ConversationId, state: State): void {
    const { store, self, personal, older, filter } = this.parts;
    const first = store.unread.first(id, userKey(self.username), personal.people.silent(), older());
    const line = first === undefined ? filter.latest(id) : store.page(id, { before: first }, 1).entries[0];
    const read = state.readUpTo && store.entry(state.readUpTo);
    if (!line || (read && compareShown(line, read) <= 0)) return;
    try {
      store.entries.transaction(() => store.unread.moveLine(id, line.id));
    } catch (error) {
      // For instance the disk is full. It is only where a window begins to show.
      if (!isParleyError(error)) throw error;
      return;
    }
    state.readUpTo = line.id;
  }

  private load(id: ConversationId): void {
    const { store } = this.parts;
    const readUpTo = store.unread.readUpTo(id);
    const elsewhere = store.unread.elsewhere.of(id);
    const latest = this.parts.filter.latest(id);
    const state: State = { unread: 0, mentions: 0, recount: true, latest, readUpTo, elsewhere };
    this.count(id, state);
    this.states.set(id, state);
  }

  private count(id: ConversationId, state: State): void {
    const { store, self, personal, older } = this.parts;
    const counts = store.unread.count(id, userKey(self.username), personal.people.silent(), older());
    Object.assign(state, counts, { recount: false });
  }

  private isReadElsewhere({ device, seq, at, time }: Entry, { logs, isWhole }: Elsewhere): boolean {
    return seq <= (logs.get(device) ?? 0) || (!isWhole && Date.parse(at ?? time) < this.parts.older());
  }

  private isSilent(from: Username): boolean {
    const { self, personal } = this.parts;
    return sameUser(from, self.username) || personal.people.isSilent(userKey(from));
  }

  /** Whether it is the direct conversation with somebody who is blocked. */
  private isBlocked(id: ConversationId): boolean {
    const other = otherParty(id, this.parts.self.username);
    return other !== undefined && this.parts.filter.hides(other);
  }
}
