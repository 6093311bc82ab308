/** Whom the tracker is asked to tell of, where so many are online that it tells of a part: those with whom the user has to do, and those whom a window shows. */
import { userKey, type UserKey, type Username } from '../../protocol/ids.js';
import { FOLLOW_AT_ONCE_MAX } from '../../protocol/limits.js';
import type { TrackerEvent } from '../../protocol/tracker-api.js';

export interface FollowingOptions {
  /** With whom the user has to do, the most important first. */
  readonly always: () => Iterable<Username>;
  /** At most FOLLOW_AT_ONCE_MAX. */
  readonly send: (users: readonly Username[], follows: boolean) => void;
}

/** Of those with whom the user has to do, so many at the most: there is room for those who are shown. */
const ALWAYS_MAX = 200;
/** Of those who were shown, so many: the ones who were shown last. */
const SHOWN_MAX = 300;

export class Following {
  readonly #options: FollowingOptions;
  /** How many may be followed, at a tracker that tells of a part; else 0. */
  #max = 0;
  #isPart = false;
  /** By this connection. */
  readonly #followed = new Map<UserKey, Username>();
  /** The one who was shown last is the last. */
  readonly #shown = new Map<UserKey, Username>();

  constructor(options: FollowingOptions) {
    this.#options = options;
  }

  /** The tracker tells of a part of those online. */
  get isPart(): boolean {
    return this.#isPart;
  }

  heard(event: TrackerEvent): void {
    if (event.type === 'snapshot') {
      this.#followed.clear();
      this.#max = event.view?.follow ?? 0;
      this.#isPart = event.view?.whole === false;
    } else if (event.type === 'view') this.#isPart = !event.whole;
    else return;
    this.look();
  }

  /** Somebody shows them now. */
  show(users: readonly Username[]): void {
    for (const username of users.slice(0, SHOWN_MAX)) {
      const user = userKey(username);
      this.#shown.delete(user);
      this.#shown.set(user, username);
    }
    for (const user of this.#shown.keys()) {
      if (this.#shown.size <= SHOWN_MAX) break;
      this.#shown.delete(user);
    }
    this.look();
  }

  /** Something was said with this user: with them the user may have begun to have to do. */
  met(username: Username): void {
    if (!this.#followed.has(userKey(username))) this.look();
  }

  /** With whom the user has to do may have changed. */
  look(): void {
    if (!this.#isPart || this.#max === 0) return;
    const wanted = this.#wanted();
    const over = [...this.#followed].filter(([user]) => !wanted.has(user));
    const more = [...wanted].filter(([user]) => !this.#followed.has(user));
    this.#send(over, false);
    this.#send(more, true);
  }

  #wanted(): Map<UserKey, Username> {
    const wanted = new Map<UserKey, Username>();
    for (const username of this.#options.always()) {
      if (wanted.size >= Math.min(ALWAYS_MAX, this.#max)) break;
      wanted.set(userKey(username), username);
    }
    for (const [user, username] of [...this.#shown].reverse()) {
      if (wanted.size >= this.#max) break;
      wanted.set(user, username);
    }
    return wanted;
  }

  #send(users: readonly [UserKey, Username][], follows: boolean): void {
    for (let from = 0; from < users.length; from += FOLLOW_AT_ONCE_MAX) {
      const some = users.slice(from, from + FOLLOW_AT_ONCE_MAX);
      this.#options.send(
        some.map(([, username]) => username),
        follows,
      );
      for (const [user, username] of some) {
        if (follows) this.#followed.set(user, username);
        else this.#followed.delete(user);
      }
    }
  }
}
