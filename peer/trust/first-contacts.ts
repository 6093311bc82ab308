/**
 * Users met for the first time whose devices the tracker has not listed yet: whichever of them is seen first, all that it lists
 * then are what one begins with. Otherwise a newcomer would be warned of each second device that was there before them. It is
 * for minutes only, and for one answer: a tracker that refuses to list a user must not keep a device of its own for later.
 */
import { isGuestName } from '../../protocol/confusable.js';
import { userKey, type UserKey, type Username } from '../../protocol/ids.js';

/** From then on further devices are told of, whatever the tracker did: longer than its restart, shorter than a plan. */
const OPEN_MS = 10 * 60_000;

/** More at once are not remembered: further devices of those are then told of, as of anybody known. */
const OPEN_MAX = 10_000;

/** A history can be of hundreds of users, and all who share a gateway's address share what the tracker takes from it. */
const PACE_MS = 1_000;

export interface FirstContactsOptions {
  /**
   * Asks the tracker for the devices of a user, and takes them. Answers whether that is over, be it by a refusal; false when the
   * tracker could not answer for a reason that passes. Must not reject.
   */
  readonly list: (username: Username) => Promise<boolean>;
  /** Milliseconds; never goes back. */
  readonly now: () => number;
  readonly timers: { setTimeout(run: () => void, ms: number): unknown; clearTimeout(timer: unknown): void };
}

interface Contact {
  readonly username: Username;
  readonly since: number;
}

export class FirstContacts {
  readonly #options: FirstContactsOptions;
  /** In the order in which they were met. */
  readonly #open = new Map<UserKey, Contact>();
  #asking = false;
  /** How often the tracker was said to be there. */
  #looks = 0;
  #askedAt: number | undefined;
  #timer: unknown;
  #closed = false;

  constructor(options: FirstContactsOptions) {
    this.#options = options;
  }

  /** Whether devices of that user seen now are taken as they are. */
  isOpen(username: Username): boolean {
    const contact = this.#open.get(userKey(username));
    return contact !== undefined && this.#isFresh(contact);
  }

  /** A guest has one device, for one visit: of those nothing is asked. */
  met(username: Username): void {
    if (isGuestName(username)) return;
    const key = userKey(username);
    this.#open.delete(key);
    this.#forgetOld();
    if (this.#open.size >= OPEN_MAX) return;
    this.#open.set(key, { username, since: this.#options.now() });
    this.#begin();
  }

  /** The tracker has answered for them, or they were verified: what comes from now on is new. */
  end(username: Username): void {
    this.#open.delete(userKey(username));
  }

  /** The tracker is there: asks for one after the other, until it cannot answer. */
  look(): void {
    this.#looks += 1;
    this.#begin();
  }

  close(): void {
    this.#closed = true;
    this.#options.timers.clearTimeout(this.#timer);
  }

  #begin(): void {
    if (!this.#asking && !this.#closed) void this.#ask();
  }

  async #ask(): Promise<void> {
    this.#asking = true;
    try {
      for (let next = this.#next(); next !== undefined; next = this.#next()) {
        await this.#turn();
        // Meanwhile they may have been looked up for another reason, or have become old.
        if (!this.isOpen(next)) continue;
        const looks = this.#looks;
        this.#askedAt = this.#options.now();
        if (await this.#options.list(next)) this.end(next);
        // What failed was asked before the tracker was there again.
        else if (this.#looks === looks) return;
        if (this.#closed) return;
      }
    } finally {
      this.#asking = false;
    }
  }

  #next(): Username | undefined {
    this.#forgetOld();
    for (const { username } of this.#open.values()) return username;
    return undefined;
  }

  async #turn(): Promise<void> {
    const wait = this.#askedAt === undefined ? 0 : this.#askedAt + PACE_MS - this.#options.now();
    if (wait <= 0) return;
    await new Promise<void>((resolve) => {
      this.#timer = this.#options.timers.setTimeout(resolve, wait);
    });
  }

  #isFresh({ since }: Contact): boolean {
    return this.#options.now() - since < OPEN_MS;
  }

  #forgetOld(): void {
    for (const [key, contact] of this.#open) {
      if (this.#isFresh(contact)) return;
      this.#open.delete(key);
    }
  }
}
