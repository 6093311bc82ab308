import { bug } from '../../../protocol/errors.js';
import type { ChannelName, UserKey, Username } from '../../../protocol/ids.js';
import { editedChannel } from '../channel-edit.js';
import type {
  Channel,
  ChannelChange,
  ChannelEdit,
  ChannelEdited,
  ChannelFacts,
  ChannelStore,
  NewChannel,
} from '../tracker-store.js';
import { toPromise, type Database } from './database.js';

interface Row {
  name: ChannelName;
  topic: string;
  permanent: number;
  creator: UserKey | null;
  created: number;
  title: ChannelName | null;
  state: number;
  since: number | null;
  members: number;
}

/** By their numbers in the database. */
export const CHANNEL_STATES: readonly ChannelFacts['state'][] = [undefined, 'archived', 'deleted'];

const SELECT = `
  SELECT c.name, c.topic, c.permanent, c.creator, c.created, c.title, c.state, c.since,
    CASE c.permanent WHEN 1 THEN (SELECT count(*) FROM accounts WHERE guest < 2 AND state = 0)
      ELSE (SELECT count(*) FROM members m WHERE m.channel = c.name) END AS members
  FROM channels c`;

const toChannel = (row: Row): Channel => ({
  name: row.name,
  topic: row.topic,
  permanent: row.permanent === 1,
  ...(row.creator !== null && { creator: row.creator }),
  created: row.created,
  ...(row.title !== null && { title: row.title }),
  ...(row.state > 0 && { state: CHANNEL_STATES[row.state] }),
  ...(row.since !== null && { since: row.since }),
  members: row.members,
});

export class SqliteChannels implements ChannelStore {
  readonly #listeners = new Set<(change: ChannelChange) => void>();
  readonly #insert;
  readonly #one;
  readonly #all;
  readonly #permanent;
  readonly #createdBy;
  readonly #setTopic;
  readonly #join;
  readonly #leave;
  readonly #ofUser;
  readonly #memberNames;
  readonly #lookAlike;
  readonly #taken;
  readonly #edit;
  readonly #leaveAll;
  readonly #membersOf;

