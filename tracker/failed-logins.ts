/** Failed sign-ins of one account, counted at all trackers of a cluster together. Successful ones do not count, so that nobody is locked out by signing in often. */
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import type { UserKey } from '../protocol/ids.js';
import { USERNAME_PATTERN } from '../protocol/limits.js';
import type { Clock } from './clock.js';
import { RateLimited } from './daily-limits.js';
import type { Notes } from './store/notes.js';

const WINDOW_MS = 60_000;
/** Names that somebody makes up have counts as well: beyond so many the oldest are forgotten. */
const ACCOUNTS_MAX = 50_000;
const SUBJECT = 'failed';
const note = Compile(Type.Object({ user: Type.String({ pattern: USERNAME_PATTERN }) }));

export class FailedLogins {
  readonly #counts = new Map<string, { count: number; until: number }>();

  constructor(private readonly options: { max: number; clock: Clock; notes: Notes }) {
    options.notes.subscribe(SUBJECT, (data) => {
      if (note.Check(data)) this.#add(data.user as UserKey);
      return false;
    });
  }

  /** Errors: rate_limited, with the time until the next try. */
  check(user: UserKey): void {
    const { max, clock } = this.options;
    const known = this.#counts.get(user);
    if (!known || known.count < max || known.until <= clock.steady()) return;
    throw new RateLimited(undefined, known.until - clock.steady());
  }

  count(user: UserKey): void {
    this.#add(user);
    this.options.notes.publish(SUBJECT, { user });
  }

  #add(user: UserKey): void {
    const now = this.options.clock.steady();
    const known = this.#counts.get(user);
    if (known && known.until > now) {
      known.count += 1;
      return;
    }
    // Behind all others: the first is then always the oldest.
    this.#counts.delete(user);
    const [oldest] = this.#counts.keys();
    if (this.#counts.size >= ACCOUNTS_MAX && oldest !== undefined) this.#counts.delete(oldest);
    this.#counts.set(user, { count: 1, until: now + WINDOW_MS });
  }
}
