/** What the user, or a rule of theirs, has asked for and is not here yet: so that it goes on after a restart. */
import type { EntryId } from '../../protocol/ids.js';
import type { Database, Statement } from './sqlite.js';

const STATES = ['wanted', 'relayed', 'paused', 'paused_relayed'] as const;
export type TransferState = (typeof STATES)[number];

export interface TransferRow {
  readonly sha256: string;
  /** The entry for which it was asked: its facts are meant. */
  readonly entry: EntryId;
  /** `relayed`: wanted, and over relayed links as well, whatever its size; `paused_relayed`: the same, once it goes on. */
  readonly state: TransferState;
  /** Milliseconds since 1970. */
  readonly added: number;
}

export class TransferTable {
  private readonly statements: Record<'put' | 'remove' | 'all' | 'one', Statement>;

  constructor(db: Database) {
    this.statements = {
      put: db.prepare(
        `INSERT INTO transfers (sha256, entry, state, added) VALUES (?, ?, ?, ?)
           ON CONFLICT DO UPDATE SET entry = excluded.entry, state = excluded.state`,
      ),
      remove: db.prepare('DELETE FROM transfers WHERE sha256 = ?'),
      all: db.prepare('SELECT * FROM transfers ORDER BY added, sha256'),
      one: db.prepare('SELECT * FROM transfers WHERE sha256 = ?'),
    };
  }

  /** `added` of one that is here already stays. @throws ParleyError as every write */
  put({ sha256, entry, state, added }: TransferRow): void {
    this.statements.put.run(sha256, entry, state, added);
  }

  /** It is complete, or not wanted any more. @throws ParleyError as every write */
  remove(sha256: string): void {
    this.statements.remove.run(sha256);
  }

  get(sha256: string): TransferRow | undefined {
    return this.statements.one.all(sha256).map(transferOf)[0];
  }

  /** In the order in which they were asked for. */
  all(): TransferRow[] {
    return this.statements.all.all().map(transferOf);
  }
}

function transferOf(row: Readonly<Record<string, unknown>>): TransferRow {
  return {
    sha256: row['sha256'] as string,
    entry: row['entry'] as EntryId,
    state: STATES.find((state) => state === row['state']) ?? 'wanted',
    added: Number(row['added']),
  };
}
