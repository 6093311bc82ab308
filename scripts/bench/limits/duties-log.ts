/**
 * What both programs of the same-duties chain do with entries, and nothing more: each names the one before it by its hash, one signature
 * covers a burst, one transaction keeps it, and the write-ahead log is synced.
 */
import { createPrivateKey, createPublicKey, hash, sign, verify } from 'node:crypto';
import { fdatasync, fdatasyncSync, openSync, readFileSync } from 'node:fs';
import { DatabaseSync } from '@photostructure/sqlite';

export interface DutyEntry {
  readonly seq: number;
  readonly prev: string;
  readonly time: number;
  readonly message: string;
  readonly id: string;
  /** Of the last one of a burst. */
  readonly sig?: string;
}

type Database = InstanceType<typeof DatabaseSync>;

/** A checkpoint waits for a pause, as a peer's does: in the way of a commit it costs a factor of four. */
const IDLE_MS = 100;

export class DutyLog {
  private readonly db: Database;
  private readonly insert: ReturnType<Database['prepare']>;
  private readonly wal: number;
  private readonly privateKey;
  private readonly publicKey;
  private seq = 0;
  private last = '';
  private idle: NodeJS.Timeout | undefined;

  /** @param key of both programs, PEM: what one signs, the other checks */
  constructor(file: string, key: string) {
    this.privateKey = createPrivateKey(readFileSync(key));
    this.publicKey = createPublicKey(this.privateKey);
    this.db = new DatabaseSync(file);
    // The two indexes serve a log to others, and a page of the conversation to a window.
    this.db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0;
      CREATE TABLE entries (n INTEGER PRIMARY KEY, device INTEGER, seq INTEGER, time INTEGER, id TEXT, message TEXT, sig TEXT);
      CREATE UNIQUE INDEX log ON entries (device, seq); CREATE INDEX timeline ON entries (time, device, seq)`);
    this.insert = this.db.prepare(
      'INSERT INTO entries (device, seq, time, id, message, sig) VALUES (1, ?, ?, ?, ?, ?)',
    );
    this.wal = openSync(`${file}-wal`, 'r+');
  }

  /** The next entries of the log. */
  chain(messages: readonly string[]): DutyEntry[] {
    const time = Date.now();
    return messages.map((message, index) => {
      const fields = { seq: ++this.seq, prev: this.last, time, message };
      const id = (this.last = idOf(fields));
      if (index < messages.length - 1) return { ...fields, id };
      return { ...fields, id, sig: sign(null, Buffer.from(id, 'base64url'), this.privateKey).toString('base64url') };
    });
  }

  /** Whether a burst goes on with the log, and is what its author wrote. */
  check(burst: readonly DutyEntry[]): boolean {
    for (const entry of burst) {
      if (entry.seq !== this.seq + 1 || entry.prev !== this.last || idOf(entry) !== entry.id) return false;
      [this.seq, this.last] = [entry.seq, entry.id];
    }
    const { id = '', sig = '' } = burst.at(-1) ?? {};
    return verify(null, Buffer.from(id, 'base64url'), this.publicKey, Buffer.from(sig, 'base64url'));
  }

  write(entries: readonly DutyEntry[]): void {
    this.db.exec('BEGIN IMMEDIATE');
    for (const { seq, time, id, message, sig = null } of entries) this.insert.run(seq, time, id, message, sig);
    this.db.exec('COMMIT');
    if (this.idle) this.idle.refresh();
    else this.idle = setTimeout(() => this.db.exec('PRAGMA wal_checkpoint(PASSIVE)'), IDLE_MS).unref();
  }

  /** Returns once all that was written is durable: the way to the thread pool takes longer than the sync of a quick disk. */
  syncNow(): void {
    fdatasyncSync(this.wal);
  }

  sync(done: () => void): void {
    fdatasync(this.wal, (error) => {
      if (error) throw error;
      done();
    });
  }
}

function idOf({ seq, prev, time, message }: Omit<DutyEntry, 'id' | 'sig'>): string {
  return hash('sha256', JSON.stringify([seq, prev, time, message]), 'base64url');
}
