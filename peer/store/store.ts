/** The peer's history and what belongs to it, in one SQLite database. One object a peer; no part of it is global. */
import type { Entry } from '../../protocol/entry.js';
import type { ConversationId, EntryId } from '../../protocol/ids.js';
import { ParleyError } from '../../protocol/errors.js';
import { CertificateStore } from './certificates.js';
import { ContactStore } from './contacts.js';
import { ConversationStore } from './conversations.js';
import { Durability } from './durability.js';
import { EntryStore } from './entries.js';
import { Indexer } from './indexer.js';
import { MailboxMarks } from './mailbox-marks.js';
import { Maintenance, type Timers } from './maintenance.js';
import { Numbering } from './numbering.js';
import { openDatabase, type OpenDatabase } from './open.js';
import { MarkStore } from './marks.js';
import { PostedStore } from './posted.js';
import { RevocationStore } from './revocations.js';
import { SearchIndex } from './search.js';

export interface StoreOptions {
  readonly directory: string;
  readonly now: number;
  readonly timers: Timers;
  /** Told of an error of background work. */
  readonly failed: (error: unknown) => void;
}

export class Store {
  readonly entries: EntryStore;
  readonly certificates: CertificateStore;
  readonly conversations: ConversationStore;
  readonly contacts: ContactStore;
  readonly posted: PostedStore;
  readonly marks: MarkStore;
  readonly revocations: RevocationStore;
  readonly mail: MailboxMarks;
  readonly durability: Durability;
  private readonly database: OpenDatabase;
  private readonly indexer: Indexer;
  private readonly words: SearchIndex;
  private readonly maintenance: Maintenance;

  constructor({ directory, now, timers, failed }: StoreOptions) {
    this.database = openDatabase(directory);
    const { db, walFile } = this.database;
    const numbers = new Numbering(db);
    this.entries = new EntryStore(db, numbers);
    this.certificates = new CertificateStore(db, numbers);
    this.conversations = new ConversationStore(db, numbers);
    this.contacts = new ContactStore(db);
    this.posted = new PostedStore(db, now);
    this.mail = new MailboxMarks(db);
    this.marks = new MarkStore(db, numbers);
    this.revocations = new RevocationStore(db);
    this.indexer = new Indexer(db);
    this.words = new SearchIndex(db);
    // Opened last: by now something was written, so that the WAL file exists.
    this.durability = new Durability(walFile);
    this.maintenance = new Maintenance(db, walFile, this.indexer, timers, failed);
  }

  /** To be called after each commit, so that the indexes follow. */
  committed(): void {
    this.maintenance.committed();
  }

  entry(id: EntryId): Entry | undefined {
    const n = this.indexer.rowOf(id);
    return n === undefined ? undefined : this.entries.byRow(n);
  }

  /** At most `limit` entries before `before` (or the newest), oldest first. @throws ParleyError not_found */
  page(conversation: ConversationId, before: EntryId | undefined, limit: number): { entries: Entry[]; more: boolean } {
    const mark = before === undefined ? undefined : this.entry(before);
    if (before !== undefined && mark?.conversation !== conversation) throw new ParleyError('not_found');
    const entries = this.entries.page(conversation, mark, limit + 1);
    const more = entries.length > limit;
    return { entries: more ? entries.slice(1) : entries, more };
  }

  /** Newest first. */
  search(query: string, limit: number): Entry[] {
    // What the idle indexer has not reached yet is little; a bounded piece of it is indexed now.
    for (let i = 0; i < 8 && this.indexer.step(); i++);
    return this.words.rows(query, limit).flatMap((n) => this.entries.byRow(n) ?? []);
  }

  close(): void {
    this.maintenance.stop();
    this.durability.close();
    this.database.close();
  }
}
