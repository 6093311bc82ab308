import type { ConversationId } from '../../protocol/ids.js';
import type { AutoFetch, ChosenNotify, Notify, Retention } from '../../protocol/local-api.js';
import type { Settings } from './settings.js';

export interface ConversationChoiceStore {
  readonly data: Readonly<Pick<Settings, 'conversations'>>;
  update(change: (data: Pick<Settings, 'conversations'>) => void): void;
}

type Choice = Settings['conversations'][string];

/** What is worth a notification in which conversation, and which of its files come by themselves; kept also while a channel is left. */
export class ConversationChoices {
  readonly #store: ConversationChoiceStore;

  constructor(store: ConversationChoiceStore) {
    this.#store = store;
  }

  /** Undefined for what the preferences say. */
  notify(id: ConversationId): Notify | undefined {
    return this.#of(id).notify;
  }

  /** Undefined for what the preferences say. */
  autoFetch(id: ConversationId): Exclude<AutoFetch, 'default'> | undefined {
    return this.#of(id).autoFetch;
  }

  /** Whether that is another choice than before. */
  setNotify(id: ConversationId, notify: ChosenNotify): boolean {
    const { notify: before, ...others } = this.#of(id);
    const wanted = notify === 'default' ? undefined : notify;
    if (before === wanted) return false;
    this.#set(id, wanted === undefined ? others : { ...others, notify: wanted });
    return true;
  }

  /** The same. */
  setAutoFetch(id: ConversationId, auto: AutoFetch): boolean {
    const { autoFetch: before, ...others } = this.#of(id);
    const wanted = auto === 'default' ? undefined : auto;
    if (before === wanted) return false;
    this.#set(id, wanted === undefined ? others : { ...others, autoFetch: wanted });
    return true;
  }

  /** Undefined for what the preferences say. */
  retention(id: ConversationId): Retention | undefined {
    return this.#of(id).retention;
  }

  /** Whether that is another choice than before. */
  setRetention(id: ConversationId, days: Retention | 'default'): boolean {
    const { retention: before, ...others } = this.#of(id);
    const wanted = days === 'default' ? undefined : days;
    if (before === wanted) return false;
    this.#set(id, wanted === undefined ? others : { ...others, retention: wanted });
    return true;
  }

  #of(id: ConversationId): Choice {
    const { conversations } = this.#store.data;
    return (Object.hasOwn(conversations, id) ? conversations[id] : undefined) ?? {};
  }

  #set(id: ConversationId, choice: Choice): void {
    this.#store.update((data) => {
      const others = Object.entries(data.conversations).filter(([key]) => key !== id);
      const all = Object.keys(choice).length === 0 ? others : [...others, [id, choice] as const];
      data.conversations = Object.fromEntries(all);
    });
  }
}
