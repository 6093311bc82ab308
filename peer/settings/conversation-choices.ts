import type { ConversationId } from '../../protocol/ids.js';
import type { Notify } from '../../protocol/local-api.js';
import type { Settings } from './settings.js';

export interface ConversationChoiceStore {
  readonly data: Readonly<Pick<Settings, 'conversations'>>;
  update(change: (data: Pick<Settings, 'conversations'>) => void): void;
}

/** What is worth a notification in which conversation; kept also while a channel is left. */
export class ConversationChoices {
  readonly #store: ConversationChoiceStore;

  constructor(store: ConversationChoiceStore) {
    this.#store = store;
  }

  /** Undefined for everything. */
  notify(id: ConversationId): Exclude<Notify, 'all'> | undefined {
    const { conversations } = this.#store.data;
    return Object.hasOwn(conversations, id) ? conversations[id]?.notify : undefined;
  }

  /** Whether that is another choice than before. */
  setNotify(id: ConversationId, notify: Notify): boolean {
    const wanted = notify === 'all' ? undefined : notify;
    if (this.notify(id) === wanted) return false;
    this.#store.update((data) => {
      const others = Object.entries(data.conversations).filter(([key]) => key !== id);
      data.conversations = Object.fromEntries(wanted === undefined ? others : [...others, [id, { notify: wanted }]]);
    });
    return true;
  }
}
