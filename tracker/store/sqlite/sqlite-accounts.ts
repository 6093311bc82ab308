import type { UserKey, Username } from '../../../protocol/ids.js';
import { sinceOf } from '../account-store.js';
import type { RecordWrite } from '../record-store.js';
import type {
  Account,
  AccountChange,
  AccountQuery,
  AccountState,
  AccountStore,
  AllAccountsQuery,
  AnyAccount,
  ChangeOutcome,
  ListedAccount,
  NewAccount,
  PasswordChange,
  StateChange,
} from '../tracker-store.js';
import { AccountPages, AllAccountPages, GUEST_STATES, STATES } from './account-pages.js';
import { together, toPromise, type Database } from './database.js';
import type { SqliteRecords } from './sqlite-records.js';

type StateListener = Parameters<AccountStore['watchStates']>[0];

interface Row {
  key: UserKey;
  username: Username;
  password_hash: string;
  created: number;
  guest: number;
  epoch: number;
  state: number;
  admin: number;
  devicesSince: number;
  stateSince: number | null;
}

export class SqliteAccounts implements AccountStore {
  readonly #insert;
  readonly #find;
  readonly #setPassword;
  readonly #rehash;
  readonly #endSignIns;
  readonly #lookAlike;
  readonly #count;
  readonly #lastSeen;
  readonly #seen;
  readonly #pages;
  readonly #allPages;
  readonly #countSince;
  readonly #countIn;
  readonly #change;
  readonly #admins;
  readonly #stateChanges;
  readonly #guestTimes;
  readonly #guestsHere;
  readonly #guestLeft;
  readonly #listeners = new Set<(username: Username) => void>();
  readonly #stateListeners = new Set<StateListener>();

