/**
 * Who has an account, present or not: the tracker's word, of which a bounded part stays here for when it is away. The rest is
 * asked for when somebody is named or looked for.
 */
import type { AccountWord } from '../../protocol/account-word.js';
import { isParleyError, ParleyError } from '../../protocol/errors.js';
import { parseUsername, sameUser, userKey, type UserKey, type Username } from '../../protocol/ids.js';
import { USERS_PAGE_MAX } from '../../protocol/limits.js';
import type { PersonView } from '../../protocol/local-api.js';
import { namedIn } from '../../protocol/mentions.js';
import type { ListUsers, TrackerEvent, UserRecord } from '../../protocol/tracker-api.js';
import type { Clock, Log } from '../services.js';

export interface KnownAccount {
  /** As registered. */
  readonly username: Username;
  /** Milliseconds since 1970; undefined while no peer of theirs was ever heard of. */
  readonly lastSeen: number | undefined;
  /** Undefined while the tracker has not told it in this run. */
  readonly guest?: boolean | undefined;
}

export interface AccountsOptions {
  readonly api: {
    list(query: ListUsers): Promise<{ users: UserRecord[]; more: boolean }>;
    one(username: Username): Promise<UserRecord>;
  };
  readonly store: { load(): KnownAccount[]; save(accounts: readonly KnownAccount[], all: boolean): void };
  readonly directory: {
    people(): PersonView[];
    person(user: Username): PersonView | undefined;
    met(username: Username, account: KnownAccount): void;
    /** How somebody looks who is not kept here. */
    describe(account: KnownAccount): PersonView;
  };
  /** What the CA says of an account that was asked for. */
  readonly word: (word: AccountWord) => void;
  readonly connected: () => boolean;
  readonly clock: Clock;
  readonly log: Log;
}

/** So many are listed unasked; a larger tracker is searched. */
const LISTED_MAX = 2 * USERS_PAGE_MAX;
const FOUND_MAX = 20;
/** Of the names in one text that nobody here has so many are asked for, for so long; nobody waits longer to send. */
const NAMED_MAX = 5;
const NAMED_MS = 2_000;
/** Names that nobody has are not asked for again for so long, nor more of them remembered. */
const NOBODY_MS = 60_000;
const NOBODY_MAX = 1_000;

export class Accounts {
  readonly #options: AccountsOptions;
  readonly #asked = new Map<UserKey, Promise<void>>();
  readonly #nobody = new Map<UserKey, number>();
  #naming: Promise<void> | undefined;
  #listing = false;

  constructor(options: AccountsOptions) {
    this.#options = options;
    for (const account of options.store.load()) options.directory.met(account.username, account);
  }

  heard(event: TrackerEvent): void {
    if (event.type === 'snapshot') void this.#refresh();
    else if (event.type === 'user_registered') this.#registered(event.username as Username);
  }

  /** The tracker is there, or there again: who has come to it meanwhile is listed. */
  async #refresh(): Promise<void> {
    if (this.#listing) return;
    this.#listing = true;
    const { api, log } = this.#options;
    try {
      const found: KnownAccount[] = [];
      for (let after: string | undefined; ;) {
        const { users, more } = await api.list({ limit: USERS_PAGE_MAX, ...(after === undefined ? {} : { after }) });
        found.push(...users.flatMap(accountOf));
        after = users.at(-1)?.username;
        if (more && found.length < LISTED_MAX && after !== undefined) continue;
        return this.#keep(found, !more);
      }
    } catch (err) {
      // Also a tracker of before: people are then known as they come.
      log.debug({ err }, 'the accounts were not listed; those of before are shown');
    } finally {
      this.#listing = false;
    }
  }

  #registered(username: Username): void {
    this.#nobody.delete(userKey(username));
    if (this.#options.directory.people().length < LISTED_MAX) this.#keep([{ username, lastSeen: undefined }], false);
  }

  /** Makes sure that somebody has this name. @throws unknown_user, user_unchecked, rate_limited */
  find(username: Username): Promise<void> {
    const { directory } = this.#options;
    if (directory.person(username) !== undefined) return Promise.resolve();
    const key = userKey(username);
    const asked = this.#asked.get(key) ?? this.#ask(username).finally(() => this.#asked.delete(key));
    this.#asked.set(key, asked);
    return asked;
  }

