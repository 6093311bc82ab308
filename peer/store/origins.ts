/**
 * Through which conversations the bytes that are here came: only there are they given away (SPEC.md section 7). Kept for bytes
 * that were fetched; where this user has shown bytes, their entry says so itself.
 */
import type { ConversationId, EntryId, Username } from '../../protocol/ids.js';
import type { Numbering } from './numbering.js';
import type { Database, Statement } from './sqlite.js';

/** A step of the migrations, within its transaction. */
export const ORIGINS_STEP = `
  -- of bytes that were fetched: which chunks came through which conversation, all where it does not say; see origins.ts
  CREATE TABLE blob_origins (
    sha256 TEXT NOT NULL, conversation INTEGER NOT NULL, chunks BLOB, PRIMARY KEY (sha256, conversation)
  ) WITHOUT ROWID;
  -- of earlier ones it was not kept: what one conversation alone ever showed can have come only through it
  INSERT INTO blob_origins (sha256, conversation)
    SELECT b.sha256, min(f.conversation) FROM blobs b JOIN file_entries f ON f.sha256 = b.sha256 WHERE b.own = 0
      GROUP BY b.sha256 HAVING count(DISTINCT f.conversation) = 1;
`;

/** What decides who is given the bytes of an entry. */
export interface Origins {
  /** Whether the entry shows bytes, and was not taken back. */
  isShown(entry: EntryId): boolean;
  /** Whether this user has shown these bytes in that conversation, on whichever device. */
  isOwn(sha256: string, conversation: ConversationId): boolean;
  /** Which chunks of what is complete came through that conversation; undefined where none did. */
  came(sha256: string, conversation: ConversationId): ((chunk: number) => boolean) | undefined;
  /**
   * To be called once they are known to be right, before they count: without this they would be given to nobody. What was kept of
   * the same hash before does not hold any more.
   * @param through one bit a chunk (bit `n & 7` of byte `n >> 3`); undefined for all. @throws ParleyError as every write
   */
  keep(sha256: string, through: ReadonlyMap<ConversationId, Uint8Array | undefined>): void;
}

export class OriginTable {
  private readonly statements: Record<'put' | 'forget' | 'one' | 'isOwn' | 'isShown', Statement>;

  constructor(
    db: Database,
    private readonly numbers: Numbering,
    private readonly rowOf: (id: EntryId) => number | undefined,
  ) {
    const lives = 'NOT EXISTS (SELECT 1 FROM deleted d WHERE d.n = f.n)';
    this.statements = {
      put: db.prepare('INSERT OR REPLACE INTO blob_origins (sha256, conversation, chunks) VALUES (?, ?, ?)'),
      forget: db.prepare('DELETE FROM blob_origins WHERE sha256 = ?'),
      one: db.prepare('SELECT chunks FROM blob_origins WHERE sha256 = ? AND conversation = ?'),
      isOwn: db.prepare(
        `SELECT 1 FROM file_entries f JOIN devices v ON v.n = f.device
           WHERE f.sha256 = ? AND f.conversation = ? AND lower(v.username) = lower(?) AND ${lives} LIMIT 1`,
      ),
      isShown: db.prepare(`SELECT 1 FROM file_entries f WHERE f.n = ? AND ${lives}`),
    };
  }

  /** As that user's devices are to be told. */
  of(self: Username): Origins {
    const { put, forget, one, isOwn, isShown } = this.statements;
    return {
      isShown: (entry) => {
        const n = this.rowOf(entry);
        return n !== undefined && isShown.get(n) !== undefined;
      },
      isOwn: (sha256, conversation) => {
        const n = this.numbers.conversationIfKnown(conversation);
        return n !== undefined && isOwn.get(sha256, n, self) !== undefined;
      },
      came: (sha256, conversation) => {
        const row = one.get(sha256, this.numbers.conversationIfKnown(conversation) ?? -1);
        const chunks = row?.['chunks'];
        if (!row) return undefined;
        return chunks instanceof Uint8Array ? heldBy(chunks) : () => true;
      },
      keep: (sha256, through) => {
        forget.run(sha256);
        for (const [conversation, chunks] of through)
          put.run(sha256, this.numbers.conversation(conversation), chunks ?? null);
      },
    };
  }
}

function heldBy(bits: Uint8Array): (chunk: number) => boolean {
  return (n) => (((bits[n >> 3] ?? 0) >> (n & 7)) & 1) === 1;
}
