/**
 * The user's conversations as the doors see them: which there are, how much is unread, the newest entry. Counts are kept
 * in memory and moved with each commit, so that an event costs nothing however much is unread.
 */
import { compareEntries, type Entry } from '../../protocol/entry.js';
import { ParleyError } from '../../protocol/errors.js';
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
import type { ConversationView } from '../../protocol/local-api.js';
import { entryView } from '../commands/entry-view.js';
import type { Conversations, PeerEmitter } from '../services.js';
import type { Store } from '../store/store.js';
import type { Receipts } from './receipts.js';

interface State {
  unread: number;
  latest: Entry | undefined;
  readUpTo: EntryId | undefined;
}

export interface ConversationBookOptions {
  readonly username: Username;
  readonly device: DeviceId;
  readonly store: Store;
  readonly receipts: Pick<Receipts, 'of' | 'readsOf'>;
  /** Why the newest own entry has not reached the others yet. */
  readonly pending: (id: ConversationId) => string | undefined;
  /** The user has read on. */
  readonly marked: (id: ConversationId) => void;
  readonly events: PeerEmitter;
  readonly notify: (id: ConversationId) => ConversationView['notify'];
  /** Of whom nothing counts, and whose conversation stays out of the list until it is opened. */
  readonly blocked: (user: UserKey) => boolean;
  readonly blockedUsers: () => readonly UserKey[];
  /** Whether somebody has that name here: in the tracker's list, or met before. */
  readonly isKnown: (username: Username) => boolean;
}

export class ConversationBook implements Omit<Conversations, 'members' | 'setNotify' | 'typed'> {
  private readonly states = new Map<ConversationId, State>();

  constructor(private readonly options: ConversationBookOptions) {
    const { store } = options;
    const open = new Set(store.conversations.opened());
    for (const id of store.conversations.all()) {
      const direct = conversationParts(id)?.kind === 'direct';
      if (open.has(id) || (direct && !this.isBlocked(id) && this.latestOf(id))) this.load(id);
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

  get(id: ConversationId): ConversationView | undefined {
    const state = this.states.get(id);
    if (!state) return undefined;
    const { device } = this.options;
    const receipts = this.receipts(id);
    const reads = this.reads(id);
    const pending = this.options.pending(id);
    const { unread, readUpTo } = state;
    const notify = this.options.notify(id);
    return {
      id,
      unread,
      receipts,
      ...(notify === undefined ? {} : { notify }),
      ...(Object.keys(reads).length > 0 ? { reads } : {}),
      ...(pending === undefined ? {} : { pending }),
      ...(readUpTo === undefined ? {} : { readUpTo }),
      ...(state.latest ? { latest: entryView(state.latest, { device, receipts, reads }) } : {}),
    };
  }

  markRead(id: ConversationId, upTo: EntryId): void {
    const { store, events } = this.options;
    const entry = store.entry(upTo);
    const state = this.states.get(id);
    if (!state || entry?.conversation !== id) throw new ParleyError('not_found');
    if (state.unread === 0) return;
    store.entries.transaction(() => {
      store.conversations.markRead(id, { ...entry, time: Date.parse(entry.time) });
    });
    state.unread = this.unreadOf(id);
    state.readUpTo = upTo;
    this.options.marked(id);
    events.emit('conversation', id);
  }

  openDirect(username: Username): ConversationId {
    if (!sameUser(username, this.options.username) && !this.options.isKnown(username))
      throw new ParleyError('unknown_user');
    const id = directConversation(this.options.username, username);
    this.open(id);
    return id;
  }

  receipts(id: ConversationId): Record<string, number> {
    return this.options.receipts.of(id);
  }

  reads(id: ConversationId): Record<string, number> {
    return this.options.receipts.readsOf(id);
  }

  /** Makes the conversation appear, durably. */
  open(id: ConversationId): void {
    if (this.states.has(id)) return;
    const { store, events } = this.options;
    store.entries.transaction(() => store.conversations.setOpen(id, true));
    this.load(id);
    events.emit('conversation', id);
  }

  /** Takes it from the list; its history stays. */
  close(id: ConversationId): void {
    const { store, events } = this.options;
    store.entries.transaction(() => store.conversations.setOpen(id, false));
    if (this.states.delete(id)) events.emit('conversation_removed', id);
  }

  /** Committed entries of one conversation: moves its state, before anybody is told. */
  added(id: ConversationId, entries: readonly Entry[]): void {
    const state = this.states.get(id);
    if (!state) {
      // The first entry of a direct conversation that the other side began. What is not shown of a channel was left.
      const wanted = !this.isBlocked(id) || entries.some(({ from }) => sameUser(from, this.options.username));
      if (conversationParts(id)?.kind === 'direct' && wanted) this.load(id);
      return;
    }
    for (const entry of entries) {
      if (!state.latest || compareEntries(entry, state.latest) > 0) state.latest = entry;
      const counts = entry.kind === 'text' || entry.kind === 'file';
      if (counts && !this.isSilent(entry.from)) state.unread++;
    }
  }

  /** The user blocks somebody, or no longer does: what they wrote counts for nothing, or again. */
  blockedChanged(user: UserKey): void {
    const { username, blocked, events } = this.options;
    const direct = directConversation(username, user);
    if (blocked(user)) this.close(direct);
    else if (!this.states.has(direct) && this.latestOf(direct)) {
      this.load(direct);
      events.emit('conversation', direct);
    }
    for (const [id, state] of this.states) {
      const unread = this.unreadOf(id);
      if (unread === state.unread) continue;
      state.unread = unread;
      events.emit('conversation', id);
    }
  }

  private load(id: ConversationId): void {
    const { conversations } = this.options.store;
    this.states.set(id, { unread: this.unreadOf(id), latest: this.latestOf(id), readUpTo: conversations.readUpTo(id) });
  }

  private unreadOf(id: ConversationId): number {
    const { store, username, blockedUsers } = this.options;
    return store.conversations.unread(id, [userKey(username), ...blockedUsers()]);
  }

  private isSilent(from: Username): boolean {
    return sameUser(from, this.options.username) || this.options.blocked(userKey(from));
  }

  /** Whether it is the direct conversation with somebody who is blocked. */
  private isBlocked(id: ConversationId): boolean {
    const other = otherParty(id, this.options.username);
    return other !== undefined && this.options.blocked(other);
  }

  private latestOf(id: ConversationId): Entry | undefined {
    return this.options.store.page(id, undefined, 1).entries[0];
  }
}