  constructor(private readonly db: Database) {
    this.#insert = db.prepare(
      `INSERT INTO channels (name, permanent, creator, created, skeleton)
       SELECT ?1, ?2, ?3, ?4, channel_skeleton(?1)
       WHERE ?2 = 1 OR NOT EXISTS (SELECT 1 FROM channels
         WHERE skeleton = channel_skeleton(?1) OR title_skeleton = channel_skeleton(?1)) ON CONFLICT DO NOTHING`,
    );
    this.#one = db.prepare(`${SELECT} WHERE c.name = ?`);
    this.#all = db.prepare(`${SELECT} ORDER BY c.name`);
    this.#permanent = db.prepare(`${SELECT} WHERE c.permanent = 1`);
    this.#lookAlike = db.prepare(
      `SELECT name FROM channels WHERE skeleton = channel_skeleton(?1) OR title_skeleton = channel_skeleton(?1)
       ORDER BY permanent DESC, created, name LIMIT 1`,
    );
    this.#taken = db.prepare('SELECT name FROM channels WHERE skeleton = ?1 OR title_skeleton = ?1');
    this.#edit = db.prepare(
      `UPDATE channels SET title = ?2, title_skeleton = channel_skeleton(?2), state = ?3, since = ?4 WHERE name = ?1`,
    );
    this.#leaveAll = db.prepare('DELETE FROM members WHERE channel = ?');
    this.#membersOf = db.prepare(
      `SELECT a.key AS user, a.username FROM members m JOIN accounts a ON a.key = m.user WHERE m.channel = ?`,
    );
    this.#createdBy = db.prepare('SELECT created FROM channels WHERE creator = ?');
    this.#setTopic = db.prepare('UPDATE channels SET topic = ? WHERE name = ?');
    this.#join = db.prepare(
      `INSERT INTO members (channel, user)
       SELECT name, ? FROM channels WHERE name = ? AND permanent = 0 AND state < 2 ON CONFLICT DO NOTHING`,
    );
    this.#leave = db.prepare('DELETE FROM members WHERE user = ? AND channel = ?');
    this.#ofUser = db.prepare(
      `SELECT name FROM channels WHERE permanent = 1
       UNION SELECT channel FROM members WHERE user = ? ORDER BY 1`,
    );
    // Each query stops at the limit by itself, so that a huge channel costs no more than one page.
    this.#memberNames = {
      permanent: db.prepare('SELECT username FROM accounts WHERE guest < 2 AND state = 0 ORDER BY key LIMIT ?'),
      joined: db.prepare(
        `SELECT a.username FROM members m JOIN accounts a ON a.key = m.user
         WHERE m.channel = ? ORDER BY m.user LIMIT ?`,
      ),
    };
  }

  create(channel: NewChannel): Promise<boolean> {
    return toPromise(() => {
      const { name, permanent, creator, created } = channel;
      const { changes } = this.#insert.run(name, permanent ? 1 : 0, creator ?? null, created);
      if (changes > 0) this.#tellUpdated(name);
      return changes > 0;
    });
  }

  list(): Promise<readonly Channel[]> {
    return toPromise(() => (this.#all.all() as Row[]).map(toChannel));
  }

  lookAlike(name: ChannelName): Promise<ChannelName | undefined> {
    return toPromise(() => (this.#lookAlike.get(name) as { name: ChannelName } | undefined)?.name);
  }

  createdBy(user: UserKey): Promise<readonly number[]> {
    return toPromise(() => (this.#createdBy.all(user) as { created: number }[]).map(({ created }) => created));
  }

  setTopic(name: ChannelName, topic: string): Promise<void> {
    return toPromise(() => {
      if (this.#setTopic.run(topic, name).changes > 0) this.#tellUpdated(name);
    });
  }

  edit(name: ChannelName, edit: ChannelEdit, now: number): Promise<ChannelEdited> {
    return toPromise(() => {
      const row = this.#one.get(name) as Row | undefined;
      const isTaken = (skeleton: string): boolean =>
        (this.#taken.all(skeleton) as { name: ChannelName }[]).some((other) => other.name !== name);
      const facts = editedChannel(row && toChannel(row), edit, now, isTaken);
      if (typeof facts === 'string') return facts;
      const left = this.#write(name, facts);
      for (const { user, username } of left) this.#tell({ type: 'left', name, user, username });
      this.#tellUpdated(name);
      return 'changed';
    });
  }

  /** @returns who was in it, if nobody is any more */
  #write(name: ChannelName, { title, state, since }: ChannelFacts): { user: UserKey; username: Username }[] {
    this.db.exec('BEGIN IMMEDIATE');
    try {
      this.#edit.run(name, title ?? null, CHANNEL_STATES.indexOf(state), since ?? null);
      const left = state === 'deleted' ? this.#membersOf.all(name) : [];
      if (left.length > 0) this.#leaveAll.run(name);
      this.db.exec('COMMIT');
      return left as { user: UserKey; username: Username }[];
    } catch (error) {
      this.db.exec('ROLLBACK');
      throw error;
    }
  }

  join(name: ChannelName, user: UserKey, username: Username): Promise<boolean> {
    return toPromise(() => this.#changed(this.#join.run(user, name).changes, { type: 'joined', name, user, username }));
  }

  leave(name: ChannelName, user: UserKey, username: Username): Promise<boolean> {
    return toPromise(() => this.#changed(this.#leave.run(user, name).changes, { type: 'left', name, user, username }));
  }

  ofUser(user: UserKey): Promise<readonly ChannelName[]> {
    return toPromise(() => (this.#ofUser.all(user) as { name: ChannelName }[]).map((row) => row.name));
  }

  memberNames(name: ChannelName, limit: number): Promise<readonly Username[]> {
    return toPromise(() => {
      const channel = this.#one.get(name) as Row | undefined;
      if (!channel) return [];
      const { permanent, joined } = this.#memberNames;
      const rows = channel.permanent === 1 ? permanent.all(limit) : joined.all(name, limit);
      return (rows as { username: Username }[]).map((row) => row.username);
    });
  }

  watch(listener: (change: ChannelChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Called when there is one account more or less: the accounts are the members of the permanent channels. */
  accountsChanged(): void {
    for (const row of this.#permanent.all() as Row[]) this.#tell({ type: 'updated', channel: toChannel(row) });
  }

  #changed(changes: number, change: ChannelChange & { name: ChannelName }): boolean {
    if (changes === 0) return false;
    this.#tell(change);
    this.#tellUpdated(change.name);
    return true;
  }

  #tellUpdated(name: ChannelName): void {
    const row = this.#one.get(name) as Row | undefined;
    if (!row) throw bug(`channel ${name} is gone`);
    this.#tell({ type: 'updated', channel: toChannel(row) });
  }

  #tell(change: ChannelChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}
