/**
 * Takes what is sound out of a damaged database into a new one. An entry is believed as if it had come over a link: its
 * place in the chain, its hash, and a signature at or after it. Whatever is missing comes back from others.
 */
import type { Entry } from '../../protocol/entry.js';
import type { DeviceId } from '../../protocol/ids.js';
import { UNSIGNED_RUN_MAX } from '../../protocol/limits.js';
import { PRUNED_KIND } from '../../protocol/pruned.js';
import { pieceLength, runCost } from '../../protocol/signed-runs.js';
import { isStorable } from '../../protocol/text.js';
import { CertificateStore } from './certificates.js';
import { cutRows } from './cut-rows.js';
import { EntryStore } from './entries.js';
import { FileStore } from './files.js';
import { Indexer } from './indexer.js';
import { Numbering } from './numbering.js';
import { Proof } from './proof.js';
import { RelationStore } from './relations.js';
import { RewriteStore, type Fork } from './rewrites.js';
import { columnsOf, entryRows, indexEvidence, lastRows, smallTable } from './corrupt-rows.js';
import type { Database, Row, SqlValue } from './sqlite.js';
import { Transactions } from './transactions.js';

export interface Recovered {
  readonly entries: number;
  /** Whether all that this device ever wrote is known to be here: only then may it go on under its key. */
  ownLogsWhole(device: DeviceId): boolean;
}

/** Made anew from the entries, or of SQLite's own. */
const NOT_COPIED =
  /^(entries|entry_ids|entry_words.*|index_state|relations|replies|awaited|deleted|file_entries|cut_rows|arrival_marks|pruned_logs|sqlite_.*)$/;

/** What comes in place of rows that are gone may have its content. */
const RECOUNT_PRUNED = `
  DELETE FROM missing_contents WHERE NOT EXISTS (
    SELECT 1 FROM entries e WHERE e.conversation = missing_contents.conversation AND e.device = missing_contents.device
      AND e.seq = missing_contents.seq AND e.kind = '${PRUNED_KIND}');
  INSERT INTO pruned_logs (conversation, device, seq)
    SELECT conversation, device, max(seq) FROM entries e WHERE kind = '${PRUNED_KIND}' AND NOT EXISTS (
      SELECT 1 FROM missing_contents m WHERE m.conversation = e.conversation AND m.device = e.device AND m.seq = e.seq)
      GROUP BY conversation, device;`;

/** @param forks own entries from these places on are not kept: they wait in `rewrites` */
export function recover(from: Database, to: Database, forks: readonly Fork[] = []): Recovered {
  to.exec('BEGIN');
  copyTables(from, to);
  to.exec('COMMIT');
  const numbers = new Numbering(to);
  const transactions = new Transactions(to, numbers);
  const ids = new Indexer(to);
  const relations = new RelationStore(to, numbers, (id) => ids.rowOf(id));
  const entries = new EntryStore(to, numbers, transactions, {
    inserted(entry, n) {
      ids.inserted(entry.id, n);
      relations.inserted(entry, n);
      files.inserted(entry, n);
    },
  });
  const files = new FileStore(to, numbers, { byRow: (n) => entries.byRow(n), rowOf: (id) => ids.rowOf(id) });
  const certificates = new CertificateStore(to, numbers, transactions);
  const sound = new SoundEntries(from, entries, new Proof((device) => certificates.pems(device)), forks);
  sound.find();
  transactions.run(() => {
    sound.insert();
    // Rows are numbered anew: those that were read are the first so many.
    const moved = to.prepare('UPDATE conversations SET read_n = ? WHERE n = ?');
    for (const row of to.prepare('SELECT n, read_n FROM conversations WHERE read_n > 0').all()) {
      moved.run(sound.upTo(Number(row['read_n'])), Number(row['n']));
    }
    to.exec('UPDATE conversations SET skip_n = 0');
    to.exec(RECOUNT_PRUNED);
    const cut = to.prepare('INSERT INTO cut_rows (n) VALUES (?)');
    for (const n of sound.cutRows()) cut.run(sound.upTo(n));
    const rewrites = new RewriteStore(to);
    for (const fork of forks) rewrites.tookOut(fork);
    const mark = to.prepare('SELECT client FROM posted WHERE id = ?');
    for (const entry of sound.forked) {
      if (entry.pruned) continue;
      const client = mark.get(entry.id)?.['client'];
      rewrites.put({ ...entry, client: typeof client === 'string' ? client : undefined });
    }
    // The mark of a post that is gone would answer that it is here.
    to.exec('DELETE FROM posted WHERE id NOT IN (SELECT id FROM entries)');
  });
  return {
    entries: sound.count,
    ownLogsWhole: (device) => sound.isWhole(numbers.deviceIfKnown(device)),
  };
}

