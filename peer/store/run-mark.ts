/**
 * The latest mark of this device's lineage (peer/identity/lineage.ts), within the history itself: a history that was put back
 * to an old copy then differs from what stands beside it.
 */
import type { RunMark } from '../identity/lineage.js';
import type { Database, Statement } from './sqlite.js';
import type { Durability } from './durability.js';
import type { Transactions } from './transactions.js';

export class RunMarkStore {
  private readonly one: Statement;
  private readonly put: Statement;

  constructor(
    db: Database,
    private readonly transactions: Transactions,
    private readonly durability: () => Durability,
  ) {
    this.one = db.prepare('SELECT mark, before FROM run_mark');
    this.put = db.prepare('INSERT OR REPLACE INTO run_mark (one, mark, before) VALUES (1, ?, ?)');
  }

  get(): RunMark | undefined {
    const row = this.one.get();
    return row && { mark: row['mark'] as string, before: (row['before'] ?? undefined) as string | undefined };
  }

  /** Durable when it resolves. @throws ParleyError `storage_full`, `storage_failed`; the disk's error */
  async set({ mark, before }: RunMark): Promise<void> {
    this.transactions.run(() => void this.put.run(mark, before ?? null));
    await new Promise<void>((resolve, reject) => {
      this.durability().sync((error) => (error ? reject(error) : resolve()));
    });
  }
}
