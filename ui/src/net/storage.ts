/**
 * What this browser keeps: drafts, unsent messages, the theme. Keys name the user, since several daemons may have
 * served this origin. A full or forbidden storage loses only the keeping, so its errors are not the person's problem.
 */
import type { OutboxItem } from '../state/model.js';

export type KeyValue = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

export class Keeper {
  constructor(private readonly storage: KeyValue | undefined) {}

  read(name: string): string | undefined {
    return this.#quietly(() => this.storage?.getItem(`parley.${name}`)) ?? undefined;
  }

  /** An empty value removes. */
  write(name: string, value: string): void {
    this.#quietly(() => {
      if (value === '') this.storage?.removeItem(`parley.${name}`);
      else this.storage?.setItem(`parley.${name}`, value);
    });
  }

  drafts(username: string): Record<string, string> {
    return Object.fromEntries(this.#under(`${owner(username)}.draft.`));
  }

  writeDraft(username: string, conversation: string, text: string): void {
    this.write(`${owner(username)}.draft.${conversation}`, text);
  }

  /** Unsent messages in the order written, all to be sent (again). */
  outbox(username: string): readonly OutboxItem[] {
    return this.#under(`${owner(username)}.outbox.`)
      .map(([client, json]) => parseItem(client, json))
      .filter((item) => item !== undefined)
      .sort((a, b) => a.createdAt - b.createdAt || (a.client < b.client ? -1 : 1));
  }

  writeItem(username: string, item: OutboxItem): void {
    const { conversation, message, createdAt } = item;
    this.write(`${owner(username)}.outbox.${item.client}`, JSON.stringify({ conversation, message, createdAt }));
  }

  removeItem(username: string, client: string): void {
    this.write(`${owner(username)}.outbox.${client}`, '');
  }

  /** Values under a prefix, by the rest of their names. */
  #under(prefix: string): [string, string][] {
    const found: [string, string][] = [];
    this.#quietly(() => {
      for (let i = 0; i < (this.storage?.length ?? 0); i++) {
        const key = this.storage?.key(i);
        if (key?.startsWith(`parley.${prefix}`)) {
          const rest = key.slice(`parley.${prefix}`.length);
          found.push([rest, this.read(prefix + rest) ?? '']);
        }
      }
    });
    return found;
  }

  #quietly<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch {
      return undefined;
    }
  }
}

function owner(username: string): string {
  return username.toLowerCase();
}

function parseItem(client: string, json: string): OutboxItem | undefined {
  try {
    const { conversation, message, createdAt } = JSON.parse(json) as Partial<Record<keyof OutboxItem, unknown>>;
    if (typeof conversation !== 'string' || typeof message !== 'string' || typeof createdAt !== 'number')
      return undefined;
    return { client, conversation, message, createdAt, phase: 'queued' };
  } catch {
    return undefined;
  }
}
