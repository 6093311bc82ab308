import type { NoticeView } from '../../protocol/local-api.js';
import type { Clock, Notices } from '../services.js';
import type { NewNotice } from './pins.js';

/** Where notices are kept: the `settings.json` document. */
export interface NoticeStore {
  readonly data: { readonly notices: readonly NoticeView[] };
  update(change: (data: { notices: NoticeView[] }) => void): void;
}

export interface NoticeEvents {
  notice(notice: NoticeView): void;
  removed(id: string): void;
}

/** Above this many, the oldest goes: nobody reads a hundred, and a hostile neighbour can cause any number. */
export const NOTICES_MAX = 100;

/** What the user has to know of, until they dismiss it; kept over restarts. */
export class NoticeBoard implements Notices {
  readonly #store: NoticeStore;
  readonly #clock: Clock;
  readonly #events: NoticeEvents;

  constructor(options: { store: NoticeStore; clock: Clock; events: NoticeEvents }) {
    this.#store = options.store;
    this.#clock = options.clock;
    this.#events = options.events;
  }

  list(): NoticeView[] {
    return [...this.#store.data.notices];
  }

  /** A notice with the id of one that stands takes its place; with the same text too, nothing happens. */
  raise(notice: NewNotice): void {
    const standing = this.#store.data.notices.find(({ id }) => id === notice.id);
    if (standing?.text === notice.text && standing.level === notice.level) return;
    const raised: NoticeView = { ...notice, time: new Date(this.#clock.now()).toISOString() };
    const others = this.#store.data.notices.filter(({ id }) => id !== notice.id);
    const dropped = others.slice(0, Math.max(0, others.length + 1 - NOTICES_MAX));
    this.#store.update((data) => {
      data.notices = [...others.slice(dropped.length), raised];
    });
    for (const { id } of dropped) this.#events.removed(id);
    this.#events.notice(raised);
  }

  /** Does nothing for a notice that is not there (any more). */
  dismiss(id: string): void {
    const left = this.#store.data.notices.filter((notice) => notice.id !== id);
    if (left.length === this.#store.data.notices.length) return;
    this.#store.update((data) => {
      data.notices = left;
    });
    this.#events.removed(id);
  }
}
