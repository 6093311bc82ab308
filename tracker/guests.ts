/** Guests: accounts without a password, each made for one visit, under a name that nobody else is ever given (SPEC.md section 2). */
import { ParleyError } from '../protocol/errors.js';
import { parseUsername, type ChannelName, type UserKey, type Username } from '../protocol/ids.js';
import { GUEST_NAME_MAX, GUEST_PREFIX } from '../protocol/limits.js';
import type { Accounts } from './accounts.js';
import type { Clock } from './clock.js';
import { DAY_MS, dayWait, inTime, RateLimited } from './daily-limits.js';
import type { Sessions } from './sessions.js';
import type { TrackerStore } from './store/tracker-store.js';

export interface GuestsOptions {
  readonly settings: { readonly guests: boolean };
  /** Their names are kept for good. */
  readonly maxADay: number;
  readonly accounts: Pick<Accounts, 'addGuest' | 'isFree'>;
  readonly sessions: Pick<Sessions, 'open'>;
  readonly store: Pick<TrackerStore, 'accounts' | 'channels' | 'sessions'>;
  readonly clock: Clock;
}

const HOW_LONG = `A guest's name has at most ${GUEST_NAME_MAX} letters, digits, "_" or "-".`;
/** Names of guests who came at the same moment and took the name that was free. */
const TRIES = 8;

export class Guests {
  readonly #options: GuestsOptions;
  /** One thing after the other: otherwise those who come at once are all below the limit. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: GuestsOptions) {
    this.#options = options;
  }

  get allowed(): boolean {
    return this.#options.settings.guests;
  }

  /** Makes the account and its only session. Errors: forbidden, bad_name, rate_limited. */
  enter(asked: string): Promise<{ username: Username; token: string }> {
    if (!this.allowed) {
      const text = 'Guests are not let in here. Make an account with a password, or ask whoever runs this tracker.';
      return Promise.reject(new ParleyError('forbidden', text));
    }
    const entered = this.#last.then(() => this.#enter(asked));
    this.#last = entered.catch(() => undefined);
    return entered;
  }

  async #enter(asked: string): Promise<{ username: Username; token: string }> {
    const { accounts, sessions } = this.#options;
    const wanted = wantedName(asked);
    await this.#mayCome();
    for (let tries = 0; tries < TRIES; tries++) {
      const username = await this.#freeName(wanted);
      const user = await accounts.addGuest(username);
      if (user !== undefined) return { username, token: await sessions.open(user, username) };
    }
    throw new ParleyError(
      'unavailable',
      'Too many guests of that name came at once. Try again, or choose another name.',
    );
  }

  /** Errors: rate_limited. */
  async #mayCome(): Promise<void> {
    const { store, clock, maxADay } = this.#options;
    const now = clock.now();
    const wait = dayWait(await store.accounts.guestTimes(now - DAY_MS), maxADay, now);
    if (wait === 0) return;
    const text = `${maxADay} guests have come within a day, which is the most. Make an account, or come ${inTime(wait)}.`;
    throw new RateLimited(text, wait);
  }

  /**
   * The name itself, else with a number: the first that is free after one that is not, found by doubling and halving, since a
   * common name may have been had a thousand times. Errors: bad_name.
   */
  async #freeName(wanted: Username): Promise<Username> {
    const { accounts } = this.#options;
    if (await accounts.isFree(wanted)) return wanted;
    const isFree = (n: number): Promise<boolean> => accounts.isFree(numbered(wanted, n));
    let taken = 1;
    let free = 2;
    while (!(await isFree(free))) [taken, free] = [free, free * 2];
    while (free - taken > 1) {
      const middle = Math.floor((taken + free) / 2);
      if (await isFree(middle)) free = middle;
      else taken = middle;
    }
    return numbered(wanted, free);
  }

  /** After a session has ended: a guest without one is gone. */
  async left(user: UserKey, username: Username): Promise<void> {
    const { accounts, channels, sessions } = this.#options.store;
    const account = await accounts.find(user);
    if (account?.guest !== 'here' || (await sessions.ofUser(user)).length > 0) return;
    const joined: readonly ChannelName[] = await channels.ofUser(user);
    for (const name of joined) await channels.leave(name, user, username);
    await accounts.guestLeft(user);
  }

  /**
   * Those whose gateway never came back: their sessions have expired. To be called from time to time. It takes its turn: between
   * the two steps of coming in, a guest has no session either.
   */
  prune(): Promise<void> {
    const pruned = this.#last.then(async () => {
      for (const { key, username } of await this.#options.store.accounts.guestsHere()) await this.left(key, username);
    });
    this.#last = pruned.catch(() => undefined);
    return pruned;
  }
}

/** A name that is a guest's already is taken as it was first asked for. Errors: bad_name. */
function wantedName(asked: string): Username {
  const own = asked.replace(/^(guest[_-]+)+/i, '');
  const username = own.length > GUEST_NAME_MAX ? undefined : parseUsername(own) && parseUsername(GUEST_PREFIX + own);
  if (!username) throw new ParleyError('bad_name', `${HOW_LONG} Choose another one.`);
  return username;
}

/** Errors: bad_name, where the number has no room. */
function numbered(wanted: Username, n: number): Username {
  const username = parseUsername(`${wanted}-${n}`);
  if (username) return username;
  const text = 'A guest had that name before, and it is too long to have a number after it. Choose a shorter one.';
  throw new ParleyError('bad_name', text);
}
