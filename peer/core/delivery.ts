/** What becomes of this device's own entries: who holds them, who has read them, and why they have not arrived yet. */
import {
  otherParty,
  sameUser,
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
import type { LastWord } from '../mesh/ports.js';
import { shares } from '../mesh/sharing.js';
import type { Held } from '../mesh/receipt-options.js';
import type { DurableHeads } from '../log/heads.js';
import type { Mailbox } from '../mailbox/mailbox.js';
import type { Directory } from '../people/directory.js';
import type { Log, PeerEmitter } from '../services.js';
import type { Store } from '../store/store.js';
import type { TrustBook } from '../trust/trust.js';
import { hasOthers, PendingBook } from './pending-book.js';
import type { Personal } from './personal.js';
import { OwnReads } from './own-reads.js';
import { ReadMarks } from './read-marks.js';
import type { DeviceAge } from './device-age.js';
import type { Receipts } from './receipts.js';

export interface DeliveryParts {
  readonly self: { readonly username: Username; readonly device: DeviceId };
  readonly store: Store;
  readonly events: PeerEmitter;
  readonly log: Log;
  readonly personal: Personal;
  /** Channels that the user is in. */
  readonly channels: ReadonlySet<ChannelName>;
  readonly heads: DurableHeads;
  readonly trust: Pick<TrustBook, 'lookUpSoon'>;
  readonly directory: Directory;
  readonly receipts: Receipts;
  readonly mail: Mailbox;
  readonly age: Pick<DeviceAge, 'isFirst'>;
  /** What was read at another device of the user is another now. */
  readonly readElsewhere: (conversation: ConversationId) => void;
}

const timers = {
  setTimeout: (run: () => void, ms: number) => setTimeout(run, ms).unref(),
  clearTimeout: (timer: unknown) => clearTimeout(timer as NodeJS.Timeout),
};

/** Written this much behind; a crash in between costs nothing but a `have`. */
const SAVE_MS = 1_000;
/** The user's own comings, goings and looks wait for nobody. */
const UNCOUNTED = new Set(['join', 'leave', 'profile']);

export class Delivery {
  readonly pending: PendingBook;
  private readonly reads: ReadMarks;
  private readonly ownReads: OwnReads;
  private readonly links = new Map<number, Link>();
  /** How many links there are to each user. */
  private readonly linked = new Map<UserKey, number>();
  private saving: NodeJS.Timeout | undefined;
  private readonly unsubscribe: () => void;

  constructor(private readonly parts: DeliveryParts) {
    const { self, store, events, heads, personal, directory, receipts, mail } = parts;
    this.pending = new PendingBook({
      username: self.username,
      receipts,
      person: (user) => directory.person(user),
      linkedIn: (conversation) =>
        [...this.links.values()].some((link) => this.isOther(link) && this.shared(conversation, link)),
      changed: (conversation) => void events.emit('conversation', conversation),
      inMailbox: (conversation) => mail.state(conversation),
    });
    this.reads = new ReadMarks({
      self,
      enabled: (user) => personal.tellsReads(user),
      links: () => this.links.values(),
      shares: (conversation, link) => this.shared(conversation, link as Link),
      writtenBy: (author) => [...heads.conversations()].filter((id) => (heads.durable(id).get(author) ?? 0) > 0),
      readOf: (conversation, author) =>
        store.marks.readOf(conversation, author, heads.durable(conversation).get(author) ?? 0),
      entry: (id) => store.entry(id),
      heard: (conversation, user, seq) => receipts.read(conversation, user, seq),
      timers,
    });
    this.ownReads = new OwnReads({
      self,
      conversations: () => heads.conversations(),
      shares: (conversation, link) => this.shared(conversation, link as Link),
      durable: (conversation) => heads.durable(conversation),
      readOf: (conversation, author, end) => store.unread.readOf(conversation, author, end),
      knows: (conversation) => parts.age.isFirst || store.unread.elsewhere.of(conversation).isWhole,
      heard: (conversation, logs, isWhole) => this.heardElsewhere(conversation, logs, isWhole),
      soon: (run) => void setImmediate(run),
      timers,
    });
    const person = (view: PersonView): void => this.personChanged(view);
    events.on('person', person);
    this.unsubscribe = () => void events.off('person', person);
  }

  /** Finds what earlier lives left waiting. To be called once, when conversations can be looked up. */
  start(conversations: Iterable<ConversationId>): void {
    const { self, store, heads } = this.parts;
    for (const id of conversations) {
      const seq = heads.durable(id).get(self.device);
      if (seq !== undefined) this.wrote(id, store.entries.range(id, self.device, seq, 1));
    }
  }

  /** Own entries were committed. */
  wrote(conversation: ConversationId, entries: readonly Entry[]): void {
    const last = entries.findLast(({ kind }) => !UNCOUNTED.has(kind));
    if (!last || !hasOthers(conversation)) return;
    const other = otherParty(conversation, this.parts.self.username);
    if (other !== undefined) this.parts.trust.lookUpSoon(other);
    this.pending.wrote(conversation, last.seq);
  }

  /** A device of another user says what it holds: so much, and no more. */
  held(conversation: ConversationId, word: LastWord): void {
    this.parts.receipts.says(conversation, { ...word, epoch: this.parts.directory.epochOf(word.device) });
    this.pending.look(conversation);
    this.saveSoon();
  }

  /** A device of another user has signed, at some time, that it holds so much. */
  signed(conversation: ConversationId, { device, username, seq }: Held): void {
    this.parts.receipts.record(conversation, device, username, seq);
    this.saveSoon();
  }

  /** More is delivered to somebody, or read by them. */
  receiptsChanged(conversation: ConversationId): void {
    this.parts.events.emit('receipts', { conversation });
    this.pending.look(conversation);
    this.saveSoon();
  }

  isLinked(user: UserKey): boolean {
    return this.linked.has(user);
  }

  /** After the mesh has told what is here: a mark may name only what the other side knows that we hold. */
  up(link: Link): void {
    this.links.set(link.id, link);
    this.count(link, 1);
    this.reads.up(link);
    this.ownReads.up(link);
    this.pending.lookAll();
  }

  down(link: Link): void {
    if (this.links.delete(link.id)) this.count(link, -1);
    this.reads.down(link);
    this.ownReads.down(link);
    this.pending.lookAll();
  }

  messages(link: Link, messages: readonly LinkMessage[]): void {
    for (const message of messages) {
      if (message.type === 'read') this.reads.heard(link, message);
      else if (message.type === 'own_read') this.ownReads.heard(link, message);
      else if (message.type === 'joined' || message.type === 'left') this.pending.lookAll();
    }
  }

  /** It is known now whether this is the user's first device. */
  ageKnown(): void {
    for (const conversation of this.parts.heads.conversations()) this.ownReads.marked(conversation);
  }

  /** The user has read on. */
  marked(conversation: ConversationId): void {
    this.reads.marked(conversation);
    this.ownReads.marked(conversation);
  }

  durable(advance: ReadonlyMap<ConversationId, unknown>): void {
    for (const conversation of advance.keys()) this.reads.durable(conversation);
  }

  /** @param revoked one of theirs that is not theirs any more */
  devicesChanged(username: Username, revoked?: DeviceId): void {
    const { receipts, self } = this.parts;
    receipts.reconsider(username);
    this.pending.lookAll();
    if (revoked !== undefined && sameUser(username, self.username)) this.doubtElsewhere();
  }

  close(): void {
    this.unsubscribe();
    this.reads.close();
    this.ownReads.close();
    clearTimeout(this.saving);
    this.save();
  }

  private heardElsewhere(id: ConversationId, logs: ReadonlyMap<DeviceId, number>, isWhole: boolean): boolean {
    const { store, log, readElsewhere } = this.parts;
    const kept = { isNew: false };
    try {
      store.entries.transaction(() => void (kept.isNew = store.unread.elsewhere.heard(id, logs, isWhole)));
    } catch (error) {
      log.warn(
        { err: error },
        'what was read at another device could not be kept; it is told again with the next link',
      );
      return false;
    }
    if (kept.isNew) readElsewhere(id);
    return kept.isNew;
  }

  /** A device of the user that is revoked may have been in anybody's hands, and have told of what is still to be written. */
  private doubtElsewhere(): void {
    const { store, log, readElsewhere } = this.parts;
    const lowered: ConversationId[] = [];
    try {
      store.entries.transaction(() => void lowered.push(...store.unread.elsewhere.doubt()));
    } catch (error) {
      return log.warn({ err: error }, 'what was told to be read beyond what is here could not be taken back');
    }
    for (const id of lowered) readElsewhere(id);
  }

  private personChanged({ username }: PersonView): void {
    if (this.pending.isEmpty) return;
    this.pending.lookAt(userKey(username as Username));
  }

  private saveSoon(): void {
    if (this.parts.receipts.dirty) this.saving ??= setTimeout(() => this.save(), SAVE_MS).unref();
  }

  private save(): void {
    const { receipts, store, log } = this.parts;
    this.saving = undefined;
    if (!receipts.dirty) return;
    try {
      store.entries.transaction(() => receipts.save());
    } catch (error) {
      log.warn({ err: error }, 'receipts could not be saved; they are told again by the others');
    }
  }

  private count({ remote }: Link, by: 1 | -1): void {
    const user = userKey(remote.username);
    const links = (this.linked.get(user) ?? 0) + by;
    if (links > 0) this.linked.set(user, links);
    else this.linked.delete(user);
  }

  private isOther({ remote }: Link): boolean {
    return userKey(remote.username) !== userKey(this.parts.self.username);
  }

  private shared(conversation: ConversationId, { remote, channels }: Link): boolean {
    const self = { username: this.parts.self.username, channels: this.parts.channels };
    return shares(conversation, self, { username: remote.username, channels });
  }
}
