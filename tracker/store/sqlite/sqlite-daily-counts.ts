import type { UserKey } from '../../../protocol/ids.js';
import type { Counted, DailyCounts } from '../tracker-store.js';
import type { Database } from './database.js';
import type { GroupedWrites } from './grouped-writes.js';

export class SqliteDailyCounts implements DailyCounts {
  readonly #take;

  constructor(
    db: Database,
    private readonly writes: GroupedWrites,
  ) {
    this.#take = db.prepare(
      `INSERT INTO daily_counts (user, what, day, count) SELECT ?1, ?2, ?3, 1 WHERE ?4 > 0
       ON CONFLICT DO UPDATE SET count = CASE day WHEN excluded.day THEN count + 1 ELSE 1 END, day = excluded.day
       WHERE day <> excluded.day OR count < ?4`,
    );
  }

  take(user: UserKey, what: Counted, day: number, max: number): Promise<boolean> {
    return this.writes.run(() => this.#take.run(user, what, day, max).changes > 0);
  }
}
