/**
 * Which entries say something of which others (SPEC.md section 5, relations). Written in the transaction of the entry
 * itself, for these kinds alone; of what one author says twice only the last is kept here, so that nobody makes a message
 * dear to show. Whatever comes first, the entry or what is said of it, both are found.
 */
import type { Database, Statement } from './sqlite.js';
import type { Entry } from '../../protocol/entry.js';
import { isMessage } from '../../protocol/entry-kinds.js';
import {
  foldRelations,
  isRelationKind,
  mayRelate,
  relationOf,
  replyTarget,
  type Folded,
  type Relation,
  type RelationFact,
  type RelationKind,
} from '../../protocol/relations.js';
import { userKey, type ConversationId, type EntryId, type Username } from '../../protocol/ids.js';
import type { Numbering } from './numbering.js';

/** Relations of one entry that are looked at, in the order of their key: all of a peaceful channel, and no flood. */
const FACTS_MAX = 10_000;
/** Replies that are told anew when what they answer has changed. */
const REPLIES_TOLD_MAX = 100;
const PINS_LOOKED_AT = 10_000;
/** Entries of which it is remembered that nothing was said: so many of the latest, and up to as many before them. */
const UNSAID_MAX = 4096;

/** A relation, with the row of the entry that says it. */
export interface StoredFact extends RelationFact {
  readonly n: number;
}

/** What a committed piece of one conversation does to what was there before. */
export interface Effects {
  /** Entries that look different now. */
  readonly changed: EntryId[];
  /** Of the piece itself: entries that do not look as they were written, since something was said before they came. */
  readonly awaited: ReadonlySet<EntryId>;
  /** Something was taken back, so that less may be unread. */
  readonly deleted: boolean;
  /** Some of `changed` stand elsewhere in the timeline. */
  readonly moved?: boolean;
}

/** Whether what a user says of others' entries is left out. */
export type Hides = (user: Username) => boolean;

const nobody: Hides = () => false;

type Names = 'put' | 'reply' | 'wait' | 'came' | 'takeBack' | 'tookBack' | 'facts' | 'replies' | 'pins' | 'about';

export class RelationStore {
  private readonly statements: Record<Names, Statement>;
  /** Ids that are named by what is here, of entries that are not. */
  private awaited: Set<string>;
  /** Awaited entries that came; until their effects were asked for. */
  private readonly arrived = new Set<EntryId>();
  /** The latest that came while nothing was said of them: whoever tells of what just came asks the database nothing. */
  private unsaid = new Set<EntryId>();
  private unsaidBefore = new Set<EntryId>();

  /** @param rowOf the row of an entry that is here */
  constructor(
    private readonly db: Database,
    private readonly numbers: Numbering,
    private readonly rowOf: (id: EntryId) => number | undefined,
  ) {
    this.statements = {
      put: db.prepare(
        `INSERT INTO relations (target, conversation, kind, user, emoji, time, device, seq, n, remove)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
           SET time = excluded.time, device = excluded.device, seq = excluded.seq, n = excluded.n, remove = excluded.remove
           WHERE (excluded.time, excluded.device, excluded.seq) > (time, device, seq)`,
      ),
      reply: db.prepare('INSERT OR IGNORE INTO replies (target, n) VALUES (?, ?)'),
      wait: db.prepare('INSERT OR IGNORE INTO awaited (target) VALUES (?)'),
      came: db.prepare('DELETE FROM awaited WHERE target = ?'),
      takeBack: db.prepare(
        `INSERT OR IGNORE INTO deleted SELECT e.n FROM entries e JOIN devices d ON d.n = e.device
           WHERE e.n = ? AND e.conversation = ? AND e.kind IN ('text', 'file') AND lower(d.username) = ? AND d.era = ?`,
      ),
      tookBack: db.prepare(
        `SELECT 1 FROM relations WHERE target = ? AND conversation = ? AND kind = 'delete' AND user = ?`,
      ),
      facts: db.prepare(
        `SELECT kind, emoji, time, device, seq, n, remove FROM relations
           WHERE target = ? AND conversation = ? ORDER BY kind, user, emoji LIMIT ${FACTS_MAX}`,
      ),
      replies: db.prepare(
        `SELECT e.id FROM replies r JOIN entries e ON e.n = r.n WHERE r.target = ? AND e.conversation = ?
           ORDER BY r.n DESC LIMIT ${REPLIES_TOLD_MAX}`,
      ),
      pins: db.prepare(
        `SELECT target, device, remove FROM relations INDEXED BY relations_pins WHERE kind = 'pin' AND conversation = ?
           ORDER BY time DESC, device DESC, seq DESC LIMIT ${PINS_LOOKED_AT}`,
      ),
      about: db.prepare(
        'SELECT e.conversation, e.kind, d.username, d.era FROM entries e JOIN devices d ON d.n = e.device WHERE e.n = ?',
      ),
    };
    this.awaited = this.load();
  }

