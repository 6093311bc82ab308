import type { PersonView } from '../../protocol/local-api.js';

/** People coming and going, as lines of text mode. */
export class PresenceLines {
  readonly #online = new Map<string, boolean>();

  /** From here on, changes are told. */
  start(people: readonly PersonView[]): void {
    this.#online.clear();
    for (const person of people) this.#online.set(person.username, isOnline(person));
  }

  changes(people: Iterable<PersonView>): string[] {
    const lines: string[] = [];
    for (const person of people) {
      const online = isOnline(person);
      const before = this.#online.get(person.username) ?? false;
      this.#online.set(person.username, online);
      if (online !== before) {
        lines.push(
          JSON.stringify({ type: 'system', message: `${person.username} is ${online ? 'online' : 'offline'}` }),
        );
      }
    }
    return lines;
  }
}

function isOnline({ presence }: PersonView): boolean {
  return presence !== 'offline';
}
