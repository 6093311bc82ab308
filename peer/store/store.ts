/** The peer's history and what belongs to it, in one SQLite database. One object a peer; no part of it is global. */
import { statfs } from 'node:fs/promises';
import type { Entry } from '../../protocol/entry.js';
import type { ConversationId, DeviceId, EntryId, UserKey } from '../../protocol/ids.js';
import { ParleyError } from '../../protocol/errors.js';
import { relatedTo, type Related, type RelatedSources } from '../../protocol/related.js';
import { KnownAccountStore } from './accounts.js';
import { Arrivals } from './arrivals.js';
import { BucketStore } from './buckets.js';
import { CertificateStore } from './certificates.js';
import { ContactStore } from './contacts.js';
import { ConversationStore } from './conversations.js';
import { cutRows, hasCutRows } from './cut-rows.js';
import { Durability } from './durability.js';
import { EntryStore } from './entries.js';
import { FileStore } from './files.js';
import { Indexer } from './indexer.js';
import { MailboxMarks } from './mailbox-marks.js';
import { Maintenance, type Behind, type Timers } from './maintenance.js';
import { Pruning } from './pruning.js';
import { noteDamage, type Repaired } from './repair.js';
import { Numbering } from './numbering.js';
import { openDatabase, type OpenDatabase, type OpenOptions } from './open.js';
import { MarkStore } from './marks.js';
import { IdempotencyKeys } from './idempotency-keys.js';
import { ProfileStore } from './profiles.js';
import { Proof } from './proof.js';
import { RewriteStore, type Fork } from './rewrites.js';
import { StatedStore } from './stated.js';
import { RunMarkStore } from './run-mark.js';
import { hasFreeSpace } from './free-space.js';
import { Verification } from './verification.js';
import { Finder } from './finder.js';
import { RelationStore, type Hides, type StoredFact } from './relations.js';
import { Timeline, type Page, type Place } from './timeline.js';
import { Transactions } from './transactions.js';
import { UnreadStore } from './unread.js';
import { Vacuum } from './vacuum.js';
import { Words } from './words.js';
import type { Found, SearchRequest } from '../services.js';

/** Rows whose ids are kept in memory before they are indexed without waiting for a pause. */
const TAIL_MAX = 200_000;

export interface StoreOptions extends Pick<OpenOptions, 'directory' | 'now' | 'cacheKib'> {
  /** This device has a key already: a history that is gone is a damaged one. */
  readonly keyed?: boolean;
  readonly timers: Timers;
  /** Told of an error of background work. */
  readonly failed: (error: unknown) => void;
  /** Told once that the history is damaged: nothing here can be relied upon, and the next opening mends it. */
  readonly damaged?: (error: unknown) => void;
}

export class Store {
  /** What was found, and done, where the history was damaged. */
  readonly repaired: Repaired | undefined;
  readonly entries: EntryStore;
  readonly files: FileStore;
  readonly pruning: Pruning;
  readonly relations: RelationStore;
  readonly timeline: Timeline;
  readonly arrivals: Arrivals;
  readonly certificates: CertificateStore;
  readonly conversations: ConversationStore;
  readonly unread: UnreadStore;
  readonly contacts: ContactStore;
  readonly knownAccounts: KnownAccountStore;
  readonly idempotencyKeys: IdempotencyKeys;
  readonly marks: MarkStore;
  readonly buckets: BucketStore;
  readonly profiles: ProfileStore;
  readonly stated: StatedStore;
  readonly mail: MailboxMarks;
  readonly runMark: RunMarkStore;
  readonly rewrites: RewriteStore;
  readonly durability: Durability;
  private readonly database: OpenDatabase;
  private readonly numbers: Numbering;
  private readonly indexer: Indexer;
  private readonly behind: Behind;
  private readonly finder: Finder;
  private readonly maintenance: Maintenance;
  private readonly verification: Verification;
  private isDamaged = false;
  private readonly sources: RelatedSources<StoredFact> = {
    folded: (entry) => this.relations.of(entry),
    entryOf: ({ n }) => this.entries.byRow(n),
    entry: (id) => this.entry(id),
  };

