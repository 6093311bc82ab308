/** Accounts, as far as they are stored: a part of TrackerStore. */
import type { UserKey, Username } from '../../protocol/ids.js';
import type { RecordWrite } from './record-store.js';

export interface Account {
  key: UserKey;
  /** As registered. */
  username: Username;
  /** Of a guest: empty, which is the hash of no password. */
  passwordHash: string;
  /** Milliseconds since 1970, as all times here. */
  created: number;
  /** Present where it was made for one visit. */
  guest?: GuestState | undefined;
  /** Absent: it is used. */
  state?: AccountState | undefined;
  /** When it was last disabled, removed or enabled again: later than the time before, whatever the clock shows. */
  stateSince?: number | undefined;
  /** Runs this tracker: see administration/. */
  admin?: boolean | undefined;
  /** One more with each new password, and where its user signs out everywhere: sessions of an earlier one are over. */
  epoch: number;
  /** Devices that were let in since this epoch are let in by their keys. Absent: since `epoch`. */
  devicesSince?: number | undefined;
}

export type NewAccount = Omit<Account, 'admin' | 'devicesSince' | 'epoch' | 'stateSince'> & {
  /** `first`: an admin if it is the first account that is no guest's. */
  admin?: true | 'first' | undefined;
};

/** What a new password asks for, and what it leaves standing. */
export interface PasswordChange {
  /** Only while this is still the hash: of two changes at once, one succeeds. */
  was?: string | undefined;
  /** Devices that were let in stay let in. */
  keepDevices?: boolean | undefined;
  /** As of `change`. */
  alongside?: readonly RecordWrite[] | undefined;
}

/** A guest whose visit is over keeps the name, and is in no list. */
export type GuestState = 'here' | 'gone';

/** An account that is not used keeps its name, has no session, and is in no list but that of admins. `pending`: an admin has to approve it. */
export type AccountState = 'pending' | 'disabled' | 'removed';

/** An account as others may see it. */
export interface ListedAccount {
  key: UserKey;
  username: Username;
  /** When a peer of the account was last online. */
  lastSeen: number | undefined;
  guest?: GuestState | undefined;
}

export interface AccountQuery {
  /** Lower case; a part of the key. */
  part?: string | undefined;
  /** The key of the last one of the page before. */
  after?: UserKey | undefined;
  limit: number;
  /** Only those who share a channel that is not permanent with this user, and this user. */
  sharing?: UserKey | undefined;
}

export interface AccountChange {
  /** `used`: none. */
  state?: AccountState | 'used' | undefined;
  admin?: boolean | undefined;
}

export type ChangeOutcome = 'changed' | 'same' | 'unknown' | 'last_admin';

/** What peers are told of an account: whether it is used, and since when. */
export interface StateChange {
  key: UserKey;
  username: Username;
  state?: AccountState | undefined;
  /** Absent: it was approved, which is no news to peers. */
  since?: number | undefined;
}

const isShut = (state: AccountState | undefined): boolean => state === 'disabled' || state === 'removed';

/** @returns `stateSince` of an account whose state becomes this one now */
export function sinceOf(
  known: Pick<Account, 'state' | 'stateSince'>,
  state: AccountState | undefined,
  now: number,
): number | undefined {
  if (state === known.state || !(isShut(state) || isShut(known.state))) return known.stateSince;
  return Math.max(now, (known.stateSince ?? 0) + 1);
}

export interface AllAccountsQuery {
  /** Lower case; a part of the key. */
  part?: string | undefined;
  after?: UserKey | undefined;
  limit: number;
  state?: AccountState | 'used' | undefined;
  /** Only admins. */
  admin?: boolean | undefined;
}

/** An account as admins see it. */
export interface AnyAccount {
  key: UserKey;
  username: Username;
  created: number;
  lastSeen?: number | undefined;
  state?: AccountState | undefined;
  admin: boolean;
}

export interface AccountStore {
  /**
   * False when the key is taken, or a name with the same skeleton exists. Of two calls at once, one succeeds; of several that
   * would be the first, one is.
   */
  create(account: NewAccount): Promise<boolean>;
  /** A name that looks like this one (protocol/confusable.ts). */
  lookAlike(username: Username): Promise<Username | undefined>;
  find(key: UserKey): Promise<Account | undefined>;
  /** A new password, and with it the next epoch. False when there is no such account, or its hash is not `was` any more. */
  setPassword(key: UserKey, passwordHash: string, change?: PasswordChange): Promise<boolean>;
  /** Another hash of the same password: only while `was` is still the hash, so that a newer password is not overwritten. */
  rehash(key: UserKey, passwordHash: string, was: string): Promise<void>;
  /** The next epoch, with the same password: nothing that was let in before is let in again without it. */
  endSignIns(key: UserKey): Promise<void>;
  count(): Promise<number>;
  /** How many were made after this time, guests left out. */
  countSince(time: number): Promise<number>;
  /** How many are in this state. */
  countIn(state: AccountState): Promise<number>;
  /**
   * Another state, or another role. `last_admin`: nobody would be left who is an admin and can sign in; then nothing changes. So it
   * is too when two are asked for at once.
   * @param alongside written where it is changed: with it, or, in a cluster, right after it
   */
  change(key: UserKey, change: AccountChange, now: number, alongside?: readonly RecordWrite[]): Promise<ChangeOutcome>;
  /** Those who are admins and can sign in. */
  admins(): Promise<readonly Username[]>;
  /** All but guests, whatever their state, by key. */
  listAll(query: AllAccountsQuery): Promise<readonly AnyAccount[]>;
  /** When guests came, gone ones too: the times after this one. */
  guestTimes(since: number): Promise<readonly number[]>;
  /** Guests whose visits are not over. */
  guestsHere(): Promise<readonly { key: UserKey; username: Username }[]>;
  /** The visit of a guest is over. */
  guestLeft(key: UserKey): Promise<void>;
  /**
   * All who are used but guests who are gone. Sorted by key; with `part`, those that start with it come first. A page costs as much as it has rows (with `sharing`:
   * as many as share), however many accounts there are.
   */
  list(query: AccountQuery): Promise<readonly ListedAccount[]>;
  lastSeen(key: UserKey): Promise<number | undefined>;
  /** A time never goes back. */
  seen(times: ReadonlyMap<UserKey, number>): Promise<void>;
  /** Of each account that is new in the lists, also a guest's. */
  watch(listener: (username: Username) => void): () => void;
  /** Of each other state. */
  watchStates(listener: (change: StateChange) => void): () => void;
  /** Of accounts that are disabled or removed, or were: the last change of each, the latest first. */
  stateChanges(limit: number): Promise<readonly StateChange[]>;
}
