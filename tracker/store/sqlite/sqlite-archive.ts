import { ParleyError } from '../../../protocol/errors.js';
import type { Archive, ArchiveRecord, Counted } from '../tracker-store.js';
import { GUEST_STATES, STATES } from './account-pages.js';
import { toPromise, type Database } from './database.js';
import { CHANNEL_STATES } from './sqlite-channels.js';

/** Rows that are read, or written in one transaction, at once: others get their turn in between. */
const STEP = 500;
/** The same of letters, which are large. */
const MAIL_STEP = 16;

type Row = Readonly<Record<string, string | number | Uint8Array | null>>;
type Value = string | number | Uint8Array | null;
type RecordOf<Noun extends ArchiveRecord['noun']> = Extract<ArchiveRecord, { noun: Noun }>;

/** One table of the database: how it is read in steps, and how a record becomes a row of it. */
interface Table<Noun extends ArchiveRecord['noun']> {
  noun: Noun;
  /** `?1` to `?n` are the columns of `by` in the last row before, `?n+1` is the number of rows. */
  select: string;
  by: readonly string[];
  first: readonly Value[];
  read: (row: Row) => unknown;
  insert: string;
  values: (record: RecordOf<Noun>) => readonly (Value | undefined)[];
}

const table = <Noun extends ArchiveRecord['noun']>(it: Table<Noun>): Table<Noun> => it;
const given = <T>(value: T | null | undefined): T | undefined => value ?? undefined;
const HAS_ACCOUNT = 'WHERE EXISTS (SELECT 1 FROM accounts WHERE key = ?1) ON CONFLICT DO NOTHING';

const accounts = table({
  noun: 'account',
  select: `SELECT key, username, password_hash AS passwordHash, created, guest, epoch, last_seen AS lastSeen,
    state, state_since AS stateSince, admin, devices_since AS devicesSince FROM accounts WHERE key > ? ORDER BY key LIMIT ?`,
  by: ['key'],
  first: [''],
  read: ({ lastSeen, guest, state, stateSince, admin, ...row }) => ({
    account: {
      ...row,
      guest: GUEST_STATES[Number(guest)],
      state: STATES[Number(state)],
      stateSince: given(stateSince),
      ...(admin === 1 && { admin: true }),
    },
    lastSeen: given(lastSeen),
  }),
  insert: `INSERT INTO accounts (key, username, password_hash, created, guest, epoch, last_seen, state, admin,
    devices_since, state_since, skeleton)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, username_skeleton(?2)) ON CONFLICT DO NOTHING`,
  values: ({ account: a, lastSeen }) => [
    ...[a.key, a.username, a.passwordHash, a.created],
    ...[GUEST_STATES.indexOf(a.guest), a.epoch, lastSeen],
    ...[STATES.indexOf(a.state), a.admin === true ? 1 : 0, a.devicesSince ?? a.epoch, a.stateSince],
  ],
});

const sessions = table({
  noun: 'session',
  select: `SELECT s.hash, s.user, a.username, s.created, s.expires, s.epoch, s.device
    FROM sessions s JOIN accounts a ON a.key = s.user WHERE s.hash > ? ORDER BY s.hash LIMIT ?`,
  by: ['hash'],
  first: [''],
  read: (row) => ({ session: { ...row, device: given(row['device']) } }),
  insert: `INSERT INTO sessions (user, hash, created, expires, epoch, device) SELECT ?1, ?2, ?3, ?4, ?5, ?6 ${HAS_ACCOUNT}`,
  values: ({ session: s }) => [s.user, s.hash, s.created, s.expires, s.epoch, s.device],
});

const channels = table({
  noun: 'channel',
  select: `SELECT name, topic, permanent, creator, created, title, state, since FROM channels
    WHERE name > ? ORDER BY name LIMIT ?`,
  by: ['name'],
  first: [''],
  read: ({ permanent, creator, title, state, since, ...row }) => ({
    channel: {
      ...row,
      permanent: permanent === 1,
      creator: given(creator),
      title: given(title),
      state: CHANNEL_STATES[Number(state)],
      since: given(since),
    },
  }),
  // The permanent ones are there already, with their topics to be put back.
  insert: `INSERT INTO channels (name, topic, permanent, creator, created, title, state, since, skeleton, title_skeleton)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, channel_skeleton(?1), channel_skeleton(?6))
    ON CONFLICT DO UPDATE SET topic = excluded.topic`,
  values: ({ channel: c }) => [
    ...[c.name, c.topic, c.permanent ? 1 : 0, c.creator, c.created],
    ...[c.title, CHANNEL_STATES.indexOf(c.state), c.since],
  ],
});

const members = table({
  noun: 'member',
  select: `SELECT m.channel, m.user, a.username FROM members m JOIN accounts a ON a.key = m.user
    WHERE (m.channel, m.user) > (?, ?) ORDER BY m.channel, m.user LIMIT ?`,
  by: ['channel', 'user'],
  first: ['', ''],
  read: (row) => row,
  insert: `INSERT INTO members (user, channel) SELECT ?1, name FROM channels
    WHERE name = ?2 AND permanent = 0 AND EXISTS (SELECT 1 FROM accounts WHERE key = ?1) ON CONFLICT DO NOTHING`,
  values: (m) => [m.user, m.channel],
});