  /** @throws ParleyError as `openDatabase` */
  constructor(private readonly options: StoreOptions) {
    const { directory, keyed = false, now, cacheKib, timers, failed } = options;
    const damaged = (error: unknown): void => void this.damage(error);
    this.database = openDatabase({ directory, keyed, now, cacheKib, damaged });
    try {
      const { db, walFile, repaired, unclean } = this.database;
      this.repaired = repaired;
      const numbers = (this.numbers = new Numbering(db));
      const transactions = new Transactions(db, numbers);
      const indexer = new Indexer(db);
      const rowOf = (id: EntryId): number | undefined => indexer.rowOf(id);
      this.indexer = indexer;
      this.relations = new RelationStore(db, numbers, rowOf);
      transactions.accompany({
        undone: () => {
          for (const part of [indexer, this.entries.placement, this.relations, this.arrivals, this.pruning])
            part.undone();
        },
      });
      this.entries = new EntryStore(db, numbers, transactions, {
        corrupt: (what) => this.damage(new Error(what)),
        cut: cutRows(db),
        inserted: (entry, n) => {
          indexer.inserted(entry.id, n);
          this.relations.inserted(entry, n);
          this.files.inserted(entry, n);
          this.arrivals.inserted(n);
          this.pruning.inserted(entry);
        },
      });
      this.files = new FileStore(db, numbers, { byRow: (n) => this.entries.byRow(n), rowOf, failed });
      this.timeline = new Timeline(db, numbers, this.entries, (id) => this.entry(id), rowOf);
      this.arrivals = new Arrivals(db, this.entries);
      this.certificates = new CertificateStore(db, numbers, transactions);
      this.conversations = new ConversationStore(db, numbers);
      this.unread = new UnreadStore(db, numbers);
      this.contacts = new ContactStore(db, failed);
      this.knownAccounts = new KnownAccountStore(db, failed);
      this.idempotencyKeys = new IdempotencyKeys(db, now);
      this.mail = new MailboxMarks(db);
      this.rewrites = new RewriteStore(db);
      this.runMark = new RunMarkStore(db, transactions, () => this.durability);
      this.marks = new MarkStore(db, numbers);
      this.buckets = new BucketStore(db, numbers);
      this.profiles = new ProfileStore(db, numbers, this.entries);
      this.stated = new StatedStore(db);
      const words = new Words(db, numbers, this.entries, this.relations, rowOf);
      this.pruning = new Pruning(db, numbers, transactions, {
        ...{ entries: this.entries, relations: this.relations, files: this.files, words, rowOf },
      });
      this.finder = new Finder({ db, numbers, words, store: this });
      const vacuum = new Vacuum(db);
      this.behind = {
        step: () => indexer.step() || words.step() || vacuum.step(),
        tooMuch: () => indexer.backlog > TAIL_MAX,
      };
      // Opened last: by now something was written, so that the WAL file exists.
      this.durability = new Durability(walFile);
      const yieldTo = (run: () => void): void => this.durability.yieldTo(run);
      this.maintenance = new Maintenance({ db, walFile, behind: this.behind, timers, yieldTo, failed });
      const proof = new Proof((device) => this.certificates.pems(device));
      this.verification = new Verification({
        after: (n, limit) => this.entries.after(n, limit),
        isCut: (n) => this.entries.isCut(n),
        proof,
        timers,
        damaged,
        failed,
      });
      if (unclean) this.verification.start();
    } catch (error) {
      this.database.close();
      throw error;
    }
  }

  /** Somebody was served what cannot be right: everything is looked at again. */
  suspect(): void {
    this.verification.start();
  }

  /** What is free on the disk to this process, and all that it has. Bytes. Rejects where the system cannot tell. */
  async space(): Promise<{ free: number; size: number }> {
    const { bavail, blocks, bsize } = await statfs(this.options.directory);
    return { free: bavail * bsize, size: blocks * bsize };
  }

