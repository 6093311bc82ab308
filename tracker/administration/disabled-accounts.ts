import type { UserKey, Username } from '../../protocol/ids.js';
import type { AccountStore } from '../store/tracker-store.js';

/** In every snapshot: so many fit. The certificates of those beyond end within days. */
const NAMED_MAX = 1_000;

/** Who is disabled, for peers: kept in memory, since every snapshot names them. */
export class DisabledAccounts {
  readonly #names = new Map<UserKey, Username>();

  private constructor() {}

  static async open(store: Pick<AccountStore, 'listAll' | 'watchStates'>): Promise<DisabledAccounts> {
    const disabled = new DisabledAccounts();
    // First, so that none is missed that is changed meanwhile.
    store.watchStates(({ key, username, state }) => {
      disabled.#names.delete(key);
      if (state === 'disabled' || state === 'removed') disabled.#names.set(key, username);
    });
    for (const state of ['disabled', 'removed'] as const) {
      for (const { key, username } of await store.listAll({ limit: NAMED_MAX, state }))
        disabled.#names.set(key, username);
    }
    return disabled;
  }

  /** The latest ones. */
  names(): readonly Username[] {
    return [...this.#names.values()].slice(-NAMED_MAX);
  }
}