  /** To be called for each row that is inserted, within its transaction. */
  inserted(entry: Entry, n: number): void {
    if (this.awaited.size > 0 && this.awaited.has(entry.id)) this.comes(entry, n);
    else {
      if (this.unsaid.size >= UNSAID_MAX) [this.unsaidBefore, this.unsaid] = [this.unsaid, new Set()];
      this.unsaid.add(entry.id);
    }
    if (isRelationKind(entry.kind)) this.relate(entry, n);
    else if (entry.data['reply_to'] !== undefined) this.answer(entry, n);
  }

  /** What an entry says has come, which was here without it; within the transaction. */
  filled(entry: Entry, n: number): void {
    const c = this.numbers.conversation(entry.conversation);
    if (isMessage(entry) && this.statements.tookBack.get(entry.id, c, this.author(entry))) this.takeBack(n, c, entry);
    if (isRelationKind(entry.kind)) this.relate(entry, n);
    else if (entry.data['reply_to'] !== undefined) this.answer(entry, n);
  }

  /** A transaction came to nothing. */
  undone(): void {
    this.awaited = this.load();
    this.arrived.clear();
    this.unsaid.clear();
    this.unsaidBefore.clear();
  }

  /** @param entries committed just now, of one conversation */
  effects(entries: readonly Entry[]): Effects {
    const changed = new Set<EntryId>();
    const awaited = new Set<EntryId>();
    let deleted = false;
    for (const entry of entries) {
      if (this.arrived.size > 0 && this.arrived.delete(entry.id)) {
        awaited.add(entry.id);
        for (const reply of this.repliesTo(entry.id, entry.conversation)) changed.add(reply);
      }
      if (this.numbers.isFormer(entry.device)) awaited.add(entry.id);
      const relation = isRelationKind(entry.kind) ? relationOf(entry) : undefined;
      if (!relation || !this.means(entry, relation)) continue;
      changed.add(relation.target);
      deleted ||= relation.kind === 'delete';
      if (relation.kind !== 'edit' && relation.kind !== 'delete') continue;
      for (const reply of this.repliesTo(relation.target, entry.conversation)) changed.add(reply);
    }
    return { changed: [...changed], awaited, deleted };
  }

  /** Of one of the latest entries, as most of them are: nothing was said of it, and it answers nothing. Asks the database nothing. */
  isPlain({ id, device, data }: Entry): boolean {
    return this.isUnsaid(id) && data['reply_to'] === undefined && !this.numbers.isFormer(device);
  }

  /** What is said of an entry that is here, but by whom `hides` names; undefined for nothing. */
  of(
    entry: Pick<Entry, 'id' | 'conversation' | 'kind' | 'from' | 'device'>,
    hides: Hides = nobody,
  ): Folded<StoredFact> | undefined {
    if (this.isUnsaid(entry.id)) return undefined;
    const c = this.numbers.conversationIfKnown(entry.conversation);
    const rows = c === undefined ? [] : this.statements.facts.all(entry.id, c);
    if (rows.length === 0) return undefined;
    const era = this.numbers.eraOf(entry.device);
    const facts = rows.flatMap((row): StoredFact[] => {
      const device = this.numbers.deviceRow(Number(row['device']));
      if (!device || hides(device.username)) return [];
      if (isAuthors(row['kind'] as RelationKind) && device.era !== era) return [];
      return [
        {
          kind: row['kind'] as RelationKind,
          emoji: row['emoji'] as string,
          remove: Number(row['remove']) === 1,
          from: device.username,
          device: device.id,
          time: new Date(Number(row['time'])).toISOString(),
          seq: Number(row['seq']),
          n: Number(row['n']),
        },
      ];
    });
    return foldRelations(entry, facts);
  }

