import { ParleyError } from '../../protocol/errors.js';
import { userKey, type UserKey, type Username } from '../../protocol/ids.js';
import type { Settings } from './settings.js';

export interface ChosenStore {
  readonly data: Readonly<Pick<Settings, 'people'>>;
  update(change: (data: Pick<Settings, 'people'>) => void): void;
}

export interface Choice {
  readonly friend?: boolean;
  /** What they write does not count as unread, and notifies of nothing. */
  readonly muted?: boolean;
  /** That too, and nothing more of it is taken. */
  readonly blocked?: boolean;
}

/** What has changed besides friendship: whether they count, and whether they are shown. */
export interface ChoiceChange {
  readonly silence: boolean;
  readonly blocked: boolean;
}

/** Whom the user calls a friend, and whom they do not want to hear: kept here alone, told to nobody. */
export class ChosenPeople {
  readonly #store: ChosenStore;
  readonly #changed: (username: Username, change: ChoiceChange) => void;
  /** Of the choices as they were when that was asked last: it is asked with each message that is told. */
  #blocked: { readonly people: Settings['people']; readonly users: readonly UserKey[] } | undefined;

  constructor(store: ChosenStore, changed: (username: Username, change: ChoiceChange) => void) {
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

  isSilent(user: UserKey): boolean {
    const { muted, blocked } = this.of(user);
    return muted === true || blocked === true;
  }

  /** Users that a choice was made about, as they write their names. */
  all(): Username[] {
    return Object.values(this.#store.data.people).map(({ username }) => username as Username);
  }

  friends(): Username[] {
    return this.all().filter((username) => this.of(userKey(username)).friend === true);
  }

  silent(): UserKey[] {
    return this.all()
      .map(userKey)
      .filter((user) => this.isSilent(user));
  }

  blocked(): readonly UserKey[] {
    const { people } = this.#store.data;
    if (this.#blocked?.people !== people) this.#blocked = { people, users: this.blockedNames().map(userKey) };
    return this.#blocked.users;
  }

  /** As they write their names. */
  blockedNames(): Username[] {
    return this.all().filter((username) => this.isBlocked(userKey(username)));
  }

  /** Who is blocked is no friend, and needs no muting. @throws bad_request for a friend who is blocked */
  choose(username: Username, choice: Choice): void {
    const user = userKey(username);
    const { friend = false, muted = false, blocked = false } = this.of(user);
    const next = { friend: choice.friend ?? friend, muted: choice.muted ?? muted, blocked: choice.blocked ?? blocked };
    if (next.blocked && choice.friend === true)
      throw new ParleyError('bad_request', `${username} is blocked. Unblock them, then add them to your friends.`);
    if (next.blocked) Object.assign(next, { friend: false, muted: false });
    const silence = next.muted !== muted || next.blocked !== blocked;
    if (next.friend === friend && !silence) return;
    this.#store.update((data) => {
      const others = Object.entries(data.people).filter(([key]) => key !== user);
      if (next.friend || next.muted || next.blocked) others.push([user, { username, ...onlyTrue(next) }]);
      data.people = Object.fromEntries(others);
    });
    this.#changed(username, { silence, blocked: next.blocked !== blocked });
  }
}

function onlyTrue(choice: Choice): { friend?: true; muted?: true; blocked?: true } {
  return {
    ...(choice.friend ? { friend: true } : {}),
    ...(choice.muted ? { muted: true } : {}),
    ...(choice.blocked ? { blocked: true } : {}),
  };
}