  /** `changed` is called after each new account, and when a guest leaves: who is here is in the permanent channels. */
  constructor(
    private readonly db: Database,
    private readonly records: Pick<SqliteRecords, 'tell' | 'write'>,
    private readonly changed: () => void,
  ) {
    this.#insert = db.prepare(
      `INSERT INTO accounts (key, username, password_hash, created, guest, state, admin, skeleton)
       SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 = 2 OR ?7 = 1 AND NOT EXISTS (SELECT 1 FROM accounts WHERE guest = 0), username_skeleton(?2)
       WHERE NOT EXISTS (SELECT 1 FROM accounts WHERE skeleton = username_skeleton(?2)) ON CONFLICT DO NOTHING`,
    );
    this.#find = db.prepare(
      `SELECT key, username, password_hash, created, guest, epoch, state, admin,
       devices_since AS devicesSince, state_since AS stateSince FROM accounts WHERE key = ?`,
    );
    this.#setPassword = db.prepare(
      `UPDATE accounts SET password_hash = ?1, epoch = epoch + 1, devices_since = iif(?4, devices_since, epoch + 1)
       WHERE key = ?2 AND (?3 IS NULL OR password_hash = ?3)`,
    );
    this.#endSignIns = db.prepare('UPDATE accounts SET epoch = epoch + 1, devices_since = epoch + 1 WHERE key = ?');
    this.#rehash = db.prepare('UPDATE accounts SET password_hash = ? WHERE key = ? AND password_hash = ?');
    this.#lookAlike = db.prepare(
      'SELECT username FROM accounts WHERE skeleton = username_skeleton(?) ORDER BY created, key LIMIT 1',
    );
    this.#count = db.prepare('SELECT count(*) AS n FROM accounts');
    this.#lastSeen = db.prepare('SELECT last_seen AS at FROM accounts WHERE key = ?');
    this.#seen = db.prepare('UPDATE accounts SET last_seen = ?1 WHERE key = ?2 AND coalesce(last_seen, 0) < ?1');
    this.#pages = new AccountPages(db);
    this.#allPages = new AllAccountPages(db);
    this.#countSince = db.prepare('SELECT count(*) AS n FROM accounts WHERE guest = 0 AND created > ?');
    this.#countIn = db.prepare('SELECT count(*) AS n FROM accounts WHERE state > 0 AND state = ?');
    this.#change = db.prepare('UPDATE accounts SET state = ?, admin = ?, state_since = ? WHERE key = ?');
    this.#stateChanges = db.prepare(
      `SELECT key, username, state, state_since AS since FROM accounts INDEXED BY accounts_by_change
       WHERE state_since IS NOT NULL ORDER BY state_since DESC LIMIT ?`,
    );
    this.#admins = db.prepare('SELECT username FROM accounts WHERE admin = 1 AND state = 0 ORDER BY key');
    this.#guestTimes = db.prepare('SELECT created FROM accounts WHERE guest > 0 AND created > ?');
    this.#guestsHere = db.prepare('SELECT key, username FROM accounts WHERE guest = 1');
    this.#guestLeft = db.prepare('UPDATE accounts SET guest = 2 WHERE key = ? AND guest = 1');
  }

  create(account: NewAccount): Promise<boolean> {
    return toPromise(() => {
      const { key, username, passwordHash, created, guest, state, admin } = account;
      const role = admin === true ? 2 : admin === 'first' ? 1 : 0;
      const numbers = [GUEST_STATES.indexOf(guest), STATES.indexOf(state), role];
      if (this.#insert.run(key, username, passwordHash, created, ...numbers).changes === 0) return false;
      if (state !== undefined) return true;
      this.changed();
      for (const listener of this.#listeners) listener(username);
      return true;
    });
  }

  find(key: UserKey): Promise<Account | undefined> {
    return toPromise(() => {
      return this.#account(key);
    });
  }

  lookAlike(username: Username): Promise<Username | undefined> {
    return toPromise(() => (this.#lookAlike.get(username) as { username: Username } | undefined)?.username);
  }

  setPassword(key: UserKey, passwordHash: string, change: PasswordChange = {}): Promise<boolean> {
    const { was = null, keepDevices = false, alongside } = change;
    return toPromise(() =>
      this.#with(alongside, () => this.#setPassword.run(passwordHash, key, was, keepDevices ? 1 : 0).changes > 0),
    );
  }

  rehash(key: UserKey, passwordHash: string, was: string): Promise<void> {
    return toPromise(() => {
      this.#rehash.run(passwordHash, key, was);
    });
  }

  endSignIns(key: UserKey): Promise<void> {
    return toPromise(() => {
      this.#endSignIns.run(key);
    });
  }

  count(): Promise<number> {
    return toPromise(() => (this.#count.get() as { n: number }).n);
  }

  countSince(time: number): Promise<number> {
    return toPromise(() => (this.#countSince.get(time) as { n: number }).n);
  }

  countIn(state: AccountState): Promise<number> {
    return toPromise(() => (this.#countIn.get(STATES.indexOf(state)) as { n: number }).n);
  }

  change(key: UserKey, change: AccountChange, now: number, alongside?: readonly RecordWrite[]): Promise<ChangeOutcome> {
    return toPromise(() => {
      const known = this.#account(key);
      if (!known) return 'unknown';
      const state = change.state === 'used' ? undefined : (change.state ?? known.state);
      const admin = change.admin ?? known.admin ?? false;
      if (state === known.state && admin === (known.admin ?? false)) return 'same';
      const admins = this.#admins.all() as { username: Username }[];
      const [only] = admins;
      if (admins.length === 1 && only?.username === known.username && (state !== undefined || !admin))
        return 'last_admin';
      const since = sinceOf(known, state, now);
      const numbers = [STATES.indexOf(state), admin ? 1 : 0, since ?? null];
      this.#with(alongside, () => this.#change.run(...numbers, key).changes > 0);
      if (state !== known.state) this.#tellState(known, state, since);
      return 'changed';
    });
  }

  admins(): Promise<readonly Username[]> {
    return toPromise(() => (this.#admins.all() as { username: Username }[]).map(({ username }) => username));
  }

  stateChanges(limit: number): Promise<readonly StateChange[]> {
    return toPromise(() =>
      (this.#stateChanges.all(limit) as { key: UserKey; username: Username; state: number; since: number }[]).map(
        ({ state, ...change }) => ({ ...change, state: STATES[state] }),
      ),
    );
  }

  listAll(query: AllAccountsQuery): Promise<readonly AnyAccount[]> {
    return toPromise(() => this.#allPages.page(query));
  }

  guestTimes(since: number): Promise<readonly number[]> {
    return toPromise(() => (this.#guestTimes.all(since) as { created: number }[]).map(({ created }) => created));
  }

  guestsHere(): Promise<readonly { key: UserKey; username: Username }[]> {
    return toPromise(() => this.#guestsHere.all() as { key: UserKey; username: Username }[]);
  }

  guestLeft(key: UserKey): Promise<void> {
    return toPromise(() => {
      if (this.#guestLeft.run(key).changes > 0) this.changed();
    });
  }

  list(query: AccountQuery): Promise<readonly ListedAccount[]> {
    return toPromise(() => this.#pages.page(query));
  }

  lastSeen(key: UserKey): Promise<number | undefined> {
    return toPromise(() => (this.#lastSeen.get(key) as { at: number | null } | undefined)?.at ?? undefined);
  }

  seen(times: ReadonlyMap<UserKey, number>): Promise<void> {
    return toPromise(() => {
      together(this.db, () => {
        for (const [key, at] of times) this.#seen.run(at, key);
      });
    });
  }

  watch(listener: (username: Username) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  watchStates(listener: StateListener): () => void {
    this.#stateListeners.add(listener);
    return () => this.#stateListeners.delete(listener);
  }

  /** The records are written where `run` has changed something, with it. */
  #with(records: readonly RecordWrite[] = [], run: () => boolean): boolean {
    const isChanged = together(this.db, () => {
      const isDone = run();
      if (isDone) this.records.write(records);
      return isDone;
    });
    if (isChanged) this.records.tell(records);
    return isChanged;
  }

  #account(key: UserKey): Account | undefined {
    const row = this.#find.get(key) as Row | undefined;
    if (!row) return undefined;
    const {
      key: found,
      username,
      password_hash: passwordHash,
      created,
      guest,
      epoch,
      state,
      admin,
      devicesSince,
      stateSince,
    } = row;
    const known = { key: found, username, passwordHash, created, epoch, devicesSince };
    const states = { state: STATES[state], ...(stateSince !== null && { stateSince }) };
    return { ...known, guest: GUEST_STATES[guest], ...states, ...(admin === 1 && { admin: true }) };
  }

  #tellState({ key, username, state: before }: Account, state: AccountState | undefined, since?: number): void {
    if (before === undefined || state === undefined) this.changed();
    if (before === 'pending' && state === undefined) for (const listener of this.#listeners) listener(username);
    for (const listener of this.#stateListeners) listener({ key, username, state, since });
  }
}
