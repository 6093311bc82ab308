/**
 * What is unread in one conversation. The count is kept in memory and moved with each commit, so that an event costs nothing however
 * much is unread; what is looked up in the history, and marked there, takes turns with all else.
 */
import type { Entry } from '../../protocol/entry.js';
import { isMessage } from '../../protocol/entry-kinds.js';
import { isParleyError } from '../../protocol/errors.js';
import { sameUser, userKey, type ConversationId, type EntryId, type Username } from '../../protocol/ids.js';
import { compareShown } from '../../protocol/order.js';
import { callsUser } from '../../protocol/relations.js';
import type { PeerEmitter } from '../services.js';
import type { ChosenPeople } from '../settings/chosen-people.js';
import type { Elsewhere } from '../store/elsewhere.js';
import type { Reading } from '../store/reading.js';
import type { Store } from '../store/store.js';
import type { TimelinePlace } from '../store/unread.js';
import { UNREAD_MAX, type Counting, type Step, type UnreadCount } from '../store/unread-count.js';
import type { BlockFilter } from './block-filter.js';
import { Marking } from './marking.js';
import type { Turns } from './turns.js';

export interface UnreadParts {
  readonly self: { readonly username: Username };
  readonly store: Pick<Store, 'entries' | 'entry' | 'page' | 'timeline' | 'unread'>;
  readonly events: PeerEmitter;
  readonly delivery: { marked(id: ConversationId): void };
  /** Of whom nothing counts: blocked and muted people. */
  readonly personal: { readonly people: Pick<ChosenPeople, 'isSilent' | 'silent'> };
  readonly filter: Pick<BlockFilter, 'latest'>;
  /** What stands before this time, ms, is older than this device of a user who has others; 0: it is their first one. */
  readonly older: () => number;
}

const NOTHING: UnreadCount = { unread: 0, mentions: 0 };
const ENDED: Step = { looked: 0, isMore: false };

export class Unread {
  private told = NOTHING;
  private elsewhere: Elsewhere;
  private line: EntryId | undefined;
  /** It is looked up when it is asked for. */
  private isDoubted = false;
  /** It is being looked up, in several turns; until then it stays what it was. */
  private counting: Counting | undefined;
  /** Of what came meanwhile. */
  private came = NOTHING;
  /** What was read elsewhere is another now: where the window begins to show moves with it, once it is counted. */
  private movesLine = false;
  private readonly marking = new Marking();
  private isClosed = false;

  constructor(
    private readonly id: ConversationId,
    private readonly parts: UnreadParts,
    private readonly turns: Turns,
  ) {
    this.line = parts.store.unread.readUpTo(id);
    this.elsewhere = parts.store.unread.elsewhere.of(id);
    this.count();
    // So far: rather too little for a moment than nothing.
    if (this.counting) this.told = this.counting.count;
  }

  /** @throws what the store throws */
  get view(): UnreadCount & { readonly readUpTo: EntryId | undefined } {
    if (this.isDoubted) this.count();
    return { ...this.told, readUpTo: this.line };
  }

  /** Resolves once it is durable. Rejects with what the store throws. @param upTo a row of this conversation */
  markRead(upTo: Entry): Promise<void> {
    return this.marking.read(upTo, (last) => this.read(last));
  }

  /** As `markRead`. */
  markUnread(from: Entry): Promise<void> {
    return this.marking.unread(() => this.unread(from));
  }

  /** A shown entry was committed. */
  entry(entry: Entry): void {
    const { self, personal } = this.parts;
    const isMany = this.told.unread >= UNREAD_MAX;
    if (!isMessage(entry) || (isMany && !this.counting) || this.isReadElsewhere(entry)) return;
    if (sameUser(entry.from, self.username) || personal.people.isSilent(userKey(entry.from))) return;
    const one = { unread: 1, mentions: callsUser(entry, self.username) ? 1 : 0 };
    if (!isMany) this.told = sum(this.told, one);
    if (this.counting) this.came = sum(this.came, one);
  }

  /** Something was taken back, or stands elsewhere. */
  doubt(): void {
    this.isDoubted = true;
  }

  /** What was read at another device of the user is another now. @returns whether another number is told */
  heard(): boolean {
    this.elsewhere = this.parts.store.unread.elsewhere.of(this.id);
    this.movesLine = true;
    return this.count();
  }