  /** Why a name that is looked for leads to nobody, in words; undefined for who is there, and where that cannot be told soon. */
  async missing(username: Username): Promise<string | undefined> {
    if (this.#isNobody(username)) return nobody(username);
    const late = new Promise<void>((resolve) => setTimeout(resolve, NAMED_MS).unref()).then(() => undefined);
    const asked = this.find(username).then(
      () => undefined,
      (error: unknown) => (isParleyError(error) && error.code !== 'rate_limited' ? error.message : undefined),
    );
    return Promise.race([asked, late]);
  }

  /**
   * Finds whom a text names and nobody here knows, as far as that can be done at once.
   * @returns undefined where there is nothing to wait for. While a text before it waits, so does this one: they stay in order.
   */
  named(message: string): Promise<void> | undefined {
    const { directory, connected } = this.#options;
    const names = new Map<UserKey, Username>();
    namedIn(message, (name) => {
      const username = parseUsername(name);
      if (!username) return undefined;
      const known = directory.person(username)?.username as Username | undefined;
      if (known === undefined && names.size < NAMED_MAX && !this.#isNobody(username))
        names.set(userKey(username), username);
      return known;
    });
    if (names.size === 0 || !connected()) return this.#naming;
    const found = Promise.allSettled([...names.values()].map((name) => this.find(name)));
    const late = new Promise<void>((resolve) => setTimeout(resolve, NAMED_MS).unref());
    const naming = Promise.race([Promise.all([found, this.#naming]), late]).then(() => {
      if (this.#naming === naming) this.#naming = undefined;
    });
    return (this.#naming = naming);
  }

  /**
   * Those whose name, or own name for themselves, holds the text: of here, and of the tracker where it is there. Whom the user
   * blocks is found by their whole name alone, to be unblocked.
   */
  async search(text: string): Promise<{ people: PersonView[]; more: boolean; checked: boolean }> {
    const { api, directory } = this.#options;
    const q = text.trim().replace(/^@/, '').toLowerCase();
    const found = new Map<string, PersonView>();
    const add = (person: PersonView): void => {
      const key = person.username.toLowerCase();
      if (person.blocked !== true || key === q) found.set(key, person);
    };
    for (const person of directory.people()) {
      if (found.size === FOUND_MAX) break;
      if (person.username.toLowerCase().includes(q) || person.name?.toLowerCase().includes(q) === true) add(person);
    }
    if (!parseUsername(q)) return { people: [...found.values()], more: false, checked: true };
    try {
      const { users, more } = await api.list({ q, limit: FOUND_MAX });
      for (const account of users.flatMap(accountOf)) {
        add(directory.person(account.username) ?? directory.describe(account));
      }
      return { people: [...found.values()].slice(0, FOUND_MAX), more: more || found.size > FOUND_MAX, checked: true };
    } catch (error) {
      if (!isParleyError(error)) throw error;
      return { people: [...found.values()], more: false, checked: false };
    }
  }

  async #ask(username: Username): Promise<void> {
    try {
      const user = await this.#options.api.one(username);
      // Another name than the one asked for is nobody's word for that.
      const [account] = sameUser(user.username as Username, username) ? accountOf(user) : [];
      if (!account) throw new ParleyError('unknown_user');
      if (user.word) this.#options.word(user.word);
      this.#keep([account], false);
    } catch (error) {
      throw this.#reason(username, error);
    }
  }

  #reason(username: Username, error: unknown): unknown {
    if (!isParleyError(error) || error.code === 'rate_limited') return error;
    if (error.code !== 'unknown_user') {
      const text = `${username} is not known here yet, and cannot be checked while the tracker is away. Try again when it is back.`;
      return new ParleyError('user_unchecked', text, { cause: error });
    }
    if (this.#nobody.size >= NOBODY_MAX) this.#nobody.clear();
    this.#nobody.set(userKey(username), this.#options.clock.now());
    return new ParleyError('unknown_user', nobody(username));
  }

  #isNobody(username: Username): boolean {
    const since = this.#nobody.get(userKey(username));
    return since !== undefined && Math.abs(this.#options.clock.now() - since) < NOBODY_MS;
  }

  #keep(accounts: readonly KnownAccount[], all: boolean): void {
    const { store, directory } = this.#options;
    store.save(accounts, all);
    for (const account of accounts) directory.met(account.username, account);
  }
}

function nobody(username: Username): string {
  return `Nobody here is called ${username}. Check the spelling, or invite them.`;
}

function accountOf({ username, last_seen: seen, guest }: UserRecord): KnownAccount[] {
  const name = parseUsername(username);
  const lastSeen = seen === undefined ? NaN : Date.parse(seen);
  const known = Number.isFinite(lastSeen) ? lastSeen : undefined;
  return name ? [{ username: name, lastSeen: known, guest: guest === true }] : [];
}
