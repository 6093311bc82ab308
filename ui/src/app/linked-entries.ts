/** The messages that links in messages name, read once while any of these links is drawn. */
import type { EntryView } from '../../../protocol/local-api.js';
import type { State } from '../state/model.js';
import type { Commands } from '../net/commands.js';

/** `undefined` until it is known; `none`: it is not on this device. */
export type LinkedEntry = EntryView | 'none' | undefined;

/** Answers of the daemon kept beside what timelines hold; the oldest go first. */
const KEPT_MAX = 200;

export class LinkedEntries {
  readonly #answers = new Map<string, EntryView | 'none'>();
  readonly #asked = new Map<string, Promise<void>>();

  constructor(private readonly commands: Pick<Commands, 'run'>) {}

  /** As a timeline shows it now, else as the daemon told it. */
  known(state: State, id: string): LinkedEntry {
    for (const { entries } of Object.values(state.timelines)) {
      const found = entries.find((entry) => entry.id === id);
      if (found) return found;
    }
    return this.#answers.get(id);
  }

  /** Resolves once `known` has an answer, or the daemon could not be asked. What was not there is asked for again. */
  async look(id: string): Promise<void> {
    if (this.#answers.get(id) !== undefined && this.#answers.get(id) !== 'none') return;
    const asked = this.#asked.get(id) ?? this.#ask(id).finally(() => this.#asked.delete(id));
    this.#asked.set(id, asked);
    await asked;
  }

  async #ask(id: string): Promise<void> {
    try {
      this.#keep(id, (await this.commands.run('history.entry', { entry: id })).entry);
    } catch (error) {
      if (isMissing(error)) this.#keep(id, 'none');
    }
  }

  #keep(id: string, answer: EntryView | 'none'): void {
    this.#answers.delete(id);
    this.#answers.set(id, answer);
    const [oldest] = this.#answers.keys();
    if (this.#answers.size > KEPT_MAX && oldest !== undefined) this.#answers.delete(oldest);
  }
}

/** Not here, or nothing that this user may see. */
function isMissing(error: unknown): boolean {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return code === 'not_found' || code === 'not_member';
}