  /** Whether a disk that was full has room again. */
  hasFreeSpace(): Promise<boolean> {
    return hasFreeSpace(this.options.directory);
  }

  /** Whether an earlier version has cut something that a device wrote: its log can be served up to there alone. */
  hasCut(device: DeviceId): boolean {
    return hasCutRows(this.database.db, device);
  }

  /** This device goes on under a new key: what was known of its old logs at others is not true of its new ones. */
  forgetOwnLogs(): void {
    this.forget('receipts', 'marks', 'mailed', 'run_mark');
  }

  /** How many authorities have come to their end. To be told before anything is asked. */
  setEra(era: number): void {
    this.numbers.era = era;
  }

  /** The authority comes to its end: its devices are not dialled any more, and no mailbox of theirs is left. */
  forgetAddresses(): void {
    this.forget('contacts', 'mail_owed', 'known_accounts');
  }

  private forget(...tables: readonly string[]): void {
    this.entries.transaction(() => {
      for (const table of tables) this.database.db.exec(`DELETE FROM ${table}`);
    });
  }

  /** To be called after each commit, so that the indexes follow. */
  committed(): void {
    this.maintenance.committed();
  }

  /** Does one slice of what is indexed in pauses. Returns whether there is more. */
  indexSlice(): boolean {
    return this.behind.step();
  }

  rowOf(id: EntryId): number | undefined {
    return this.indexer.rowOf(id);
  }

  entry(id: EntryId): Entry | undefined {
    const n = this.rowOf(id);
    return n === undefined ? undefined : this.entries.byRow(n);
  }

  /** Rows of a conversation, oldest first. @throws ParleyError not_found when the place is none of its rows */
  page(conversation: ConversationId, place: Place | undefined, limit: number, but?: readonly UserKey[]): Page {
    return this.timeline.page(conversation, place ?? {}, limit, but);
  }

  /** How an entry looks by what was said of it, but by whom `hides` names; undefined for as it was written. */
  related(entry: Entry, hides?: Hides): Related | undefined {
    if (this.relations.isPlain(entry)) return undefined;
    const folded = (about: Entry): ReturnType<RelationStore['of']> => this.relations.of(about, hides);
    const related = relatedTo(entry, hides ? { ...this.sources, folded, hides } : this.sources);
    if (related?.deleted || !this.numbers.isFormer(entry.device)) return related;
    return { ...related, former: true };
  }

  /** The last pinned first. */
  pins(conversation: ConversationId, limit: number, hides?: Hides): Entry[] {
    const pins: Entry[] = [];
    for (const id of this.relations.pinned(conversation, hides)) {
      const entry = this.entry(id);
      if (entry?.conversation !== conversation || hides?.(entry.from)) continue;
      if (!this.relations.of(entry, hides)?.pinned) continue;
      if (pins.push(entry) === limit) break;
    }
    return pins;
  }

  /** Newest first. Takes turns with the event loop. */
  search(request: SearchRequest): Promise<Found> {
    return this.finder.search(request);
  }

  close(): void {
    this.maintenance.stop();
    this.verification.stop();
    this.finder.close();
    if (!this.isDamaged) this.emptyLog();
    this.durability.close();
    this.database.close();
  }

  /** Everything into the database file: an empty log at the next opening says that this was a proper end. */
  private emptyLog(): void {
    try {
      this.database.db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    } catch (error) {
      // No room, perhaps: what is in the log stays there, and is read from there.
      this.options.failed(error);
    }
  }

  /** Others hold another entry than we in this place of an own log: ours are taken out at the next opening. Durable. */
  noteFork(fork: Fork): void {
    noteDamage(this.options.directory, 'Others hold other entries in places of a log of ours.', Date.now(), [fork]);
  }

  private damage(error: unknown): Error {
    const { directory, damaged, failed, now } = this.options;
    if (!this.isDamaged) {
      this.isDamaged = true;
      try {
        noteDamage(directory, String(error), now);
      } catch (problem) {
        failed(problem);
      }
      damaged?.(error);
    }
    return new ParleyError('storage_damaged', undefined, { cause: error });
  }
}
