/** What becomes of this device's own entries: who holds them, who has read them, and why they have not arrived yet. */
import {
  otherParty,
  userKey,
  type ChannelName,
  type ConversationId,
  type DeviceId,
  type UserKey,
  type Username,
} from '../../protocol/ids.js';
import type { LinkMessage } from '../../protocol/link-messages.js';
import type { PersonView } from '../../protocol/local-api.js';
import type { Entry } from '../../protocol/entry.js';
import type { Link } from '../link/types.js';
import { shares } from '../mesh/sharing.js';
import type { Log, PeerEmitter } from '../services.js';
import type { Store } from '../store/store.js';
import { hasOthers, PendingBook } from './pending-book.js';
import type { MailboxState } from './pending.js';
import { ReadMarks } from './read-marks.js';
import { Receipts } from './receipts.js';

export interface DeliveryOptions {
  readonly username: Username;
  readonly device: DeviceId;
  readonly store: Store;
  readonly events: PeerEmitter;
  readonly logger: Log;
  /** Channels that the user is in. */
  readonly channels: ReadonlySet<ChannelName>;
  /** What is durable here: conversations, and device → seq of one. */
  readonly heads: {
    conversations(): Iterable<ConversationId>;
    durable(conversation: ConversationId): ReadonlyMap<DeviceId, number>;
  };
  readonly devicesOf: (user: UserKey) => readonly DeviceId[];
  readonly person: (user: UserKey) => PersonView | undefined;
  /** Whether a user is told what this one has read. */
  readonly tellReads: (user: UserKey) => boolean;
  /** Something is written to this user: which devices they have should be known. Cheap to repeat. */
  readonly lookUp: (user: UserKey) => void;
  readonly inMailbox?: (conversation: ConversationId) => MailboxState | undefined;
}

/** Written this much behind; a crash in between costs nothing but a `have`. */
const SAVE_MS = 1_000;
/** The user's own comings, goings and looks wait for nobody. */
const UNCOUNTED = new Set(['join', 'leave', 'profile']);

export class Delivery {
  readonly receipts: Receipts;
  readonly pending: PendingBook;
  private readonly reads: ReadMarks;
  private readonly links = new Map<number, Link>();
  /** How many links there are to each user. */
  private readonly linked = new Map<UserKey, number>();
  private saving: NodeJS.Timeout | undefined;
  private readonly unsubscribe: () => void;

  constructor(private readonly options: DeliveryOptions) {
    const { username, device, store, events, heads } = options;
    this.receipts = new Receipts(store.conversations, (conversation) => this.receiptsChanged(conversation), {
      marks: store.marks,
      devicesOf: options.devicesOf,
    });
    this.pending = new PendingBook({
      username,
      receipts: this.receipts,
      person: options.person,
      linkedIn: (conversation) =>
        [...this.links.values()].some((link) => this.isOther(link) && this.shared(conversation, link)),
      changed: (conversation) => void events.emit('conversation', conversation),
      ...(options.inMailbox ? { inMailbox: options.inMailbox } : {}),
    });
    this.reads = new ReadMarks({
      self: { username, device },
      enabled: options.tellReads,
      links: () => this.links.values(),
      shares: (conversation, link) => this.shared(conversation, link as Link),
      writtenBy: (author) => [...heads.conversations()].filter((id) => (heads.durable(id).get(author) ?? 0) > 0),
      readOf: (conversation, author) =>
        store.marks.readOf(conversation, author, heads.durable(conversation).get(author) ?? 0),
      entry: (id) => store.entry(id),
      heard: (conversation, user, seq) => this.receipts.read(conversation, user, seq),
      timers: {
        setTimeout: (run, ms) => setTimeout(run, ms).unref(),
        clearTimeout: (t) => clearTimeout(t as NodeJS.Timeout),
      },
    });
    const person = (view: PersonView): void => this.personChanged(view);
    events.on('person', person);
    this.unsubscribe = () => void events.off('person', person);
  }

  /** Finds what earlier lives left waiting. To be called once, when conversations can be looked up. */
  start(conversations: Iterable<ConversationId>): void {
    const { store, device, heads } = this.options;
    for (const id of conversations) {
      const seq = heads.durable(id).get(device);
      if (seq !== undefined) this.wrote(id, store.entries.range(id, device, seq, 1));
    }
  }

  /** Own entries were committed. */
  wrote(conversation: ConversationId, entries: readonly Entry[]): void {
    const last = entries.findLast(({ kind }) => !UNCOUNTED.has(kind));
    if (!last || !hasOthers(conversation)) return;
    const other = otherParty(conversation, this.options.username);
    if (other !== undefined) this.options.lookUp(other);
    this.pending.wrote(conversation, last.seq);
  }

  /** A device of another user holds our log up to here. */
  held(conversation: ConversationId, device: DeviceId, username: Username, seq: number): void {
    this.receipts.record(conversation, device, username, seq);
    this.pending.look(conversation);
  }

  isLinked(user: UserKey): boolean {
    return this.linked.has(user);
  }

  /** After the mesh has told what is here: a mark may name only what the other side knows that we hold. */
  up(link: Link): void {
    this.links.set(link.id, link);
    this.count(link, 1);
    this.reads.up(link);
    this.pending.lookAll();
  }

  down(link: Link): void {
    if (this.links.delete(link.id)) this.count(link, -1);
    this.reads.down(link);
    this.pending.lookAll();
  }

  messages(link: Link, messages: readonly LinkMessage[]): void {
    for (const message of messages) {
      if (message.type === 'read') this.reads.heard(link, message);
      else if (message.type === 'joined' || message.type === 'left') this.pending.lookAll();
    }
  }

  /** The user has read on. */
  marked(conversation: ConversationId): void {
    this.reads.marked(conversation);
  }

  durable(advance: ReadonlyMap<ConversationId, unknown>): void {
    for (const conversation of advance.keys()) this.reads.durable(conversation);
  }

  devicesChanged(username: Username): void {
    this.receipts.reconsider(username);
    this.pending.lookAll();
  }

  close(): void {
    this.unsubscribe();
    this.reads.close();
    clearTimeout(this.saving);
    this.save();
  }

  private receiptsChanged(conversation: ConversationId): void {
    this.options.events.emit('receipts', { conversation });
    this.pending.look(conversation);
    this.saving ??= setTimeout(() => this.save(), SAVE_MS).unref();
  }

  private personChanged({ username }: PersonView): void {
    if (this.pending.isEmpty) return;
    this.pending.lookAt(userKey(username as Username));
  }

  private save(): void {
    this.saving = undefined;
    if (!this.receipts.dirty) return;
    try {
      this.options.store.entries.transaction(() => this.receipts.save());
    } catch (error) {
      this.options.logger.warn({ err: error }, 'receipts could not be saved; they are told again by the others');
    }
  }

  private count({ remote }: Link, by: 1 | -1): void {
    const user = userKey(remote.username);
    const links = (this.linked.get(user) ?? 0) + by;
    if (links > 0) this.linked.set(user, links);
    else this.linked.delete(user);
  }

  private isOther({ remote }: Link): boolean {
    return userKey(remote.username) !== userKey(this.options.username);
  }

  private shared(conversation: ConversationId, { remote, channels }: Link): boolean {
    const self = { username: this.options.username, channels: this.options.channels };
    return shares(conversation, self, { username: remote.username, channels });
  }
}
