/** Buckets of logs and users that are far from drained (peer/log/buckets.ts): a restart gives nobody a new burst. */
import type { Database, Statement } from './sqlite.js';
import type { ConversationId, DeviceId, UserKey } from '../../protocol/ids.js';
import type { Numbering } from './numbering.js';

interface LogRow {
  readonly conversation: ConversationId;
  readonly device: DeviceId;
  readonly clock: number;
  readonly drained: number;
  readonly seq: number;
}

interface Rows {
  readonly logs: readonly LogRow[];
  readonly users: readonly { readonly user: UserKey; readonly drained: number }[];
}

/** Rows that drained meanwhile are taken out once in so many writes. */
const SWEEP_EVERY = 1_000;

export class BucketStore {
  private readonly logs: Statement;
  private readonly users: Statement;
  private readonly putLog: Statement;
  private readonly putUser: Statement;
  private readonly sweeps: readonly Statement[];
  private writes = 0;

  constructor(
    db: Database,
    private readonly numbers: Numbering,
  ) {
    this.logs = db.prepare(
      `SELECT c.id AS conversation, d.id AS device, b.clock, b.drained, b.seq FROM log_buckets b
         JOIN conversations c ON c.n = b.conversation JOIN devices d ON d.n = b.device WHERE b.drained > ?`,
    );
    this.users = db.prepare('SELECT user, drained FROM user_buckets WHERE drained > ?');
    this.putLog = db.prepare('INSERT OR REPLACE INTO log_buckets VALUES (?, ?, ?, ?, ?)');
    this.putUser = db.prepare('INSERT OR REPLACE INTO user_buckets VALUES (?, ?)');
    this.sweeps = ['log_buckets', 'user_buckets'].map((table) => db.prepare(`DELETE FROM ${table} WHERE drained <= ?`));
  }

  load(now: number): Rows {
    return {
      logs: this.logs.all(now).map((row) => ({
        conversation: row['conversation'] as ConversationId,
        device: row['device'] as DeviceId,
        clock: Number(row['clock']),
        drained: Number(row['drained']),
        seq: Number(row['seq']),
      })),
      users: this.users.all(now).map((row) => ({ user: row['user'] as UserKey, drained: Number(row['drained']) })),
    };
  }

  /** To be called within a transaction, after the entries that filled them. */
  save({ logs, users }: Rows, now: number): void {
    for (const { conversation, device, clock, drained, seq } of logs) {
      const c = this.numbers.conversationIfKnown(conversation);
      const d = this.numbers.deviceIfKnown(device);
      // Of a log whose first entries are still to be written: it comes again with those.
      if (c !== undefined && d !== undefined) this.putLog.run(c, d, clock, drained, seq);
    }
    for (const { user, drained } of users) this.putUser.run(user, drained);
    if (this.writes++ % SWEEP_EVERY === 0) for (const sweep of this.sweeps) sweep.run(now);
  }
}
