/**
 * What `file` entries say of their bytes (SPEC.md section 7): written in the transaction of the entry itself, so that who lists the
 * files of a conversation, and who asks whether bytes are still needed, reads no other entry. An entry whose facts nobody can use
 * is not among them; one that its author took back does not count any more.
 */
import type { Entry } from '../../protocol/entry.js';
import { fileFacts } from '../../protocol/file-facts.js';
import { fileKind, type FileKind } from '../../protocol/file-types.js';
import type { ConversationId, EntryId, UserKey } from '../../protocol/ids.js';
import { blobOf, BlobTable, type BlobRow } from './blobs.js';
import type { Numbering } from './numbering.js';
import { OriginTable } from './origins.js';
import type { Database, Row, Statement } from './sqlite.js';
import { TransferTable } from './transfers.js';

/** A step of the migrations, within its transaction. */
export function filesOfOldEntries(db: Database): void {
  db.exec(`
    CREATE TABLE file_entries (
      n INTEGER PRIMARY KEY, conversation INTEGER NOT NULL, device INTEGER NOT NULL, time INTEGER NOT NULL, sha256 TEXT NOT NULL,
      kind TEXT NOT NULL
    );
    CREATE INDEX file_entries_bytes ON file_entries (sha256);
    CREATE INDEX file_entries_list ON file_entries (conversation, time, n, kind);
    -- what lies in blobs/ beside this: see blobs.ts
    CREATE TABLE blobs (
      sha256 TEXT PRIMARY KEY, size INTEGER NOT NULL, chunks TEXT NOT NULL, added INTEGER NOT NULL, opened INTEGER NOT NULL,
      pinned INTEGER NOT NULL DEFAULT 0, own INTEGER NOT NULL
    ) WITHOUT ROWID;
    -- what was asked for and is not here yet: see transfers.ts
    CREATE TABLE transfers (
      sha256 TEXT PRIMARY KEY, entry TEXT NOT NULL, state TEXT NOT NULL, added INTEGER NOT NULL
    ) WITHOUT ROWID;`);
  const rows = db.prepare(
    `SELECT n, conversation, device, time, kind, data FROM entries WHERE kind = 'file' AND n > ? ORDER BY n LIMIT ${PIECE}`,
  );
  const add = db.prepare(ADD);
  for (let after = 0; ;) {
    const piece = rows.all(after);
    for (const row of piece) {
      const facts = fileFacts({ kind: 'file', data: parsed(row['data'] as string) });
      after = Number(row['n']);
      const [conversation, device, time] = [row['conversation'], row['device'], row['time']].map(Number);
      if (facts) add.run(after, conversation ?? 0, device ?? 0, time ?? 0, facts.sha256, fileKind(facts.mime));
    }
    if (piece.length < PIECE) return;
  }
}

const PIECE = 1_000;
const ADD = 'INSERT INTO file_entries (n, conversation, device, time, sha256, kind) VALUES (?, ?, ?, ?, ?, ?)';
const LIVES = 'NOT EXISTS (SELECT 1 FROM deleted d WHERE d.n = f.n)';
/** In one of these conversations (?1), of none of these devices (?2). Both are lists of numbers. */
const SEEN = `f.conversation IN (SELECT value FROM json_each(?1)) AND f.device NOT IN (SELECT value FROM json_each(?2)) AND ${LIVES}`;
/** Entries of one content that are looked at: enough to find one that somebody serves. */
const ENTRIES_MAX = 1_000;

/** What is no JSON is found and repaired by whoever reads it. */
function parsed(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}

/** What of all that is here the user may see. */
export interface FileScope {
  readonly conversations: readonly ConversationId[];
  /** Users whose files are left out. */
  readonly but?: readonly UserKey[];
}

export interface FileRequest extends FileScope {
  readonly kind?: FileKind | undefined;
  /** The last one of the page before. */
  readonly before?: EntryId | undefined;
  readonly limit: number;
}

export interface FileParts {
  /** A row that is here, checked. */
  readonly byRow: (n: number) => Entry | undefined;
  readonly rowOf: (id: EntryId) => number | undefined;
  /** Told of an error of what nobody waits for. */
  readonly failed?: (error: unknown) => void;
}

export class FileStore {
  readonly blobs: BlobTable;
  readonly transfers: TransferTable;
  readonly origins: OriginTable;
  private readonly statements: Record<
    'add' | 'list' | 'place' | 'of' | 'lives' | 'usage' | 'unseen' | 'unneeded',
    Statement
  >;

