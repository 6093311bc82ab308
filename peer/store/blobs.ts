/** What is known of the blobs that are here: which may be cleaned, and in which order. The bytes lie beside the history. */
import type { Username } from '../../protocol/ids.js';
import type { Database, Row, Statement } from './sqlite.js';

export interface BlobRow {
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  readonly chunks: string;
  /** Milliseconds since 1970. */
  readonly added: number;
  /** When somebody here last looked at it; when it came, if nobody did. */
  readonly opened: number;
  readonly pinned: boolean;
  /** It was given by this user: perhaps nobody else has it. */
  readonly own: boolean;
}

type Found = Pick<BlobRow, 'sha256' | 'size' | 'chunks'>;

export class BlobTable {
  private readonly statements: Record<
    'add' | 'remove' | 'forget' | 'strays' | 'open' | 'pin' | 'all' | 'one' | 'isOwn' | 'abandoned',
    Statement
  >;

  constructor(
    private readonly db: Database,
    private readonly failed: (error: unknown) => void,
  ) {
    this.statements = {
      add: db.prepare(
        `INSERT INTO blobs (sha256, size, chunks, added, opened, own) VALUES (?1, ?2, ?3, ?4, ?4, ?5)
           ON CONFLICT DO UPDATE SET size = excluded.size, chunks = excluded.chunks, own = max(own, excluded.own)`,
      ),
      remove: db.prepare('DELETE FROM blobs WHERE sha256 = ?'),
      forget: db.prepare('DELETE FROM blob_origins WHERE sha256 = ?'),
      strays: db.prepare('DELETE FROM blob_origins WHERE sha256 NOT IN (SELECT sha256 FROM blobs)'),
      open: db.prepare('UPDATE blobs SET opened = max(opened, ?) WHERE sha256 = ?'),
      pin: db.prepare('UPDATE blobs SET pinned = ? WHERE sha256 = ?'),
      all: db.prepare('SELECT * FROM blobs'),
      one: db.prepare('SELECT * FROM blobs WHERE sha256 = ?'),
      isOwn: db.prepare(
        `SELECT 1 FROM file_entries f JOIN devices d ON d.n = f.device WHERE f.sha256 = ? AND lower(d.username) = lower(?)`,
      ),
      abandoned: db.prepare(
        `SELECT sha256 FROM blobs b WHERE added < ? AND pinned = 0
           AND NOT EXISTS (SELECT 1 FROM file_entries f WHERE f.sha256 = b.sha256)`,
      ),
    };
  }

  /** It is complete and durable. What is known of it already stays. @throws ParleyError as every write */
  add({ sha256, size, chunks }: Found, own: boolean, now: number): void {
    this.statements.add.run(sha256, size, chunks, now, own ? 1 : 0);
  }

  /** The bytes are gone, and through which conversations they came does not matter any more. @throws ParleyError as every write */
  remove(sha256: string): void {
    this.statements.remove.run(sha256);
    this.statements.forget.run(sha256);
  }

  /** Somebody looks at it. Never throws: whoever looks does not wait for it. */
  opened(sha256: string, now: number): void {
    try {
      this.statements.open.run(now, sha256);
    } catch (error) {
      this.failed(error);
    }
  }

  /** A pinned one is never cleaned. @throws ParleyError as every write */
  pin(sha256: string, pinned: boolean): void {
    this.statements.pin.run(pinned ? 1 : 0, sha256);
  }

  get(sha256: string): BlobRow | undefined {
    const row = this.statements.one.get(sha256);
    return row && blobOf(row);
  }

  all(): BlobRow[] {
    return this.statements.all.all().map(blobOf);
  }

  /** Taken in before this time for an entry that was never written. */
  abandoned(before: number): string[] {
    return this.statements.abandoned.all(before).map((row) => row['sha256'] as string);
  }

  /** Makes the table say what the disk says: the history may be older than the blobs, or was made anew. */
  reconcile(found: readonly Found[], self: Username, now: number): void {
    const here = new Set(found.map(({ sha256 }) => sha256));
    const known = new Set(this.all().map(({ sha256 }) => sha256));
    this.db.exec('BEGIN IMMEDIATE');
    try {
      for (const sha256 of known) if (!here.has(sha256)) this.remove(sha256);
      for (const one of found) {
        if (!known.has(one.sha256)) this.add(one, this.statements.isOwn.get(one.sha256, self) !== undefined, now);
      }
      this.statements.strays.run();
      this.db.exec('COMMIT');
    } catch (error) {
      if (this.db.isTransaction) this.db.exec('ROLLBACK');
      throw error;
    }
  }
}

export function blobOf(row: Row): BlobRow {
  return {
    sha256: row['sha256'] as string,
    size: Number(row['size']),
    chunks: row['chunks'] as string,
    added: Number(row['added']),
    opened: Number(row['opened']),
    pinned: Number(row['pinned']) === 1,
    own: Number(row['own']) === 1,
  };
}
