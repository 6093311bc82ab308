/** Entries by which users say something of themselves or of a channel, found by indexes that hold these kinds alone. */
import type { Database, Statement } from './sqlite.js';
import type { Entry } from '../../protocol/entry.js';
import type { ConversationId, DeviceId, Username } from '../../protocol/ids.js';
import type { EntryStore } from './entries.js';
import type { Numbering } from './numbering.js';

/** Of those that cannot be read so many are passed over: whoever writes more nonsense goes without. */
const TRIED_MAX = 16;

export class ProfileStore {
  private readonly statements: Record<'devices' | 'profiles' | 'topics' | 'coming', Statement>;

  constructor(
    db: Database,
    private readonly numbers: Numbering,
    private readonly entries: EntryStore,
  ) {
    this.statements = {
      devices: db.prepare(
        `SELECT DISTINCT device FROM entries INDEXED BY entries_profiles WHERE kind = 'profile' AND conversation = ?`,
      ),
      profiles: db.prepare(
        `SELECT n FROM entries INDEXED BY entries_profiles
           WHERE kind = 'profile' AND conversation = ? AND device = ? ORDER BY time DESC, seq DESC LIMIT ${TRIED_MAX}`,
      ),
      topics: db.prepare(
        `SELECT n FROM entries INDEXED BY entries_topics
           WHERE kind = 'topic' AND conversation = ? ORDER BY time DESC, device DESC, seq DESC LIMIT ${TRIED_MAX}`,
      ),
      coming: db.prepare(
        `SELECT n FROM entries INDEXED BY entries_comings
           WHERE kind IN ('join', 'leave') AND conversation = ? AND device = ? ORDER BY seq DESC LIMIT 1`,
      ),
    };
  }

  /** Of each device the last one that `reads` can read. */
  latest(conversation: ConversationId, reads: (entry: Entry) => boolean): void {
    const c = this.numbers.conversationIfKnown(conversation);
    if (c === undefined) return;
    for (const { device } of this.statements.devices.all(c)) {
      for (const entry of this.rows(this.statements.profiles, c, Number(device))) if (reads(entry)) break;
    }
  }

  /** The last first. */
  *topics(conversation: ConversationId): Generator<Entry> {
    const c = this.numbers.conversationIfKnown(conversation);
    if (c !== undefined) yield* this.rows(this.statements.topics, c);
  }

  /** The last time that a device's user came or went; undefined where none is told. */
  coming(conversation: ConversationId, device: DeviceId): Entry | undefined {
    const c = this.numbers.conversationIfKnown(conversation);
    const d = this.numbers.deviceIfKnown(device);
    if (c === undefined || d === undefined) return undefined;
    const [entry] = this.rows(this.statements.coming, c, d);
    return entry;
  }

  usernameOf(device: DeviceId): Username | undefined {
    return this.numbers.usernameOf(device);
  }

  private *rows(statement: Statement, ...args: Parameters<Statement['all']>): Generator<Entry> {
    for (const { n } of statement.all(...args)) {
      const entry = this.entries.byRow(Number(n));
      if (entry) yield entry;
    }
  }
}
