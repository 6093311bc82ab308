/**
 * What other users hold, and have read, of this device's own log. Delivered to a user is what every known device of theirs
 * has held once; it only rises, so that nothing is taken back that a person was shown. What a device holds is what it said last:
 * by it is known who lacks something. Kept in memory, saved behind: a receipt that a crash loses is told again with the next
 * `have`.
 */
import type { LastWord } from '../mesh/ports.js';
import { userKey, type ConversationId, type DeviceId, type UserKey, type Username } from '../../protocol/ids.js';

export interface Receipt extends LastWord {
  /** Of the device, when it said so. */
  readonly epoch?: string | undefined;
}

export interface ReceiptShelf {
  receipts(id: ConversationId): Receipt[];
  saveReceipt(id: ConversationId, receipt: Receipt): void;
}

interface Mark {
  readonly user: UserKey;
  readonly delivered: number;
  readonly read: number;
}

export interface ReceiptSources {
  /** Remembers over restarts what only rises. */
  readonly marks?: { load(id: ConversationId): readonly Mark[]; save(id: ConversationId, mark: Mark): void };
  /** The devices of a user that have to hold an entry; those that said anything when it is not given, or names none. */
  readonly devicesOf?: (user: UserKey) => readonly DeviceId[];
}

type Held = Omit<Receipt, 'device'>;

interface Reached {
  delivered: number;
  read: number;
}

interface Book {
  readonly holders: Map<DeviceId, Held>;
  readonly users: Map<UserKey, Reached>;
  /** How far anybody holds it. */
  furthest: number;
  /** What `of` and `readsOf` have answered, until something rises. */
  told: { delivered?: Record<string, number>; read?: Record<string, number> };
  unsavedDevices: Set<DeviceId>;
  unsavedUsers: Set<UserKey>;
}

export class Receipts {
  private readonly books = new Map<ConversationId, Book>();
  private readonly unsaved = new Set<Book>();

  constructor(
    private readonly shelf: ReceiptShelf,
    private readonly changed: (conversation: ConversationId) => void,
    private readonly sources: ReceiptSources = {},
  ) {}

  /** A device said at some time that it holds our log up to here: in a letter, which may have been under way for long. */
  record(conversation: ConversationId, device: DeviceId, username: Username, seq: number): void {
    const held = this.load(conversation).holders.get(device);
    if (seq > (held?.seq ?? 0)) this.says(conversation, { lacks: false, ...held, device, username, seq });
  }

  /** A device says what it holds now: less than before when it has lost some, or was put back to a backup. */
  says(conversation: ConversationId, { device, username, seq, lacks, epoch }: Receipt): void {
    const book = this.load(conversation);
    const before = book.holders.get(device);
    if (seq === before?.seq && lacks === before.lacks && epoch === before.epoch) return;
    book.holders.set(device, { username, seq, lacks, epoch });
    book.unsavedDevices.add(device);
    this.unsaved.add(book);
    if (this.weigh(book, userKey(username))) this.changed(conversation);
  }

  /** A user said that they have read our log up to here. */
  read(conversation: ConversationId, user: UserKey, seq: number): void {
    const book = this.load(conversation);
    const reached = reachedBy(book, user);
    if (seq <= reached.read) return;
    reached.read = seq;
    book.told = {};
    book.unsavedUsers.add(user);
    this.unsaved.add(book);
    this.changed(conversation);
  }

  /** The devices that count for a user are others now: one was revoked. */
  reconsider(username: Username): void {
    for (const [conversation, book] of this.books) {
      if (book.users.has(userKey(username)) && this.weigh(book, userKey(username))) this.changed(conversation);
    }
  }

  /** User key → up to which `seq` all of their devices hold it. */
  of(conversation: ConversationId): Record<string, number> {
    const { told, users } = this.load(conversation);
    return (told.delivered ??= record(users, ({ delivered }) => delivered));
  }

  /** User key → up to which `seq` they have read. */
  readsOf(conversation: ConversationId): Record<string, number> {
    const { told, users } = this.load(conversation);
    return (told.read ??= record(users, ({ read }) => read));
  }

  delivered(conversation: ConversationId, user: UserKey): number {
    return this.load(conversation).users.get(user)?.delivered ?? 0;
  }

