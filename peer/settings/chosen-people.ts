import { ParleyError } from '../../protocol/errors.js';
import { userKey, type UserKey, type Username } from '../../protocol/ids.js';
import type { Settings } from './settings.js';

export interface ChosenStore {
  readonly data: Readonly<Pick<Settings, 'people'>>;
  update(change: (data: Pick<Settings, 'people'>) => void): void;
}

export interface Choice {
  readonly friend?: boolean;
  readonly blocked?: boolean;
}

/** Whom the user calls a friend, and whom they do not want to hear: kept here alone, told to nobody. */
export class ChosenPeople {
  readonly #store: ChosenStore;
  readonly #changed: (username: Username, blocked: boolean) => void;

  /** `changed`: `blocked` says whether that changed as well. */
  constructor(store: ChosenStore, changed: (username: Username, blocked: boolean) => void) {
    this.#store = store;
    this.#changed = changed;
  }

  of(user: UserKey): Choice {
    const { people } = this.#store.data;
    return (Object.hasOwn(people, user) ? people[user] : undefined) ?? {};
  }

  isBlocked(user: UserKey): boolean {
    return this.of(user).blocked === true;
  }

  /** Users that a choice was made about, as they write their names. */
  all(): Username[] {
    return Object.values(this.#store.data.people).map(({ username }) => username as Username);
  }

  blocked(): UserKey[] {
    return this.all()
      .map(userKey)
      .filter((user) => this.isBlocked(user));
  }

  /** Who is blocked is no friend. @throws bad_request for a friend who is blocked */
  choose(username: Username, { friend, blocked }: Choice): void {
    const user = userKey(username);
    const before = this.of(user);
    const next = { friend: friend ?? before.friend ?? false, blocked: blocked ?? before.blocked ?? false };
    if (next.blocked && friend === true)
      throw new ParleyError('bad_request', `${username} is blocked. Unblock them, then add them to your friends.`);
    if (next.blocked) next.friend = false;
    if (next.friend === (before.friend ?? false) && next.blocked === (before.blocked ?? false)) return;
    this.#store.update((data) => {
      const others = Object.entries(data.people).filter(([key]) => key !== user);
      if (next.friend) others.push([user, { username, friend: true }]);
      if (next.blocked) others.push([user, { username, blocked: true }]);
      data.people = Object.fromEntries(others);
    });
    this.#changed(username, next.blocked !== (before.blocked ?? false));
  }
}
