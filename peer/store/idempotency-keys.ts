/** Idempotency keys of posts (`client`): a post that is repeated after a lost answer finds the entry that it made. */
import type { Database, Statement } from './sqlite.js';
import type { EntryId } from '../../protocol/ids.js';

/** No window keeps an unsent message in its outbox for longer. */
const KEPT_MS = 30 * 24 * 3600_000;

export class IdempotencyKeys {
  private readonly add: Statement;
  private readonly one: Statement;

  /** @param now forgets what is older than 30 days before */
  constructor(db: Database, now: number) {
    db.prepare('DELETE FROM posted WHERE time < ?').run(now - KEPT_MS);
    this.add = db.prepare('INSERT OR IGNORE INTO posted (client, id, time) VALUES (?, ?, ?)');
    this.one = db.prepare('SELECT id FROM posted WHERE client = ?');
  }

  save(client: string, id: EntryId, now: number): void {
    this.add.run(client, id, now);
  }

  find(client: string): EntryId | undefined {
    return this.one.get(client)?.['id'] as EntryId | undefined;
  }
}
