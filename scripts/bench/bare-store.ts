/** The limit of the store: one table of SQLite with the same entries as JSON, an index over time, and one over arrival. */
import { closeSync, fdatasyncSync, openSync } from 'node:fs';
import { DatabaseSync } from '@photostructure/sqlite';
import type { Entry } from '../../protocol/entry.js';
import type { ConversationId, Username } from '../../protocol/ids.js';
import type { Database, Statement } from '../../peer/store/sqlite.js';

export class BareStore {
  private readonly db: Database;
  private readonly wal: number;
  private readonly insert: Statement;
  private readonly before: Statement;
  private readonly others: Statement;

  constructor(private readonly file: string) {
    this.db = new DatabaseSync(file);
    this.db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -32768;
      CREATE TABLE IF NOT EXISTS rows (
        n INTEGER PRIMARY KEY, conversation TEXT NOT NULL, time INTEGER NOT NULL, user TEXT NOT NULL, body TEXT NOT NULL);
      CREATE INDEX IF NOT EXISTS rows_time ON rows (conversation, time)`);
    this.insert = this.db.prepare('INSERT INTO rows (conversation, time, user, body) VALUES (?, ?, ?, ?)');
    this.before = this.db.prepare(
      'SELECT body FROM rows WHERE conversation = ? AND time < ? ORDER BY time DESC LIMIT ?',
    );
    this.others = this.db.prepare(
      'SELECT count(*) AS n FROM (SELECT 1 FROM rows WHERE conversation = ? AND user <> ? LIMIT ?)',
    );
    this.wal = openSync(`${file}-wal`, 'r+');
  }

  write(entries: readonly Entry[]): void {
    this.db.exec('BEGIN IMMEDIATE');
    for (const entry of entries)
      this.insert.run(entry.conversation, Date.parse(entry.time), entry.from, JSON.stringify(entry));
    this.db.exec('COMMIT');
  }

  sync(): void {
    fdatasyncSync(this.wal);
  }

  page(conversation: ConversationId, before: number, limit: number): Entry[] {
    return this.before.all(conversation, before, limit).map((row) => JSON.parse(row['body'] as string) as Entry);
  }

  /** How many entries of others there are, up to `limit`. */
  count(conversation: ConversationId, self: Username, limit: number): number {
    return Number(this.others.get(conversation, self, limit)?.['n']);
  }

  /** Opened anew. */
  again(): BareStore {
    this.close();
    return new BareStore(this.file);
  }

  close(): void {
    closeSync(this.wal);
    this.db.close();
  }
}
