/** Small integers in place of the long ids of conversations and devices, kept in memory and in their tables. */
import type { Database, Statement } from './sqlite.js';
import { userKey, type ConversationId, type DeviceId, type UserKey, type Username } from '../../protocol/ids.js';

/**
 * A device's number keeps the order of device ids (their first seven characters, seven bits each), so that the timeline
 * index sorts as `compareEntries` does, on every peer alike.
 */
function orderedNumber(id: DeviceId): number {
  let n = 0;
  for (let i = 0; i < 7; i++) n = n * 128 + id.charCodeAt(i);
  return n;
}

interface DeviceRow {
  readonly id: DeviceId;
  readonly username: Username;
  /** How many authorities had come to their end when it was certified. */
  readonly era: number;
}

export class Numbering {
  /** How many authorities have come to their end: devices are those of the present one from here on. */
  era = 0;
  private readonly conversationNumbers = new Map<ConversationId, number>();
  private readonly conversationIds = new Map<number, ConversationId>();
  private readonly deviceNumbers = new Map<DeviceId, number>();
  private readonly deviceRows = new Map<number, DeviceRow>();
  private readonly statements: Record<'addConversation' | 'numberOf' | 'addDevice' | 'setEra', Statement>;

  constructor(private readonly db: Database) {
    this.load();
    // No RETURNING: outside a transaction its row is read before the commit, and that one's error is not seen.
    this.statements = {
      addConversation: db.prepare('INSERT OR IGNORE INTO conversations (id) VALUES (?)'),
      numberOf: db.prepare('SELECT n FROM conversations WHERE id = ?'),
      addDevice: db.prepare('INSERT INTO devices (n, id, username, era) VALUES (?, ?, ?, ?)'),
      setEra: db.prepare('UPDATE devices SET era = ? WHERE n = ?'),
    };
  }

  conversation(id: ConversationId): number {
    const known = this.conversationNumbers.get(id);
    if (known !== undefined) return known;
    this.statements.addConversation.run(id);
    const n = Number(this.statements.numberOf.get(id)?.['n']);
    this.remember(n, id);
    return n;
  }

  /** Undefined where nothing of the conversation was ever stored. */
  conversationIfKnown(id: ConversationId): number | undefined {
    return this.conversationNumbers.get(id);
  }

  conversationsBut(some: ReadonlySet<number>): number[] {
    return [...this.conversationIds.keys()].filter((n) => !some.has(n));
  }

  conversationId(n: number): ConversationId | undefined {
    return this.conversationIds.get(n);
  }

  device(id: DeviceId, username: Username): number {
    const known = this.deviceNumbers.get(id);
    if (known !== undefined) return known;
    let n = orderedNumber(id);
    while (this.deviceRows.has(n)) n++;
    this.statements.addDevice.run(n, id, username, this.era);
    this.rememberDevice(n, { id, username, era: this.era });
    return n;
  }

  deviceIfKnown(id: DeviceId): number | undefined {
    return this.deviceNumbers.get(id);
  }

  /** Of all devices of these users, whichever authority has certified them. */
  devicesOf(users: readonly UserKey[]): number[] {
    if (users.length === 0) return [];
    const wanted = new Set(users);
    return [...this.deviceRows].flatMap(([n, { username }]) => (wanted.has(userKey(username)) ? [n] : []));
  }

  deviceRow(n: number): DeviceRow | undefined {
    return this.deviceRows.get(n);
  }

  /** The present authority has certified the device. */
  certified(n: number): void {
    const row = this.deviceRows.get(n);
    if (!row || row.era === this.era) return;
    this.statements.setEra.run(this.era, n);
    this.deviceRows.set(n, { ...row, era: this.era });
  }

  /** That of a device which no entry and no certificate has named yet is the present one. */
  eraOf(id: DeviceId): number {
    const n = this.deviceNumbers.get(id);
    return (n === undefined ? undefined : this.deviceRows.get(n)?.era) ?? this.era;
  }

  usernameOf(id: DeviceId): Username | undefined {
    const n = this.deviceNumbers.get(id);
    return n === undefined ? undefined : this.deviceRows.get(n)?.username;
  }

  isFormer(id: DeviceId): boolean {
    return this.eraOf(id) !== this.era;
  }

  /** A rolled-back transaction may have taken numbers with it: forget, and read again from the tables. */
  reload(): void {
    for (const map of [this.conversationNumbers, this.conversationIds, this.deviceNumbers, this.deviceRows])
      map.clear();
    this.load();
  }

  private load(): void {
    for (const row of this.db.prepare('SELECT n, id FROM conversations').all()) {
      this.remember(Number(row['n']), row['id'] as ConversationId);
    }
    for (const row of this.db.prepare('SELECT n, id, username, era FROM devices').all()) {
      const [id, username] = [row['id'] as DeviceId, row['username'] as Username];
      this.rememberDevice(Number(row['n']), { id, username, era: Number(row['era']) });
    }
  }

  private remember(n: number, id: ConversationId): void {
    this.conversationNumbers.set(id, n);
    this.conversationIds.set(n, id);
  }

  private rememberDevice(n: number, row: DeviceRow): void {
    this.deviceNumbers.set(row.id, n);
    this.deviceRows.set(n, row);
  }
}
