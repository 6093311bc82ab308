/** A write of a tracker that takes for ever, as on a disk that hangs: to kill it in the middle of what it writes. */
import { DatabaseSync } from '@photostructure/sqlite';
import { setTimeout as pause } from 'node:timers/promises';

const ROWS = 2_000;
const LOOK_MS = 5;
/** Nothing else that a tracker writes takes so long, ms. */
const STUCK_MS = 500;
const WITHIN_MS = 20_000;

export class SlowWrite {
  private constructor(private readonly db: InstanceType<typeof DatabaseSync>) {}

  /** @param file of the tracker's database @param when as `INSERT ON records WHEN NEW.kind = 'audit'` */
  static before(file: string, when: string): SlowWrite {
    const db = new DatabaseSync(file);
    const all = `SELECT count(*) FROM slow a, slow b, slow c, slow d`;
    const [on = '', condition] = when.split(' WHEN ');
    db.exec(`PRAGMA busy_timeout=5000; CREATE TABLE slow (n INTEGER);
      WITH RECURSIVE many(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < ${ROWS}) INSERT INTO slow SELECT n FROM many;
      CREATE TRIGGER slowly BEFORE ${on} ${condition === undefined ? '' : `WHEN ${condition}`} BEGIN ${all}; END;
      PRAGMA busy_timeout=0;`);
    return new SlowWrite(db);
  }

  /** Resolves once the tracker is in the middle of it. */
  async isStuck(): Promise<void> {
    const deadline = performance.now() + WITHIN_MS;
    for (let since = performance.now(); performance.now() - since < STUCK_MS; await pause(LOOK_MS)) {
      if (!this.#isLocked()) since = performance.now();
      if (performance.now() > deadline) throw new Error('the tracker never came to that write');
    }
  }

  /** The tracker must be dead. */
  end(): void {
    this.db.exec('PRAGMA busy_timeout=5000; DROP TRIGGER slowly; DROP TABLE slow');
    this.db.close();
  }

  #isLocked(): boolean {
    try {
      this.db.exec('BEGIN IMMEDIATE; ROLLBACK');
      return false;
    } catch {
      return true;
    }
  }
}