  constructor(
    db: Database,
    private readonly numbers: Numbering,
    private readonly parts: FileParts,
  ) {
    this.blobs = new BlobTable(db, (error) => parts.failed?.(error));
    this.transfers = new TransferTable(db);
    this.origins = new OriginTable(db, numbers, parts.rowOf);
    this.statements = {
      add: db.prepare(ADD),
      list: db.prepare(
        `SELECT f.n FROM file_entries f WHERE f.conversation IN (SELECT value FROM json_each(?1)) AND (f.time, f.n) < (?2, ?3)
           AND (?4 IS NULL OR f.kind = ?4) AND f.device NOT IN (SELECT value FROM json_each(?5)) AND ${LIVES}
           ORDER BY f.time DESC, f.n DESC LIMIT ?6`,
      ),
      place: db.prepare('SELECT time, n, sha256 FROM file_entries WHERE n = ?'),
      of: db.prepare(
        `SELECT f.n FROM file_entries f WHERE f.sha256 = ? AND ${LIVES} ORDER BY f.n DESC LIMIT ${ENTRIES_MAX}`,
      ),
      lives: db.prepare(`SELECT 1 FROM file_entries f WHERE f.sha256 = ? AND ${LIVES} LIMIT 1`),
      usage: db.prepare(
        `SELECT conversation, count(*) AS files, sum(size) AS bytes FROM (
           SELECT DISTINCT f.conversation, f.sha256, b.size FROM blobs b JOIN file_entries f ON f.sha256 = b.sha256
             WHERE ${SEEN}) GROUP BY conversation ORDER BY bytes DESC`,
      ),
      unseen: db.prepare(
        `SELECT * FROM blobs b WHERE EXISTS (SELECT 1 FROM file_entries f WHERE f.sha256 = b.sha256)
           AND NOT EXISTS (SELECT 1 FROM file_entries f WHERE f.sha256 = b.sha256 AND ${SEEN})`,
      ),
      unneeded: db.prepare(
        `SELECT sha256 FROM (SELECT sha256 FROM blobs UNION SELECT sha256 FROM transfers) b
           WHERE EXISTS (SELECT 1 FROM file_entries f WHERE f.sha256 = b.sha256)
           AND NOT EXISTS (SELECT 1 FROM file_entries f WHERE f.sha256 = b.sha256 AND ${LIVES})`,
      ),
    };
  }

  /** To be called for each row that is inserted, within its transaction. */
  inserted(entry: Entry, n: number): void {
    const facts = fileFacts(entry);
    if (!facts) return;
    const c = this.numbers.conversation(entry.conversation);
    const d = this.numbers.device(entry.device, entry.from);
    this.statements.add.run(n, c, d, Date.parse(entry.time), facts.sha256, fileKind(facts.mime));
  }

  /** Newest first. `more`: there are older ones. A `before` that is no file here: from the newest on. */
  list({ kind, before, limit, ...scope }: FileRequest): { entries: Entry[]; more: boolean } {
    const { list, place } = this.statements;
    const [conversations, devices] = this.places(scope);
    const row = before === undefined ? undefined : this.parts.rowOf(before);
    const end = row === undefined ? undefined : place.get(row);
    const from = [Number(end?.['time'] ?? Number.MAX_SAFE_INTEGER), Number(end?.['n'] ?? Number.MAX_SAFE_INTEGER)];
    const rows = list.all(conversations, ...from, kind ?? null, devices, limit + 1);
    return { entries: this.read(rows.slice(0, limit)), more: rows.length > limit };
  }

  /** The entries that show these bytes and were not taken back, the last that came first. */
  entriesOf(sha256: string): Entry[] {
    return this.read(this.statements.of.all(sha256));
  }

  /** Whether an entry that was not taken back shows these bytes. */
  isNeeded(sha256: string): boolean {
    return this.statements.lives.get(sha256) !== undefined;
  }

  /**
   * What is here, or was asked for, and is shown by no entry any more, since all that did were taken back.
   * @param changed only what one of these entries shows
   */
  unneeded(changed?: readonly EntryId[]): string[] {
    const { unneeded, place } = this.statements;
    if (!changed) return unneeded.all().map((row) => row['sha256'] as string);
    const shown = changed.flatMap((id) => {
      const row = this.parts.rowOf(id);
      return (row === undefined ? undefined : place.get(row)?.['sha256']) ?? [];
    });
    return [...new Set(shown as string[])].filter(
      (sha256) => !this.isNeeded(sha256) && (this.blobs.get(sha256) ?? this.transfers.get(sha256)),
    );
  }

  /** What lies here of each conversation; the most first. What two of them show counts in both. */
  usage(scope: FileScope): { conversation: ConversationId; files: number; bytes: number }[] {
    return this.statements.usage.all(...this.places(scope)).flatMap((row) => {
      const conversation = this.numbers.conversationId(Number(row['conversation']));
      return conversation ? [{ conversation, files: Number(row['files']), bytes: Number(row['bytes']) }] : [];
    });
  }

  /** What lies here and was shown, but nowhere where the user may see it. */
  unseen(scope: FileScope): BlobRow[] {
    return this.statements.unseen.all(...this.places(scope)).map(blobOf);
  }

  private places({ conversations, but = [] }: FileScope): [conversations: string, devices: string] {
    const known = conversations.flatMap((id) => this.numbers.conversationIfKnown(id) ?? []);
    return [JSON.stringify(known), JSON.stringify(this.numbers.devicesOf(but))];
  }

  private read(rows: readonly Row[]): Entry[] {
    return rows.flatMap((row) => this.parts.byRow(Number(row['n'])) ?? []);
  }
}