  /** At once where little is to be looked at; else it is told of later. @returns whether another number is told now */
  count(): boolean {
    const { store, self, personal, older, events } = this.parts;
    const before = this.told.unread;
    const counting = store.unread.counting(this.id, userKey(self.username), personal.people.silent(), older());
    this.counting = counting;
    this.isDoubted = false;
    this.came = NOTHING;
    // Not if it is counted anew meanwhile.
    const isCurrent = (): boolean => this.counting === counting && !this.isClosed;
    const later = counting && this.turns.run({ step: (rows) => (isCurrent() ? counting.step(rows) : ENDED) });
    if (!later) this.counted(counting);
    else
      later
        .then(() => {
          if (!isCurrent()) return;
          this.counted(counting);
          events.emit('conversation', this.id);
        })
        .catch(() => {
          // Whoever asks for it next is told what is wrong.
          if (!this.isClosed) this.isDoubted = true;
        });
    return before !== this.told.unread;
  }

  /** The user has left the conversation. */
  close(): void {
    this.isClosed = true;
  }

  private counted(counting: Counting | undefined): void {
    const before = this.told.unread;
    this.told = sum(counting?.count ?? NOTHING, this.came);
    this.counting = undefined;
    const isKnown = this.told.unread === 0 || counting?.first !== undefined;
    if (this.movesLine && before !== this.told.unread && isKnown) this.moveLine(counting?.first);
    this.movesLine = false;
  }

  private read(entry: Entry): Promise<void> | undefined {
    const { store } = this.parts;
    if (this.isDoubted) this.count();
    if (this.told.unread === 0 && !this.counting) return undefined;
    // What arrived late stands above what was read before: the line between them does not go back.
    const read = this.line && store.entry(this.line);
    const line = read && compareShown(read, entry) > 0 ? read.id : entry.id;
    let reading: Reading | undefined;
    const step = (rows: number): Step => {
      let done = ENDED;
      store.entries.transaction(() => {
        reading ??= store.unread.reading(this.id, placeOf(entry), line);
        done = reading.step(rows);
      });
      return done;
    };
    const later = this.turns.run({ step });
    if (later)
      return later.then(
        () => this.wasRead(),
        (error: unknown) => {
          // A part of it is read.
          this.doubt();
          throw error;
        },
      );
    this.wasRead();
    return undefined;
  }

  private wasRead(): void {
    const { store, delivery, events } = this.parts;
    this.count();
    this.line = store.unread.readUpTo(this.id);
    this.elsewhere = store.unread.elsewhere.of(this.id);
    delivery.marked(this.id);
    if (!this.isClosed) events.emit('conversation', this.id);
  }

  private unread(entry: Entry): void {
    const { store, events } = this.parts;
    const read = this.line && store.entry(this.line);
    const isKept = !read || compareShown(read, entry) < 0;
    const upTo = isKept ? this.line : store.page(this.id, { before: entry.id }, 1).entries[0]?.id;
    store.entries.transaction(() => store.unread.markUnread(this.id, placeOf(entry), upTo));
    this.count();
    this.line = upTo;
    if (!this.isClosed) events.emit('conversation', this.id, 'unread');
  }

  /** To just before the first entry that is unread now; never back. @param first its place, ms; undefined where nothing is unread */
  private moveLine(first: number | undefined): void {
    const { store, filter } = this.parts;
    const line = first === undefined ? filter.latest(this.id) : store.timeline.lastBefore(this.id, first);
    const read = this.line && store.entry(this.line);
    if (!line || (read && compareShown(line, read) <= 0)) return;
    try {
      store.entries.transaction(() => store.unread.moveLine(this.id, line.id));
    } catch (error) {
      // For instance the disk is full. It is only where a window begins to show.
      if (!isParleyError(error)) throw error;
      return;
    }
    this.line = line.id;
  }

  private isReadElsewhere({ device, seq, at, time }: Entry): boolean {
    const { logs, isWhole } = this.elsewhere;
    return seq <= (logs.get(device) ?? 0) || (!isWhole && Date.parse(at ?? time) < this.parts.older());
  }
}

const placeOf = ({ device, seq, at, time }: Entry): TimelinePlace => ({ device, seq, time: Date.parse(at ?? time) });

function sum(a: UnreadCount, b: UnreadCount): UnreadCount {
  return { unread: Math.min(a.unread + b.unread, UNREAD_MAX), mentions: a.mentions + b.mentions };
}
