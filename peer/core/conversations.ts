/**
 * The user's conversations as the doors see them: which there are, how much is unread, the newest entry.
 */
import type { Entry } from '../../protocol/entry.js';
import { isRow } from '../../protocol/entry-kinds.js';
import { ParleyError } from '../../protocol/errors.js';
import {
  conversationParts,
  directConversation,
  otherParty,
  sameUser,
  type ConversationId,
  type DeviceId,
  type EntryId,
  type UserKey,
  type Username,
} from '../../protocol/ids.js';
import type { ConversationView, PersonView } from '../../protocol/local-api.js';
import { compareShown } from '../../protocol/order.js';
import { entryView } from '../commands/entry-view.js';
import type { Conversations, Files } from '../services.js';
import type { Effects } from '../store/relations.js';
import type { Store } from '../store/store.js';
import type { BlockFilter } from './block-filter.js';
import type { PendingBook } from './pending-book.js';
import type { Personal } from './personal.js';
import type { Receipts } from './receipts.js';
import { Turns } from './turns.js';
import { Unread, type UnreadParts } from './unread.js';

interface State {
  readonly unread: Unread;
  latest: Entry | undefined;
}

export interface ConversationBookParts extends UnreadParts {
  readonly self: { readonly username: Username; readonly device: DeviceId };
  readonly store: Store;
  readonly receipts: Pick<Receipts, 'of' | 'readsOf'>;
  readonly delivery: UnreadParts['delivery'] & { readonly pending: Pick<PendingBook, 'text'> };
  readonly personal: UnreadParts['personal'] & Pick<Personal, 'notify' | 'autoFetch' | 'retention'>;
  /** What is shown, and counted as the newest; whom it hides, their conversation stays out of the list until it is opened. */
  readonly filter: Pick<BlockFilter, 'hides' | 'latest' | 'related' | 'marks'>;
  readonly directory: { person(username: Username): PersonView | undefined };
  readonly files: Pick<Files, 'isHere'>;
  /** Runs it in a later turn of the event loop. */
  readonly soon: (run: () => void) => void;
}

export class ConversationBook implements Omit<
  Conversations,
  'members' | 'setNotify' | 'setAutoFetch' | 'setRetention' | 'typed'
> {
  private readonly states = new Map<ConversationId, State>();
  private readonly turns: Turns;

  constructor(private readonly parts: ConversationBookParts) {
    const { store, filter } = parts;
    this.turns = new Turns(parts.soon);
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
    const { self, filter, delivery, personal, files } = this.parts;
    const receipts = this.receipts(id);
    const reads = this.reads(id);
    const pending = delivery.pending.text(id);
    const { unread, mentions, readUpTo } = state.unread.view;
    const { latest } = state;
    const [notify, autoFetch, retention] = [personal.notify(id), personal.autoFetch(id), personal.retention(id)];
    return {
      id,
      unread,
      receipts,
      ...(mentions > 0 ? { mentions } : {}),
      ...(notify === undefined ? {} : { notify }),
      ...(autoFetch === undefined ? {} : { autoFetch }),
      ...(retention === undefined ? {} : { retention }),
      ...(Object.keys(reads).length > 0 ? { reads } : {}),
      ...(pending === undefined ? {} : { pending }),
      ...(readUpTo === undefined ? {} : { readUpTo }),
      ...(latest
        ? { latest: entryView(latest, { device: self.device, receipts, reads, files }, filter.related(latest)) }
        : {}),
    };
  }

  /** Resolves once it is durable. Rejects with not_found, or what the store throws. */
  async markRead(id: ConversationId, upTo: EntryId): Promise<void> {
    const [state, entry] = this.row(id, upTo);
    await state.unread.markRead(entry);
  }

  /** As `markRead`. */
  async markUnread(id: ConversationId, from: EntryId): Promise<void> {
    const [state, entry] = this.row(id, from);
    await state.unread.markUnread(entry);
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
    this.states.get(id)?.unread.close();
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
    if (deleted || moved || awaited.size > 0) state.unread.doubt();
    for (const entry of entries) {
      if (this.parts.filter.hides(entry.from)) continue;
      if (isRow(entry) && (!state.latest || compareShown(entry, state.latest) > 0)) state.latest = entry;
      state.unread.entry(entry);
    }
    if (moved) state.latest = this.parts.filter.latest(id);
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
      state.latest = filter.latest(id);
      if (state.unread.count()) events.emit('conversation', id);
    }
  }

  /** What old messages said there is forgotten. */
  forgot(id: ConversationId): void {
    const state = this.states.get(id);
    if (!state) return;
    state.latest = this.parts.filter.latest(id);
    state.unread.count();
    this.parts.events.emit('conversation', id);
  }

  /** It is known now which entries are older than this device. */
  olderKnown(): void {
    for (const id of this.states.keys()) this.recount(id);
  }

  /** What was read at another device of the user is another now. */
  recount(id: ConversationId): void {
    if (this.states.get(id)?.unread.heard()) this.parts.events.emit('conversation', id);
  }

  /** Before the store is closed. */
  shut(): void {
    this.turns.close();
  }

  private row(id: ConversationId, entryId: EntryId): [State, Entry] {
    const entry = this.parts.store.entry(entryId);
    const state = this.states.get(id);
    if (!state || entry?.conversation !== id || !isRow(entry)) throw new ParleyError('not_found');
    return [state, entry];
  }

  private load(id: ConversationId): void {
    this.states.set(id, {
      unread: new Unread(id, this.parts, this.turns),
      latest: this.parts.filter.latest(id),
    });
  }

  /** Whether it is the direct conversation with somebody who is blocked. */
  private isBlocked(id: ConversationId): boolean {
    const other = otherParty(id, this.parts.self.username);
    return other !== undefined && this.parts.filter.hides(other);
  }
}
