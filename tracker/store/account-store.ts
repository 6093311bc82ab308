/** Accounts, as far as they are stored: a part of TrackerStore. */
import type { UserKey, Username } from '../../protocol/ids.js';

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
  /** Runs this tracker: see administration/. */
  admin?: boolean | undefined;
  /** How often the password was changed: what was let in by an earlier one is not let in again. */
  epoch: number;
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
   * False when the key is taken, or a name with the same skeleton exists. Of two calls at once, one succeeds. The first account
   * that is no guest's is an admin.
   */
  create(account: Omit<Account, 'epoch' | 'admin'>): Promise<boolean>;
  /** A name that looks like this one (protocol/confusable.ts). */
  lookAlike(username: Username): Promise<Username | undefined>;
  find(key: UserKey): Promise<Account | undefined>;
  /**
   * A new password, and with it the next epoch. With `was`, another hash of the same password: only while that is still the
   * hash, so that a newer password is not overwritten; the epoch stays.
   */
  setPassword(key: UserKey, passwordHash: string, was?: string): Promise<void>;
  count(): Promise<number>;
  /** How many were made after this time, guests left out. */
  countSince(time: number): Promise<number>;
  /** How many are in this state. */
  countIn(state: AccountState): Promise<number>;
  /**
   * Another state, or another role. `last_admin`: nobody would be left who is an admin and can sign in; then nothing changes. So it
   * is too when two are asked for at once.
   */
  change(key: UserKey, change: AccountChange): Promise<'changed' | 'same' | 'unknown' | 'last_admin'>;
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
  watchStates(listener: (account: { key: UserKey; username: Username; state?: AccountState }) => void): () => void;
}