const devices = table({
  noun: 'device',
  select: `SELECT d.device, d.user, a.username, d.certificate, d.created, d.revoked, d.revoked_at AS revokedAt, d.epoch,
    d.name, d.platform, d.mark, d.copied, d.last_seen AS lastSeen FROM devices d JOIN accounts a ON a.key = d.user WHERE d.device > ? ORDER BY d.device LIMIT ?`,
  by: ['device'],
  first: [''],
  read: ({ mark, copied, revoked, revokedAt, epoch, name, platform, lastSeen, ...row }) => ({
    device: {
      ...row,
      ...{ revoked: revoked === 1, revokedAt: given(revokedAt), epoch: given(epoch) },
      ...{ name: given(name), platform: given(platform) },
    },
    lastSeen: given(lastSeen),
    ...(mark === null ? {} : { lineage: { mark, copied: copied === 1 } }),
  }),
  insert: `INSERT INTO devices (user, device, certificate, created, revoked, revoked_at, epoch, mark, copied, name, platform,
    last_seen) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12 ${HAS_ACCOUNT}`,
  values: ({ device: d, lineage, lastSeen }) => [
    ...[d.user, d.device, d.certificate, d.created, d.revoked ? 1 : 0, d.revokedAt, d.epoch],
    ...[lineage?.mark, lineage?.copied === true ? 1 : 0, d.name, d.platform, lastSeen],
  ],
});

const prekeys = table({
  noun: 'prekey',
  select: `SELECT device, user, username, id, key, time, sig, published FROM prekeys
    WHERE device > ? ORDER BY device LIMIT ?`,
  by: ['device'],
  first: [''],
  read: ({ user, published, ...prekey }) => ({ prekey: { prekey, user, published } }),
  insert: `INSERT INTO prekeys (user, device, username, id, key, time, sig, published)
    SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 ${HAS_ACCOUNT}`,
  values: ({ prekey: { prekey: p, user, published } }) => [
    ...[user, p.device, p.username, p.id, p.key, p.time, p.sig, published],
  ],
});

const mails = table({
  noun: 'mail',
  select: `SELECT n, user, device, prekey, blob, created FROM mails WHERE n > ? ORDER BY n LIMIT min(?, ${MAIL_STEP})`,
  by: ['n'],
  first: [0],
  read: ({ n: _, ...mail }) => ({ mail }),
  // Each letter is another one, also of two that say the same.
  insert: `INSERT INTO mails (user, device, prekey, blob, created) SELECT ?1, ?2, ?3, ?4, ?5 WHERE EXISTS
    (SELECT 1 FROM accounts WHERE key = ?1) AND NOT EXISTS
    (SELECT 1 FROM mails WHERE created = ?5 AND device = ?2 AND blob = ?4)`,
  values: ({ mail: m }) => [m.user, m.device, m.prekey, m.blob, m.created],
});

const counts = table({
  noun: 'count',
  select: `SELECT user, what, day, count FROM daily_counts WHERE (user, what) > (?, ?) ORDER BY user, what LIMIT ?`,
  by: ['user', 'what'],
  first: ['', ''],
  read: ({ what, ...row }) => ({ ...row, what: what as Counted }),
  insert: `INSERT INTO daily_counts (user, what, day, count) SELECT ?1, ?2, ?3, ?4 ${HAS_ACCOUNT}`,
  values: (c) => [c.user, c.what, c.day, c.count],
});

const secrets = table({
  noun: 'secret',
  select: 'SELECT name, value FROM secrets WHERE name > ? ORDER BY name LIMIT ?',
  by: ['name'],
  first: [''],
  read: (row) => row,
  insert: 'INSERT INTO secrets (name, value) VALUES (?1, ?2) ON CONFLICT DO NOTHING',
  values: (s) => [s.name, s.value],
});

const records = table({
  noun: 'record',
  select: 'SELECT kind, id, value FROM records WHERE (kind, id) > (?, ?) ORDER BY kind, id LIMIT ?',
  by: ['kind', 'id'],
  first: ['', ''],
  read: ({ value, ...row }) => ({ ...row, value: JSON.parse(String(value)) as unknown }),
  insert: 'INSERT INTO records (kind, id, value) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING',
  values: (r) => [r.kind, r.id, JSON.stringify(r.value)],
});

/** In the order in which they refer to each other. */
const tables = [accounts, sessions, channels, members, devices, prekeys, mails, counts, secrets, records] as const;

export class SqliteArchive implements Archive {
  constructor(private readonly db: Database) {}

  async *records(): AsyncGenerator<ArchiveRecord> {
    for (const { noun, select, by, first, read } of tables) {
      const statement = this.db.prepare(select);
      let last = [...first];
      for (;;) {
        const rows = await toPromise(() => statement.all(...last, STEP) as Row[]);
        for (const row of rows) yield { noun, ...(read(row) as object) } as ArchiveRecord;
        const end = rows.at(-1);
        if (!end) break;
        last = by.map((column) => end[column] ?? null);
      }
    }
  }

  async restore(records: AsyncIterable<ArchiveRecord>, { again = false } = {}): Promise<void> {
    const { n } = this.db.prepare('SELECT count(*) AS n FROM accounts').get() as { n: number };
    if (n > 0 && !again)
      throw new ParleyError('forbidden', 'There are accounts here already. Import into an empty store.');
    const insert = new Map(
      tables.map(({ noun, insert: sql, values }) => {
        const statement = this.db.prepare(sql);
        const row = values as (record: ArchiveRecord) => readonly (Value | undefined)[];
        return [noun, (record: ArchiveRecord) => void statement.run(...row(record).map((value) => value ?? null))];
      }),
    );
    let step: ArchiveRecord[] = [];
    const write = () =>
      toPromise(() => {
        this.db.exec('BEGIN IMMEDIATE');
        try {
          for (const record of step) insert.get(record.noun)?.(record);
          this.db.exec('COMMIT');
        } catch (error) {
          this.db.exec('ROLLBACK');
          throw error;
        }
        step = [];
      });
    for await (const record of records)
      if (step.push(record) >= (record.noun === 'mail' ? MAIL_STEP : STEP)) await write();
    await write();
  }
}