  /** Ids of what is pinned by whom `hides` does not name, and not taken back by them; the last pinned first. Perhaps not here. */
  *pinned(conversation: ConversationId, hides: Hides = nobody): Generator<EntryId> {
    const c = this.numbers.conversationIfKnown(conversation);
    const seen = new Set<string>();
    for (const row of c === undefined ? [] : this.statements.pins.all(c)) {
      const target = row['target'] as EntryId;
      const by = this.numbers.deviceRow(Number(row['device']))?.username;
      if (seen.has(target) || by === undefined || hides(by)) continue;
      seen.add(target);
      if (Number(row['remove']) === 0) yield target;
    }
  }

  private isUnsaid(id: EntryId): boolean {
    return this.unsaid.has(id) || this.unsaidBefore.has(id);
  }

  private relate(entry: Entry, n: number): void {
    const relation = relationOf(entry);
    if (!relation) return;
    const { kind, target, emoji, remove } = relation;
    this.unsaid.delete(target);
    this.unsaidBefore.delete(target);
    const c = this.numbers.conversation(entry.conversation);
    const device = this.numbers.device(entry.device, entry.from);
    const user = this.author(entry);
    const time = Date.parse(entry.time);
    this.statements.put.run(target, c, kind, user, emoji, time, device, entry.seq, n, remove ? 1 : 0);
    const row = this.rowBefore(target, n);
    if (row === undefined) this.wait(target);
    else if (kind === 'delete') this.takeBack(row, c, entry);
  }

  private answer(entry: Entry, n: number): void {
    const target = replyTarget(entry);
    if (target === undefined) return;
    this.statements.reply.run(target, n);
    if (this.rowBefore(target, n) === undefined) this.wait(target);
  }

  /** Of rows that are written by one statement, those after row `n` are in the database, and were not told of yet: they come. */
  private rowBefore(target: EntryId, n: number): number | undefined {
    const row = this.rowOf(target);
    return row !== undefined && row < n ? row : undefined;
  }

  private wait(target: EntryId): void {
    if (this.awaited.has(target)) return;
    this.statements.wait.run(target);
    this.awaited.add(target);
  }

  /** What was said of it before counts from now on. */
  private comes(entry: Entry, n: number): void {
    this.statements.came.run(entry.id);
    this.awaited.delete(entry.id);
    this.arrived.add(entry.id);
    const c = this.numbers.conversation(entry.conversation);
    if (isMessage(entry) && this.statements.tookBack.get(entry.id, c, this.author(entry))) this.takeBack(n, c, entry);
  }

  private takeBack(row: number, conversation: number, { from, device }: Entry): void {
    this.statements.takeBack.run(row, conversation, userKey(from), this.numbers.eraOf(device));
  }

  /** The same name under another authority may be somebody else: what they say stands beside, and replaces nothing. */
  private author({ from, device }: Entry): string {
    const era = this.numbers.eraOf(device);
    return era === 0 ? userKey(from) : `${userKey(from)}~${String(era)}`;
  }

  private means({ conversation, from, device }: Entry, { target, kind }: Relation): boolean {
    const row = this.rowOf(target);
    const about = row === undefined ? undefined : this.statements.about.get(row);
    if (!about || this.numbers.conversationId(Number(about['conversation'])) !== conversation) return false;
    if (isAuthors(kind) && Number(about['era']) !== this.numbers.eraOf(device)) return false;
    return mayRelate({ kind: about['kind'] as string, from: about['username'] as Username }, kind, from);
  }

  private repliesTo(target: EntryId, conversation: ConversationId): EntryId[] {
    const c = this.numbers.conversationIfKnown(conversation);
    return c === undefined ? [] : this.statements.replies.all(target, c).map((row) => row['id'] as EntryId);
  }

  private load(): Set<string> {
    return new Set(
      this.db
        .prepare('SELECT target FROM awaited')
        .all()
        .map((row) => row['target'] as string),
    );
  }
}

/** Only the author may say it. */
function isAuthors(kind: RelationKind): boolean {
  return kind === 'edit' || kind === 'delete';
}
