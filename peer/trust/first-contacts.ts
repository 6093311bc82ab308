/**
 * Users met for the first time whose devices the tracker has not listed yet: whichever of them is seen first, all that it lists
 * then are what one begins with. Otherwise a newcomer would be warned of each second device that was there before them.
 */
import { userKey, type UserKey, type Username } from '../../protocol/ids.js';

/** More at once are not remembered: further devices of those are then told of, as of anybody known. */
const OPEN_MAX = 10_000;

export class FirstContacts {
  readonly #open = new Map<UserKey, Username>();
  #asking: Promise<void> | undefined;

  /** @param list asks the tracker for the devices of a user, and takes them; answers whether it could */
  constructor(private readonly list: (username: Username) => Promise<boolean>) {}

  isOpen(username: Username): boolean {
    return this.#open.has(userKey(username));
  }

  met(username: Username): void {
    if (this.#open.size >= OPEN_MAX) return;
    this.#open.set(userKey(username), username);
    this.look();
  }

  /** The tracker has listed them: what comes from now on is new. */
  listed(username: Username): void {
    this.#open.delete(userKey(username));
  }

  /** Asks for one after the other, until the tracker does not answer: to be called again once it is there. */
  look(): void {
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
    });
  }

  async #ask(): Promise<void> {
    for (const username of this.#open.values()) {
      if (!(await this.list(username))) return;
      this.listed(username);
    }
  }
}