  /**
   * Up to which `seq` everybody of these users who has said anything holds it; 0: nobody has. By what their devices said last: one that has lost
   * something waits for it again, whatever was delivered before.
   */
  everywhere(conversation: ConversationId, users: ReadonlySet<UserKey>): number {
    const { users: reached, holders } = this.load(conversation);
    const told = [...reached].filter(([user]) => users.has(user));
    const lasts = told.flatMap(([user, { delivered }]) => {
      const devices = this.devicesOf(holders, user);
      return [delivered, ...devices.map((device) => holders.get(device)?.seq ?? delivered)];
    });
    return lasts.length === 0 ? 0 : Math.min(...lasts);
  }

  /** How many of a user's devices hold it up to `seq`, of how many. */
  spread(conversation: ConversationId, user: UserKey, seq: number): { holding: number; devices: number } {
    const { holders } = this.load(conversation);
    const devices = this.devicesOf(holders, user);
    return {
      holding: devices.filter((device) => (holders.get(device)?.seq ?? 0) >= seq).length,
      devices: devices.length,
    };
  }

  /** Up to which `seq` at least one other user holds it. */
  furthest(conversation: ConversationId): number {
    return this.load(conversation).furthest;
  }

  /** What a device has said last; undefined: nothing yet, or only in another epoch than the one that it is known to be in. */
  lastWord(conversation: ConversationId, device: DeviceId, epoch?: string): Omit<LastWord, 'device'> | undefined {
    const held = this.load(conversation).holders.get(device);
    return epoch === undefined || held?.epoch === epoch ? held : undefined;
  }

  /** Devices that said how far they hold it. */
  *held(conversation: ConversationId): Iterable<{ device: DeviceId; seq: number }> {
    for (const [device, { seq }] of this.load(conversation).holders) yield { device, seq };
  }

  /** Writes what is new. To be called within a transaction, now and then, and on stop. */
  save(): void {
    for (const [conversation, book] of this.books) {
      if (!this.unsaved.has(book)) continue;
      for (const device of book.unsavedDevices) {
        const held = book.holders.get(device);
        if (held) this.shelf.saveReceipt(conversation, { device, ...held });
      }
      for (const user of book.unsavedUsers) {
        const reached = book.users.get(user);
        if (reached) this.sources.marks?.save(conversation, { user, ...reached });
      }
      book.unsavedDevices = new Set();
      book.unsavedUsers = new Set();
    }
    this.unsaved.clear();
  }

  get dirty(): boolean {
    return this.unsaved.size > 0;
  }

  /** Whether more is delivered to the user than before. */
  private weigh(book: Book, user: UserKey): boolean {
    const devices = this.devicesOf(book.holders, user);
    const delivered = Math.min(...devices.map((device) => book.holders.get(device)?.seq ?? 0));
    const reached = reachedBy(book, user);
    if (!Number.isFinite(delivered) || delivered <= reached.delivered) return false;
    reached.delivered = delivered;
    book.told = {};
    book.furthest = Math.max(book.furthest, delivered);
    book.unsavedUsers.add(user);
    this.unsaved.add(book);
    return true;
  }

  private devicesOf(holders: ReadonlyMap<DeviceId, Held>, user: UserKey): readonly DeviceId[] {
    const known = this.sources.devicesOf?.(user) ?? [];
    if (known.length > 0) return known;
    return [...holders].filter(([, { username }]) => userKey(username) === user).map(([device]) => device);
  }

  private load(conversation: ConversationId): Book {
    const known = this.books.get(conversation);
    if (known) return known;
    const holders = new Map(this.shelf.receipts(conversation).map(({ device, ...held }) => [device, held] as const));
    const marks = this.sources.marks?.load(conversation) ?? [];
    const users = new Map(marks.map(({ user, delivered, read }) => [user, { delivered, read }] as const));
    const furthest = Math.max(0, ...marks.map(({ delivered }) => delivered));
    const book: Book = { holders, users, furthest, told: {}, unsavedDevices: new Set(), unsavedUsers: new Set() };
    this.books.set(conversation, book);
    for (const user of new Set([...holders.values()].map(({ username }) => userKey(username)))) this.weigh(book, user);
    return book;
  }
}

function reachedBy({ users }: Book, user: UserKey): Reached {
  let reached = users.get(user);
  if (!reached) users.set(user, (reached = { delivered: 0, read: 0 }));
  return reached;
}

/** Own members only, whatever users are called; those at 0 are left out. It is told again and again, and so frozen. */
function record(users: ReadonlyMap<UserKey, Reached>, seqOf: (reached: Reached) => number): Record<string, number> {
  const all: Record<string, number> = {};
  for (const [user, reached] of users) {
    const value = seqOf(reached);
    if (value > 0) Object.defineProperty(all, user, { value, enumerable: true, configurable: true, writable: true });
  }
  return Object.freeze(all);
}
