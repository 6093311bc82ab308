import { usernameSkeleton } from '../../../protocol/confusable.js';
import type { UserKey, Username } from '../../../protocol/ids.js';
import { sinceOf } from '../account-store.js';
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
import type { RecordStore, RecordWrite } from '../record-store.js';
import { pageOf, SortedKeys } from './account-pages.js';
import type { Bucket } from './bucket.js';
import { keepLatest, seenShard, type SeenShard } from './seen.js';

type StateListener = Parameters<AccountStore['watchStates']>[0];
/** Who shares a channel that is not permanent with this user, and the user. */
type Sharing = (user: UserKey) => ReadonlySet<UserKey>;

/** Nothing is ever removed from `accounts`, so that a name is free only if all that came before is known. */
export class NatsAccounts implements AccountStore {
  readonly #bySkeleton = new Map<string, Set<UserKey>>();
  readonly #guests = new Set<UserKey>();
  /** All who are used but guests who are gone. */
  readonly #here = new SortedKeys();
  /** All but guests. */
  readonly #members = new SortedKeys();
  readonly #admins = new SortedKeys();
  readonly #listeners = new Set<(username: Username) => void>();
  readonly #stateListeners = new Set<StateListener>();

  constructor(
    private readonly accounts: Bucket<Account>,
    private readonly seenTimes: Bucket<SeenShard>,
    private readonly records: Pick<RecordStore, 'update'>,
    private readonly sharing: Sharing,
    /** How many are here has changed. */
    changed: () => void,
  ) {
    for (const [, account] of accounts.mirror.values()) this.#index(account);
    accounts.watch(({ before, after }) => {
      if (!after) return;
      const count = this.#here.size;
      this.#index(after);
      if (this.#here.size !== count) changed();
      this.#tell(before, after);
    });
  }

  create({ admin, ...account }: NewAccount): Promise<boolean> {
    const skeleton = usernameSkeleton(account.username);
    return this.accounts.writeInView(account.key, (known) => {
      if (known || this.#bySkeleton.has(skeleton)) return undefined;
      const isAdmin = admin === true || (admin === 'first' && this.#members.size === 0);
      return { ...account, epoch: 0, ...(isAdmin && { admin: true }) };
    });
  }

  lookAlike(username: Username): Promise<Username | undefined> {
    const keys = [...(this.#bySkeleton.get(usernameSkeleton(username)) ?? [])];
    const alike = keys.flatMap((key) => this.accounts.get(key) ?? []);
    alike.sort((a, b) => a.created - b.created || (a.key < b.key ? -1 : 1));
    return Promise.resolve(alike[0]?.username);
  }

  async find(key: UserKey): Promise<Account | undefined> {
    const found = await this.accounts.find(key);
    return found && { ...found };
  }

  async setPassword(key: UserKey, passwordHash: string, change: PasswordChange = {}): Promise<boolean> {
    const { was, keepDevices, alongside } = change;
    const outcome = { isChanged: false };
    await this.accounts.update(key, (known) => {
      outcome.isChanged = known !== undefined && (was === undefined || known.passwordHash === was);
      if (!known || !outcome.isChanged) return undefined;
      const { devicesSince = known.epoch } = known;
      return { ...nextEpoch(known), passwordHash, ...(keepDevices === true && { devicesSince }) };
    });
    if (outcome.isChanged) await this.#write(alongside);
    return outcome.isChanged;
  }

  async rehash(key: UserKey, passwordHash: string, was: string): Promise<void> {
    await this.accounts.update(key, (known) => (known?.passwordHash === was ? { ...known, passwordHash } : undefined));
  }

  async endSignIns(key: UserKey): Promise<void> {
    await this.accounts.update(key, (known) => known && nextEpoch(known));
  }

  count(): Promise<number> {
    return Promise.resolve(this.accounts.mirror.size);
  }

  countSince(time: number): Promise<number> {
    return Promise.resolve(this.#all().filter(({ created }) => created > time).length);
  }

  countIn(state: AccountState): Promise<number> {
    let count = 0;
    for (const [, account] of this.accounts.mirror.values()) if (account.state === state) count += 1;
    return Promise.resolve(count);
  }

  async change(
    key: UserKey,
    change: AccountChange,
    now: number,
    alongside?: readonly RecordWrite[],
  ): Promise<ChangeOutcome> {
    let outcome: ChangeOutcome = 'unknown';
    const isWritten = await this.accounts.writeInView(key, (known) => {
      outcome = 'unknown';
      if (!known) return undefined;
      const { state: before, stateSince, admin: was = false, ...rest } = known;
      const state = change.state === 'used' ? undefined : (change.state ?? before);
      const admin = change.admin ?? was;
      outcome = 'same';
      if (state === before && admin === was) return undefined;
      outcome = 'last_admin';
      const admins = this.#usedAdmins();
      if (admins.length === 1 && admins[0]?.key === key && (state !== undefined || !admin)) return undefined;
      const since = sinceOf({ state: before, stateSince }, state, now);
      return { ...rest, ...(state && { state }), ...(since && { stateSince: since }), ...(admin && { admin }) };
    });
    if (isWritten) await this.#write(alongside);
    return isWritten ? 'changed' : outcome;
  }

  /** After what they belong to: the server keeps one record at a time. */
  async #write(records: readonly RecordWrite[] = []): Promise<void> {
    for (const { kind, id, value } of records) await this.records.update(kind, id, () => value);
  }

  admins(): Promise<readonly Username[]> {
    return Promise.resolve(this.#usedAdmins().map(({ username }) => username));
  }

  stateChanges(limit: number): Promise<readonly StateChange[]> {
    const changes = [...this.accounts.mirror.values()].flatMap(([, account]) => changeOf(account));
    return Promise.resolve(changes.sort((a, b) => (b.since ?? 0) - (a.since ?? 0)).slice(0, limit));
  }

  listAll({ part = '', after = '' as UserKey, limit, state, admin }: AllAccountsQuery): Promise<readonly AnyAccount[]> {
    const page: AnyAccount[] = [];
    for (const key of (admin === true ? this.#admins : this.#members).from(after)) {
      if (page.length >= limit) break;
      const account = this.accounts.get(key);
      if (!account || key === after || !key.includes(part)) continue;
      if (state !== undefined && (account.state ?? 'used') !== state) continue;
      const { username, created } = account;
      const facts = { lastSeen: this.#seenAt(key), state: account.state, admin: account.admin === true };
      page.push({ key, username, created, ...facts });
    }
    return Promise.resolve(page);
  }

  guestTimes(since: number): Promise<readonly number[]> {
    const times = [...this.#guests].flatMap((key) => this.accounts.get(key)?.created ?? []);
    return Promise.resolve(times.filter((created) => created > since));
  }

  guestsHere(): Promise<readonly { key: UserKey; username: Username }[]> {
    const found = [...this.#guests].flatMap((key) => this.accounts.get(key) ?? []);
    return Promise.resolve(
      found.filter(({ guest }) => guest === 'here').map(({ key, username }) => ({ key, username })),
    );
  }

  async guestLeft(key: UserKey): Promise<void> {
    await this.accounts.update(key, (known) =>
      known?.guest === 'here' ? { ...known, guest: 'gone' as const } : undefined,
    );
  }

  list(query: AccountQuery): Promise<readonly ListedAccount[]> {
    const sharing = query.sharing === undefined ? undefined : this.sharing(query.sharing);
    const keys = pageOf(this.#here, query, sharing && ((key) => sharing.has(key)));
    return Promise.resolve(
      keys.flatMap((key) => {
        const account = this.accounts.get(key);
        if (!account) return [];
        return [{ key, username: account.username, lastSeen: this.#seenAt(key), guest: account.guest }];
      }),
    );
  }

  /** The names of all who are here, by key. */
  names(limit: number): Username[] {
    return this.#here.from('', limit).flatMap((key) => this.accounts.get(key)?.username ?? []);
  }

  /** How many are in the permanent channels. */
  get here(): number {
    return this.#here.size;
  }

  lastSeen(key: UserKey): Promise<number | undefined> {
    return Promise.resolve(this.#seenAt(key));
  }

  async seen(times: ReadonlyMap<UserKey, number>): Promise<void> {
    const known = [...times].filter(([key]) => this.accounts.get(key) !== undefined);
    await keepLatest(this.seenTimes, known, seenShard);
  }

  watch(listener: (username: Username) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  watchStates(listener: StateListener): () => void {
    this.#stateListeners.add(listener);
    return () => this.#stateListeners.delete(listener);
  }

  #tell(before: Account | undefined, after: Account): void {
    const { username, state } = after;
    const wasUnlisted = before === undefined || before.state === 'pending';
    if (wasUnlisted && state === undefined) for (const listener of this.#listeners) listener(username);
    if (!before || before.state === state) return;
    const { key, stateSince: since } = after;
    const [change = { key, username, state, since }] = changeOf(after);
    for (const listener of this.#stateListeners) listener(change);
  }

  #all(): Account[] {
    return this.#members.from('').flatMap((key) => this.accounts.get(key) ?? []);
  }

  #usedAdmins(): Account[] {
    const admins = this.#admins.from('').flatMap((key) => this.accounts.get(key) ?? []);
    return admins.filter(({ state }) => state === undefined);
  }

  #seenAt(key: UserKey): number | undefined {
    return this.seenTimes.get(seenShard(key))?.[key];
  }

  #index({ key, username, guest, state, admin }: Account): void {
    const skeleton = usernameSkeleton(username);
    const alike = this.#bySkeleton.get(skeleton);
    if (alike) alike.add(key);
    else this.#bySkeleton.set(skeleton, new Set([key]));
    if (guest !== undefined) this.#guests.add(key);
    else this.#members.add(key);
    if (admin === true) this.#admins.add(key);
    else this.#admins.delete(key);
    if (guest === 'gone' || state !== undefined) this.#here.delete(key);
    else this.#here.add(key);
  }
}

/** Accounts of before that are not used have no time: then that of their making counts. */
function changeOf({ key, username, created, state, stateSince }: Account): StateChange[] {
  const since = stateSince ?? (state === 'disabled' || state === 'removed' ? created : undefined);
  return since === undefined ? [] : [{ key, username, state, since }];
}

/** Nothing that was let in before is let in again. */
function nextEpoch(account: Account): Account {
  const epoch = account.epoch + 1;
  return { ...account, epoch, devicesSince: epoch };
}
