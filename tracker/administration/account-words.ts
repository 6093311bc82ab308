import type { AccountWord } from '../../protocol/account-word.js';
import { userKey, type UserKey, type Username } from '../../protocol/ids.js';
import type { Authority } from '../authority.js';
import type { AccountStore, StateChange } from '../store/tracker-store.js';

export interface AccountWordsOptions {
  store: Pick<AccountStore, 'stateChanges' | 'watchStates'>;
  authority: Pick<Authority, 'accountWord'>;
}

/** In every snapshot. Of an older one, a disabled account's certificates end by themselves; who is used again is told for themselves. */
const WORDS_MAX = 1_000;
/** As many as peers keep. */
const KEPT_MAX = 10_000;

/** What the CA says of accounts that are disabled, removed, or used again: kept in memory, since every snapshot has it. */
export class AccountWords {
  /** The latest last. */
  readonly #words = new Map<UserKey, AccountWord>();
  readonly #listeners = new Set<(word: AccountWord) => void>();
  /** Signed one after the other, so that the last one told of an account is the latest. */
  #signing: Promise<void> = Promise.resolve();

  private constructor(private readonly options: AccountWordsOptions) {}

  /** @param failed a word could not be signed */
  static async open(options: AccountWordsOptions, failed: (error: unknown) => void): Promise<AccountWords> {
    const words = new AccountWords(options);
    // First, so that none is missed that is changed meanwhile.
    options.store.watchStates((change) => {
      words.#signing = words.#signing.then(() => words.#sign(change)).catch(failed);
    });
    const changes = await options.store.stateChanges(KEPT_MAX);
    const known = await Promise.all(changes.map((change) => words.#wordOf(change)));
    for (const word of known.reverse()) if (word) words.#keep(word);
    return words;
  }

  /** The latest ones, newest first, and in any case that of this user. */
  list(user: UserKey): readonly AccountWord[] {
    const all = [...this.#words.values()];
    const latest = all.slice(-WORDS_MAX).reverse();
    const own = this.#words.get(user);
    return own && !latest.includes(own) ? [...latest.slice(0, WORDS_MAX - 1), own] : latest;
  }

  /** On one account; undefined where no admin has changed it, or none of the latest 10,000 changes was of it. */
  of(user: UserKey): AccountWord | undefined {
    return this.#words.get(user);
  }

  /** `listener` hears of each new word. */
  watch(listener: (word: AccountWord) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #sign(change: StateChange): Promise<void> {
    const word = await this.#wordOf(change);
    if (!word || !this.#keep(word)) return;
    for (const listener of this.#listeners) listener(word);
  }

  async #wordOf({ username, state, since }: StateChange): Promise<AccountWord | undefined> {
    if (since === undefined || state === 'pending') return undefined;
    return this.options.authority.accountWord(username, state === undefined, since);
  }

  #keep(word: AccountWord): boolean {
    const user = userKey(word.username as Username);
    const known = this.#words.get(user);
    if (known && known.time >= word.time) return false;
    this.#words.delete(user);
    this.#words.set(user, word);
    return true;
  }
}
