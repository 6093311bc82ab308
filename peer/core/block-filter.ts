/**
 * What the user is shown, and the one place that says so: nothing that somebody wrote, did or says of themself while the user
 * blocks them (SPEC.md section 8, blocked people). All ways in read through it; what stores and passes on entries does not.
 */
import type { Entry } from '../../protocol/entry.js';
import { ParleyError } from '../../protocol/errors.js';
import { userKey, type ConversationId, type EntryId, type UserKey, type Username } from '../../protocol/ids.js';
import type { Related } from '../../protocol/related.js';
import type { Arrived, Found, History, HistoryPlace, SearchRequest } from '../services.js';
import type { Page } from '../store/timeline.js';
import type { Store } from '../store/store.js';

export interface Blocks {
  isBlocked(user: UserKey): boolean;
  blocked(): readonly UserKey[];
}

export class BlockFilter implements History {
  constructor(
    private readonly store: Pick<Store, 'page' | 'entry' | 'related' | 'pins' | 'search' | 'timeline' | 'arrivals'>,
    private readonly blocks: Blocks,
  ) {}

  /** Whether nothing of a user is shown. */
  readonly hides = (user: Username | UserKey): boolean => this.blocks.isBlocked(userKey(user));

  hidden(): readonly UserKey[] {
    return this.blocks.blocked();
  }

  page(conversation: ConversationId, place: HistoryPlace | undefined, limit: number): Page {
    const middle = place?.around === undefined ? undefined : this.store.entry(place.around);
    if (middle && this.hides(middle.from))
      throw new ParleyError('not_found', 'You have blocked who wrote that message. Unblock them to see it.');
    return this.store.page(conversation, place, limit, this.hidden());
  }

  arrived(after: string | undefined, limit: number): Arrived {
    const page = this.store.arrivals.page(after, limit);
    return { ...page, arrivals: page.arrivals.filter(({ entry }) => !this.hides(entry.from)) };
  }

  latest(conversation: ConversationId): Entry | undefined {
    return this.store.timeline.latest(conversation, this.hidden());
  }

  entry(id: EntryId): Entry | undefined {
    const entry = this.store.entry(id);
    return entry && this.hides(entry.from) ? undefined : entry;
  }

  related(entry: Entry): Related | undefined {
    return this.store.related(entry, this.hides);
  }

  pins(conversation: ConversationId, limit: number): Entry[] {
    return this.store.pins(conversation, limit, this.hides);
  }

  async search(request: SearchRequest): Promise<Found> {
    const found = await this.store.search({ ...request, but: this.hidden() });
    // A search takes turns with others, and somebody may have been blocked in one.
    return { ...found, entries: found.entries.filter(({ from }) => !this.hides(from)) };
  }

  /** User names without those of whom nothing is shown. */
  names(usernames: readonly string[]): string[] {
    return usernames.filter((username) => !this.hides(username as Username));
  }

  /** The same of what is told by user key. */
  marks(marks: Record<string, number>): Record<string, number> {
    if (this.hidden().length === 0) return marks;
    return Object.fromEntries(Object.entries(marks).filter(([user]) => !this.hides(user as UserKey)));
  }
}