function copyTables(from: Database, to: Database): void {
  const names = to.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table'`).all();
  for (const { name } of names as { name: string }[]) {
    if (NOT_COPIED.test(name)) continue;
    const there = new Set(columnsOf(from, name));
    const columns = columnsOf(to, name).filter((column) => there.has(column));
    if (columns.length === 0) continue;
    const put = to.prepare(
      `INSERT OR IGNORE INTO ${name} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
    );
    for (const row of smallTable(from, name, columns)) {
      const values = columns.map((column) => row[column] as SqlValue);
      if (values.every((value) => typeof value !== 'string' || isStorable(value))) put.run(...values);
    }
  }
}

interface Chain {
  /** The end of what is proven, and then what waits for a signature. */
  end: { seq: number; id: Entry['prev'] };
  waiting: { n: number; entry: Entry }[];
  broken: boolean;
}

class SoundEntries {
  private readonly chains = new Map<string, Chain>();
  /** Row numbers of what is kept, and which of those keep their signature. */
  private kept: number[] = [];
  /** What was taken out, in the order of arrival. */
  readonly forked: Entry[] = [];
  private readonly signed = new Set<number>();
  private readonly evidence: ReturnType<typeof indexEvidence>;
  /** What an earlier version had cut: kept so. */
  private readonly cut: ReadonlySet<number>;
  /** How many rows there ever were, by the table and by its indexes: they are numbered without a gap. */
  private readonly rows: readonly (number | undefined)[];

  constructor(
    private readonly from: Database,
    private readonly entries: EntryStore,
    private readonly proof: Proof,
    private readonly forks: readonly Fork[],
  ) {
    this.cut = cutRows(from);
    this.evidence = indexEvidence(from);
    this.rows = lastRows(from);
  }

  get count(): number {
    return this.kept.length;
  }

  /** Decides what is kept. */
  find(): void {
    for (const row of entryRows(this.from)) {
      const n = Number(row['n']);
      const chain = this.chain(`${Number(row['conversation'])} ${Number(row['device'])}`);
      if (this.isForked(row)) continue;
      if (chain.broken) continue;
      const last = chain.waiting.at(-1)?.entry ?? chain.end;
      const entry = this.entries.fromRow({ ...row, prev: last.id });
      if (entry?.seq !== last.seq + 1 || !(this.proof.isWhole(entry) || this.cut.has(n))) {
        chain.broken = true;
        continue;
      }
      chain.waiting.push({ n, entry });
      if (chain.waiting.length >= UNSIGNED_RUN_MAX) chain.broken = !this.prove(chain);
    }
    for (const chain of this.chains.values()) while (this.prove(chain));
    this.kept.sort((a, b) => a - b);
  }

  private isForked(row: Row): boolean {
    if (this.forks.length === 0) return false;
    const entry = this.entries.fromRow({ ...row, prev: '' });
    const fork = this.forks.find((one) => one.conversation === entry?.conversation && one.device === entry.device);
    if (!entry || !fork || entry.seq < fork.seq) return false;
    this.forked.push(entry);
    return true;
  }

  /** Writes them, in the order in which they once arrived. */
  insert(): void {
    const kept = new Set(this.kept);
    const ends = new Map<string, Entry['prev']>();
    for (const row of entryRows(this.from)) {
      const n = Number(row['n']);
      if (!kept.has(n)) continue;
      const log = `${Number(row['conversation'])} ${Number(row['device'])}`;
      const entry = this.entries.fromRow({
        ...row,
        prev: ends.get(log) ?? '',
        sig: this.signed.has(n) ? row['sig'] : null,
      });
      if (!entry) continue;
      ends.set(log, entry.id);
      this.entries.insert(entry);
    }
  }

  /** Those of the kept whose text an earlier version had cut. */
  cutRows(): number[] {
    return this.kept.filter((n) => this.cut.has(n));
  }

  /** How many of those that are kept had a number up to this one. */
  upTo(n: number): number {
    const first = this.kept.findIndex((kept) => kept > n);
    return first < 0 ? this.kept.length : first;
  }

  /**
   * Either every row that there ever was is sound; or the index, which lies elsewhere in the file and has not lost a row
   * itself, says that those which are not sound are of others.
   */
  isWhole(device: number | undefined): boolean {
    const { evidence } = this;
    const all = Math.max(...this.rows.map((n) => n ?? 0));
    if (this.kept.length === all && this.rows[0] === all) return true;
    // Without its name in the table of devices, none of the logs can be said not to be its own.
    if (device === undefined || evidence?.count !== all) return false;
    return evidence.logs.every(
      (log) => log.device !== device || this.chain(`${log.conversation} ${log.device}`).end.seq === log.seq,
    );
  }

  private chain(log: string): Chain {
    let chain = this.chains.get(log);
    if (!chain) this.chains.set(log, (chain = { end: { seq: 0, id: '' }, waiting: [], broken: false }));
    return chain;
  }

  /** As on a link: the last good signature of a piece proves it and is kept alone. Whether it proved anything. */
  private prove(chain: Chain): boolean {
    const inPiece = pieceLength(chain.waiting.slice(0, UNSIGNED_RUN_MAX).map(({ entry }) => runCost(entry)));
    let last = inPiece - 1;
    while (last >= 0 && !this.isSigned(chain, last)) last--;
    // Of what an earlier version did not sign in time, the first.
    for (let i = inPiece; last < 0 && i < Math.min(chain.waiting.length, UNSIGNED_RUN_MAX); i++)
      if (this.isSigned(chain, i)) last = i;
    const proven = chain.waiting.splice(0, last + 1);
    const end = proven.at(-1);
    if (!end) return false;
    for (const { n } of proven) this.kept.push(n);
    this.signed.add(end.n);
    chain.end = { seq: end.entry.seq, id: end.entry.id };
    return true;
  }

  private isSigned({ waiting }: Chain, at: number): boolean {
    const entry = waiting[at]?.entry;
    return entry !== undefined && this.proof.isSigned(entry);
  }
}
